import CYAML
public import Diagnostics

/// Reads YAML 1.2 documents with libyaml, keeping the place of every key and value.
///
/// What is bounded: nesting (``maximumDepth``), the size that aliases may expand to
/// (``maximumAliasExpansion``), and with them time and memory. Anchors, aliases and `<<` merge keys
/// are resolved; tags other than the core schema's are refused.
public enum YAMLParser {
    public static let maximumDepth = 100
    /// Nodes that all aliases of one source may add together.
    public static let maximumAliasExpansion = 1_000_000

    /// All documents of `bytes`, which must be UTF-8.
    ///
    /// - Throws: ``Diagnostic`` for the first problem, with its place.
    public static func parse(_ bytes: [UInt8], file: SourceFile) throws(Diagnostic) -> [Node] {
        if let problem = UTF8Check.firstProblem(in: bytes) {
            throw Diagnostic(
                .error, .notUTF8, problem.message, at: problem.location(in: file),
                why: "YAML and JSON files are read as UTF-8", fix: "save the file as UTF-8")
        }
        var result: Result<[Node], Diagnostic> = .success([])
        bytes.withUnsafeBufferPointer { buffer in
            do throws(Diagnostic) {
                var events = YAMLEvents(buffer, file: file)
                var composer = YAMLComposer(file: file)
                result = .success(try composer.documents(&events))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    public static func parse(_ text: String, file: SourceFile) throws(Diagnostic) -> [Node] {
        try parse(Array(text.utf8), file: file)
    }

    /// The only document of `text`; an empty source is null.
    public static func parseOne(_ text: String, file: SourceFile) throws(Diagnostic) -> Node {
        let documents = try parse(text, file: file)
        guard documents.count <= 1 else {
            throw Diagnostic(
                .error, .manyDocuments, "one document is expected here, \(documents.count) found",
                at: documents[1].location, fix: "remove the `---` and what follows it")
        }
        return documents.first ?? Node(.null, at: SourceLocation(file: file, line: 1, column: 1))
    }
}

extension Diagnostic.Code {
    public static let syntax = Self("document.syntax")
    public static let notUTF8 = Self("document.not-utf8")
    public static let duplicateKey = Self("document.duplicate-key")
    public static let tooDeep = Self("document.too-deep")
    public static let aliasExpansion = Self("document.alias-expansion")
    public static let alias = Self("document.alias")
    public static let mergeKey = Self("document.merge-key")
    public static let tag = Self("document.tag")
    public static let complexKey = Self("document.complex-key")
    public static let manyDocuments = Self("document.many")
}
