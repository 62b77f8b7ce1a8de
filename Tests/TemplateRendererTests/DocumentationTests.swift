import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

/// The example of `docs/templates.md` does what the page says.
@Suite struct DocumentationTests {
    static let page: String? = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return (try? FileBytes.read(path: "/\(root)/docs/templates.md", maximumSize: 1 << 20)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }()

    /// The text of the code block with this information string.
    static func block(_ information: String) throws -> String {
        let parts = try #require(page).split(separator: "```\(information)\n", maxSplits: 1)
        return String(try #require(parts.last?.split(separator: "```").first))
    }

    static func outcome(context: String) throws -> Node {
        let source = try block("yaml template")
        let template = try Template(Rendering.node(source, file: "worker.yaml"), source: source)
        let values = try #require(try Rendering.node(context, file: "context.yaml").mapping)
        let pairs: Context.Function = { arguments in
            .sequence((arguments[0].mapping?.entries ?? []).map { [.string($0.key), $0.value] })
        }
        return try template.render(Context(values, functions: ["pairs": pairs]))
    }

    @Test func exampleRenders() throws {
        let node = try Self.outcome(context: Self.block("yaml context"))
        #expect(node == (try Rendering.node(Self.block("yaml result"), file: "result.yaml")))
        let main = try #require(node["spec"]?["containers"]?.sequence?.first)
        #expect(main["image"]?.location.description == "context.yaml:2:8")
        #expect(main["env"]?.sequence?.first?["value"]?.location.line == 7)
    }

    @Test func problemIsToldAsShown() throws {
        let context = try Self.block("yaml context").replacing("replicas", with: "replica")
        let problem = #expect(throws: Diagnostic.self) { try Self.outcome(context: context) }
        #expect(try problem?.description == Self.block("text problem").trimmingSuffix("\n"))
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
