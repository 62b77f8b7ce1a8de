import Diagnostics
import Documents
import FoundationEssentials
import Testing

@testable import TemplateRenderer

/// The language's own conformance cases (`specification.yml` of github.com/json-e/json-e), read from
/// the file that the environment variable `JSONE_SPECIFICATION` names.
@Suite struct SpecificationTests {
    static let path = ProcessInfo.processInfo.environment["JSONE_SPECIFICATION"]
    static let now = "2017-01-19T16:27:20.974Z"

    struct Case: CustomTestStringConvertible {
        let section: String
        let title: String
        let document: Node

        var testDescription: String { "\(section): \(title)" }
    }

    static let cases: [Case] = {
        guard let path else { return [] }
        guard let documents = try? DocumentReader.read(path: path) else { return [] }
        var section = ""
        var cases: [Case] = []
        for document in documents {
            if let name = document["section"]?.string { section = name }
            if let title = document["title"]?.string {
                cases.append(Case(section: section, title: title, document: document))
            }
        }
        return cases
    }()

    @Test(.enabled(if: path != nil, "set JSONE_SPECIFICATION to the path of json-e's specification.yml"))
    func specificationIsRead() {
        #expect(Self.cases.count > 800)
    }

    @Test(
        .enabled(if: path != nil, "set JSONE_SPECIFICATION to the path of json-e's specification.yml"),
        arguments: cases)
    func conforms(to test: Case) throws {
        let outcome = Self.outcome(of: test.document)
        guard let error = test.document["error"], error.bool != false else {
            #expect(try outcome.get() == test.document["result"] ?? .null)
            return
        }
        guard case .failure(let diagnostic) = outcome else {
            Issue.record("came to \(outcome) instead of an error")
            return
        }
        guard let expected = error.string, let colon = expected.firstRange(of: ": ") else { return }
        #expect(diagnostic.what == expected[colon.upperBound...])
        let place = expected[..<colon.lowerBound].split(separator: " at ").dropFirst().first
        #expect(diagnostic.notes.first { $0.message.hasPrefix("in `") }?.message == place.map { "in `\($0)`" })
    }

    private static func outcome(of document: Node) -> Result<Node, Diagnostic> {
        do {
            let context = try Context(document["context"]?.mapping ?? Mapping())
            let template = try Template(document["template"] ?? .null)
            return .success(try template.render(context, now: now))
        } catch let report as DiagnosticReport {
            return .failure(report.diagnostics[0])
        } catch let diagnostic as Diagnostic {
            return .failure(diagnostic)
        } catch {
            return .failure(Diagnostic(.error, .templateEvaluation, "\(error)"))
        }
    }
}
