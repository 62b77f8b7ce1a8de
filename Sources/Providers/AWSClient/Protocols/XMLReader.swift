import CExpat
package import Diagnostics
package import Documents

/// Reads the XML that services answer with into a tree: an element with children is a mapping of their names, one
/// without is its text; children of the same name stand in a sequence, in their order. Attributes and namespaces are
/// left out: no answer that is read has anything in them.
///
/// expat refuses what has no end of it: entities are not expanded beyond its limits, and none is loaded.
/// https://libexpat.github.io/doc/
package enum XMLReader {
    /// Deeper than any answer is.
    private static let maximumDepth = 100

    /// The content of the root element, with its name.
    ///
    /// - Throws: ``Diagnostic`` with the line and the column at which the text is no XML.
    package static func read(_ bytes: [UInt8]) throws(Diagnostic) -> (name: String, content: Node) {
        guard let parser = XML_ParserCreate("UTF-8") else {
            throw Diagnostic(.error, .unreadableAnswer, "there is no memory to read XML")
        }
        defer { XML_ParserFree(parser) }
        let tree = Tree()
        XML_SetUserData(parser, Unmanaged.passUnretained(tree).toOpaque())
        XML_SetElementHandler(
            parser, { data, name, _ in XMLReader.begin(data, name) }, { data, _ in XMLReader.end(data) })
        XML_SetCharacterDataHandler(parser) { XMLReader.add($0, $1, $2) }
        let status = withExtendedLifetime(tree) {
            bytes.withUnsafeBytes { buffer in
                XML_Parse(parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), 1)
            }
        }
        guard status == XML_STATUS_OK, let root = tree.root, !tree.isTooDeep else {
            let words =
                tree.isTooDeep
                ? "elements are nested too deep" : XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
            throw Diagnostic(
                .error, .unreadableAnswer, "the answer is not XML: \(words ?? "it is empty")",
                at: SourceLocation(
                    file: SourceFile("answer"), line: Int(XML_GetCurrentLineNumber(parser)),
                    column: Int(XML_GetCurrentColumnNumber(parser)) + 1))
        }
        return root
    }

    private static func tree(_ data: UnsafeMutableRawPointer?) -> Tree? {
        data.map { Unmanaged<Tree>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func begin(_ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?) {
        guard let tree = tree(data), let name else { return }
        if tree.open.count == maximumDepth { tree.isTooDeep = true }
        if !tree.isTooDeep { tree.open.append(Element(name: String(cString: name))) }
    }

    private static func end(_ data: UnsafeMutableRawPointer?) {
        guard let tree = tree(data), !tree.isTooDeep, let element = tree.open.popLast() else { return }
        if tree.open.isEmpty {
            tree.root = (element.name, element.content)
        } else {
            tree.open[tree.open.count - 1].add(element)
        }
    }

    private static func add(_ data: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?, _ count: Int32) {
        guard let tree = tree(data), let text, !tree.open.isEmpty, !tree.isTooDeep else { return }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
        tree.open[tree.open.count - 1].text.append(contentsOf: bytes)
    }

    /// What expat's callbacks build, all on the thread that parses.
    private final class Tree {
        var open: [Element] = []
        var root: (name: String, content: Node)?
        var isTooDeep = false
    }

    private struct Element {
        let name: String
        var text: [UInt8] = []
        var children = Mapping()
        /// The names of which there are several.
        var repeated: Set<String> = []

        init(name: String) { self.name = name }

        var content: Node {
            children.isEmpty ? .string(String(decoding: text, as: UTF8.self)) : .mapping(children)
        }

        mutating func add(_ child: Element) {
            guard let before = children[child.name] else {
                children[child.name] = child.content
                return
            }
            let items = repeated.insert(child.name).inserted ? [before] : before.sequence ?? []
            children[child.name] = .sequence(items + [child.content])
        }
    }
}

extension Node {
    /// What a list of elements holds, whether it has none (its parent is empty text), one or several.
    package func elements(_ name: String) -> [Node] {
        guard let value = self[name] else { return [] }
        return value.sequence ?? [value]
    }
}
