import Documents
import Testing

/// When the pipelines of `examples/ci` run: a plan for each change, a deployment of what was merged, and what a schedule
/// asks for.
@Suite struct ForgeTriggerTests {
    private static func read(_ file: String) throws -> Node {
        let path = "\(Pipeline.example)/\(file)"
        return try Finished.parsed(
            String(decoding: FileBytes.read(path: path, maximumSize: 1 << 20), as: UTF8.self))
    }

    private static let workflow = ".github/workflows/synthdata.yml"

    @Test func gitHubRunsEachJobForItsEvent() throws {
        let document = try Self.read(Self.workflow)
        let events = try #require(document["on"]?.mapping)
        #expect(events.entries.map(\.key) == ["pull_request", "push", "schedule"])
        #expect(events["push"]?["branches"] == ["main"])
        let times = (events["schedule"]?.sequence ?? []).compactMap { $0["cron"]?.string }
        let jobs = try #require(document["jobs"]?.mapping)
        #expect(jobs["plan"]?["if"]?.string == "github.event_name != 'schedule'")
        #expect(jobs["deploy"]?["if"]?.string == "github.event_name == 'push'")
        #expect(jobs["deploy"]?["needs"]?.string == "plan")
        // Each scheduled job has its own time, and no time is without a job.
        let scheduled = ["expire", "drift"].map { jobs[$0]?["if"]?.string ?? "" }
        #expect(scheduled == times.map { "github.event.schedule == '\($0)'" })
        // Once a night.
        #expect(times.last?.wholeMatch(of: /\d+ \d+ \* \* \*/) != nil)
    }

    @Test func gitLabRunsEachJobForItsEvent() throws {
        let document = try Self.read(".gitlab-ci.yml")
        func rules(_ job: String) -> [String] {
            (document[job]?["rules"]?.sequence ?? []).compactMap { $0["if"]?.string }
        }
        let merged = #"$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule""#
        #expect(rules("plan") == [#"$CI_PIPELINE_SOURCE == "merge_request_event""#, merged])
        #expect(rules("deploy") == [merged])
        #expect(document["deploy"]?["needs"] == ["plan"])
        for task in ["drift", "expire"] {
            #expect(rules(task) == [#"$CI_PIPELINE_SOURCE == "schedule" && $TASK == "\#(task)""#])
        }
    }
}
