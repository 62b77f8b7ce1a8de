import Diagnostics
import Testing

@testable import LocalProvider

@Suite struct StateRootTests {
    @Test(
        arguments: [
            (["XDG_STATE_HOME": "/state", "HOME": "/home/ada"], "/state/synthdata-infra/local"),
            (["XDG_STATE_HOME": "", "HOME": "/home/ada"], "/home/ada/.local/state/synthdata-infra/local"),
            (["HOME": "/home/ada"], "/home/ada/.local/state/synthdata-infra/local"),
            (["XDG_STATE_HOME": "/state"], "/state/synthdata-infra/local"),
        ])
    func stateIsKeptWhereTheEnvironmentSays(environment: [String: String], root: String) throws {
        #expect(try StateFolder.standardRoot(environment: environment) == root)
    }

    @Test(
        arguments: [
            ([:], "neither HOME nor XDG_STATE_HOME is set"),
            (["HOME": "", "XDG_STATE_HOME": ""], "neither HOME nor XDG_STATE_HOME is set"),
            (["HOME": "ada"], "HOME is `ada`, which does not start with `/`"),
            (
                ["HOME": "/home/ada", "XDG_STATE_HOME": "state"],
                "XDG_STATE_HOME is `state`, which does not start with `/`"
            ),
        ] as [([String: String], String)])
    func anEnvironmentThatNamesNoFolderIsRefused(environment: [String: String], why: String) throws {
        let problem = try #require(throws: Diagnostic.self) {
            try StateFolder.standardRoot(environment: environment)
        }
        #expect(problem.code == .noStateFolder)
        #expect(problem.why == why)
        #expect(problem.fix?.contains("set HOME, or XDG_STATE_HOME") == true)
    }
}
