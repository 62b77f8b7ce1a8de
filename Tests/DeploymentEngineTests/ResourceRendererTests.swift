import DeploymentEngine
import Diagnostics
import Documents
import EmbeddedFiles
import ServiceModel
import Testing

@Suite struct ResourceRendererTests {
    @Test func theLocalProviderHasOneObjectAndKeepsWhatTheWorkloadIsToldAsItIs() throws {
        let service = try ServiceCase(name: "local", provider: .local, environment: .development).rendered()
        #expect(service.resources.map(\.identity.description) == ["LocalService/synthdata/demo"])
        let configuration = try service.object("LocalService")["spec"]?["configuration"]
        #expect(configuration?["sample"]?.isNull == true)
    }

    @Test func aFieldThatComesToNullIsLeftOutAtAnyDepth() throws {
        let object = try Self.render(
            """
            apiVersion: v1
            kind: Thing
            metadata: {name: thing}
            spec:
              gone: null
              list: [{gone: null, kept: ''}, null]
              empty: {}
            """)
        #expect(object?["spec"] == ["list": [["kept": ""], .null], "empty": [:]])
    }

    @Test func aTemplateThatComesToNothingMakesNoObject() throws {
        #expect(try Self.render("$if: 'false'\nthen: {kind: Thing}") == nil)
    }

    @Test(arguments: ["kind: Thing", "[a, b]", "apiVersion: v1\nkind: Thing\nmetadata: {}"])
    func whatIsNoObjectIsToldAtTheTemplate(template: String) throws {
        let problem = try #require(throws: Diagnostic.self) { try Self.render(template) }
        #expect(problem.code == .notAnObject)
        #expect(problem.location?.description == "templates/kubernetes/thing.yaml:1:1")
    }

    private static func render(_ template: String) throws -> Node? {
        let files = EmbeddedTree(sortedByPath: [EmbeddedFile(path: "kubernetes/thing.yaml", contents: template)])
        var renderer = ResourceRenderer(templates: DocumentTree(name: "templates", embedded: files))
        return try renderer.resources(for: ServiceCase(name: "thing").spec()).first?.manifest
    }
}
