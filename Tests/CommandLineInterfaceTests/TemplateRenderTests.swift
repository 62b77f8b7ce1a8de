import Documents
import FoundationEssentials
import Testing

/// `template render`, as the language's conformance suite is driven through it from outside.
@Suite struct TemplateRenderTests {
    static let specification = ProcessInfo.processInfo.environment["JSONE_SPECIFICATION"]
    static let now = "2017-01-19T16:27:20.974Z"
    /// Every so manyeth case: the others run inside the renderer's own tests.
    static let stride = 20

    @Test func aTemplateRendersWithItsContextAndTime() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write("message: hello ${name}\nat: {$fromNow: '1 day'}\n", to: "t.yaml")
            try sandbox.write("name: world\n", to: "c.yaml")
            let finished = try await sandbox.run(
                "template", "render", "--template", "t.yaml", "--context", "c.yaml", "--now", Self.now, "-o", "json")
            let document = try await finished.document()
            #expect(document["message"]?.string == "hello world")
            #expect(document["at"]?.string == "2017-01-20T16:27:20.974Z")
        }
    }

    @Test func aMistakeIsNamedWithThePlaceInTheTemplate() async throws {
        try await Sandbox.with { sandbox in
            try sandbox.write("a: 1\nb: {$eval: missing}\n", to: "t.yaml")
            let finished = try await sandbox.run("template", "render", "--template", "t.yaml")
            #expect(finished.code == 2)
            #expect(finished.error.hasPrefix("t.yaml:2:"), "\(finished.error)")
        }
    }

    @Test(.enabled(if: specification != nil, "set JSONE_SPECIFICATION to the path of json-e's specification.yml"))
    func conformanceCasesRenderFromOutside() async throws {
        let documents = try DocumentReader.read(path: try #require(Self.specification))
        let cases = documents.filter { $0["title"] != nil }
        try #require(cases.count > 800)
        try await Sandbox.with { sandbox in
            for index in Swift.stride(from: 0, to: cases.count, by: Self.stride) {
                let test = cases[index]
                try sandbox.write(JSONEmitter.emit(test["template"] ?? .null), to: "t.json")
                try sandbox.write(JSONEmitter.emit(test["context"] ?? .mapping(Mapping())), to: "c.json")
                let finished = try await sandbox.run(
                    "template", "render", "--template", "t.json", "--context", "c.json", "--now", Self.now, "-o",
                    "json")
                let title = test["title"]?.string ?? "case \(index)"
                guard test["error"] == nil || test["error"]?.bool == false else {
                    #expect(finished.code == 2, "\(title)")
                    continue
                }
                #expect(finished.code == 0, "\(title): \(finished.error)")
                guard finished.code == 0 else { continue }
                #expect(try Finished.parsed(finished.output) == test["result"] ?? .null, "\(title)")
            }
        }
    }
}
