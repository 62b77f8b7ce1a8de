import Foundation
import Testing

/// `docs/diagnostics.md` has an entry for every code that the sources declare, and for no other.
@Suite struct PageTests {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func declared() throws -> Set<String> {
        let folder = root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var codes: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for part in text.components(separatedBy: "extension Diagnostic.Code {").dropFirst() {
                let block = part.components(separatedBy: "\n}").first ?? ""
                for match in block.matches(of: /Self\(\s*"([^"]+)"/) { codes.insert(String(match.1)) }
            }
        }
        return codes
    }

    @Test func everyCodeIsDocumentedAndNoOther() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/diagnostics.md"), encoding: .utf8)
        let documented = page.matches(of: /(?m)^### `([^`]+)`$/).map { String($0.1) }
        let declared = try Self.declared()
        #expect(declared.count > 50)
        #expect(declared.subtracting(documented).sorted() == [], "codes without an entry")
        #expect(Set(documented).subtracting(declared).sorted() == [], "entries without a code")
        #expect(documented.count == Set(documented).count, "an entry stands twice")
    }

    @Test func everyEntryHasAnExampleAndAWayToMend() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/diagnostics.md"), encoding: .utf8)
        for entry in page.components(separatedBy: "\n### ").dropFirst() {
            #expect(entry.contains("\nExample: "), "\(entry.prefix(40))")
            #expect(entry.contains("\nMend: "), "\(entry.prefix(40))")
        }
    }
}
