import SynthDataInfra
import Testing

/// Where the program that supervisors run is found.
@Suite struct ToolFileTests {
    @Test func aGivenPathGoesFirst() throws {
        let found = try ToolFile.find("/bin/sh", environment: [ToolFile.variable: "/nonexistent", "PATH": ""])
        #expect(found.hasSuffix("sh"))
    }

    @Test(
        arguments: [
            ("a path that is wrong", "/nonexistent", ["PATH": "/bin"], "toolPath"),
            ("a folder", "/tmp", [:], "toolPath"),
            ("a file that cannot be run", "/etc/passwd", [:], "toolPath"),
            ("a variable that is wrong", nil, [ToolFile.variable: "/nonexistent"], ToolFile.variable),
            ("nothing in the path", nil, ["PATH": "/nonexistent:relative:"], nil),
            ("an empty environment", nil, [:], nil),
        ] as [(String, String?, [String: String], String?)])
    func whatIsNotThereIsTold(
        name: String, path: String?, environment: [String: String], place: String?
    ) throws {
        let problem = try #require(throws: Diagnostic.self) { try ToolFile.find(path, environment: environment) }
        #expect(problem.code.name == "tool.not-found")
        #expect(problem.location?.description == place)
        #expect(problem.fix != nil)
    }
}
