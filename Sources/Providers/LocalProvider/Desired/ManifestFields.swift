import Diagnostics
import Documents

/// Reads typed fields of a manifest by their written paths; each problem names the field's place.
struct ManifestFields {
    let root: Node

    /// The value at a path of plain keys; nil when it is missing or null.
    subscript(path: String) -> Node? {
        let keys = path.split(separator: ".").map(String.init)
        guard let node = root[NodePath(keys: keys)], !node.isNull else { return nil }
        return node
    }

    func text(_ path: String, default standard: String? = nil) throws(Diagnostic) -> String {
        guard let node = self[path] else {
            guard let standard else { throw problem(path, "is missing", root) }
            return standard
        }
        guard let text = node.string else { throw problem(path, "must be a string, not a \(node.kind)", node) }
        return text
    }

    func integer(_ path: String, _ range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
        guard let node = self[path] else { return nil }
        guard let value = node.integer, range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw problem(path, "must be a whole number \(bounds)", node)
        }
        return value
    }

    func integer(_ path: String, _ range: ClosedRange<Int>, default standard: Int) throws(Diagnostic) -> Int {
        try integer(path, range) ?? standard
    }

    /// A list of strings with at least one entry; none may hold a NUL, which ends an argument.
    func texts(_ path: String) throws(Diagnostic) -> [String] {
        guard let node = self[path] else { throw problem(path, "is missing", root) }
        guard let items = node.sequence, !items.isEmpty else {
            throw problem(path, "must be a list that starts with the program", node)
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.string, !text.utf8.contains(0) else {
                throw problem(path, "holds a \(item.kind) where a string is expected", item)
            }
            texts.append(text)
        }
        guard texts[0].isEmpty == false else { throw problem(path, "names no program", items[0]) }
        return texts
    }

    func environment(_ path: String) throws(Diagnostic) -> [(name: String, value: String)] {
        guard let node = self[path] else { return [] }
        guard let items = node.sequence else { throw problem(path, "must be a list of name and value", node) }
        var result: [(name: String, value: String)] = []
        for item in items {
            guard let name = item["name"]?.string, let value = item["value"]?.string, !name.isEmpty,
                !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }), !value.utf8.contains(0)
            else { throw problem(path, "must be a list of entries with a `name` and a `value`, both strings", item) }
            result.append((name, value))
        }
        return result
    }

    func probe(_ path: String, period: Int, timeout: Int) throws(Diagnostic) -> LocalServiceSpec.Probe {
        if let target = self["\(path).path"], target.string?.hasPrefix("/") != true {
            throw problem("\(path).path", "must start with `/`", target)
        }
        return LocalServiceSpec.Probe(
            path: self["\(path).path"]?.string,
            period: try integer("\(path).periodMilliseconds", 10...3_600_000, default: period),
            timeout: try integer("\(path).timeoutMilliseconds", 10...3_600_000, default: timeout),
            failureThreshold: try integer("\(path).failureThreshold", 1...1000, default: 3))
    }

    private func problem(_ path: String, _ what: String, _ node: Node) -> Diagnostic {
        Diagnostic(.error, .localManifest, "`\(path)` of the local service \(what)", at: node.location)
    }
}
