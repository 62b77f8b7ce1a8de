import Diagnostics
import Documents
import FoundationEssentials
import ServiceModel
import Subprocess
import Testing

@testable import CommandLineInterface

/// What pipelines read: JUnit files and annotations.
@Suite struct ReportTests {
    /// Reads a file with junitparser, and checks what the schema of Jenkins asks for.
    private static let reader = """
        import json, sys, xml.etree.ElementTree as tree
        import junitparser
        root = tree.parse(sys.argv[1]).getroot()
        suites = junitparser.JUnitXml.fromfile(sys.argv[1])
        (suite,) = suites
        allowed = {
            'testsuites': set(), 'system-out': set(), 'failure': {'message', 'type'},
            'testsuite': {'name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'},
            'testcase': {'name', 'classname', 'time'},
        }
        for element in root.iter():
            assert set(element.attrib) <= allowed[element.tag], element.tag
        assert suite.tests == len(list(suite)), suite.tests
        print(json.dumps({'failures': suite.failures, 'cases': [{
            'name': case.name, 'class': case.classname, 'time': case.time,
            'failure': [[r.type, r.message, r.text] for r in case.result if r._tag == 'failure'],
        } for case in suite]}))
        """

    private func report(_ sandbox: Sandbox, _ file: String = "report.xml") async throws -> Node {
        try Finished.parsed(try await Project.python(Self.reader, ["\(sandbox.path)/work/\(file)"]))
    }

    private func fleet(_ sandbox: Sandbox, _ wrong: String) throws {
        try sandbox.service("good", "workload: {seed: 1}", file: "fleet/good.yaml")
        try sandbox.service("bad", wrong, file: "fleet/bad.yaml")
    }

    @Test func aDeploymentIsATestCaseForEachService() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "workload: {command: [sh, -c, \"echo '<]]>&\\u0001'; exit 3\"]}")
            let finished = try await sandbox.run(["deploy", "-f", "fleet", "--junit", "report.xml"])
            #expect(finished.code == 1)
            let report = try await report(sandbox)
            #expect(report["failures"]?.integer == 1)
            let cases = report["cases"]?.sequence ?? []
            #expect(cases.compactMap { $0["name"]?.string } == ["bad", "good"])
            let failure = try #require(cases.first?["failure"]?.sequence?.first?.sequence)
            #expect(failure[0].string == "local.exits")
            #expect(failure[2].string?.contains("<]]>&") == true, "\(failure)")
            #expect(cases.last?["failure"]?.sequence?.isEmpty == true)
        }
    }

    @Test func validationTellsWhichServiceIsWrong() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "resources: {memory: 2Gi, limits: {memory: 1Gi}}")
            #expect(try await sandbox.run("validate", "-f", "fleet", "--junit", "report.xml").code == 2)
            let cases = try await report(sandbox)["cases"]?.sequence ?? []
            #expect(cases.compactMap { $0["name"]?.string } == ["bad", "good"])
            #expect(cases.first?["failure"]?.sequence?.first?.sequence?.first?.string == "config.limit-below-request")
            #expect(cases.last?["failure"]?.sequence?.isEmpty == true)
        }
    }

    @Test func whatKeepsACommandFromBeginningIsACaseOfItsOwn() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run("deploy", "-f", "nowhere", "--junit", "report.xml")
            #expect(finished.code == 2)
            #expect(try await report(sandbox)["cases"]?.sequence?.first?["name"]?.string == "synthdata-infra deploy")
        }
    }

    @Test func pendingChangesFailOnlyWhereTheyFailTheCommand() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "workload: {seed: 2}")
            #expect(try await sandbox.run("diff", "-f", "fleet", "--junit", "report.xml").code == 0)
            #expect(try await report(sandbox)["failures"]?.integer == 0)
            #expect(try await sandbox.run("diff", "-f", "fleet", "--exit-code", "--junit", "report.xml").code == 3)
            #expect(try await report(sandbox)["failures"]?.integer == 2)
        }
    }

    @Test func aRefusedComparisonIsAFailureOfItsService() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "workload: {seed: 2}")
            #expect(try await sandbox.run("deploy", "-f", "fleet").code == 0)
            try fleet(sandbox, "workload: {seed: 3}")
            let finished = try await sandbox.run("diff", "-f", "fleet", "--max-effect", "none", "--junit", "report.xml")
            #expect(finished.code == 1, "\(finished.error)")
            let cases = try await report(sandbox)["cases"]?.sequence ?? []
            #expect(cases.compactMap { $0["name"]?.string } == ["bad", "good"])
            #expect(cases.first?["failure"]?.sequence?.first?.sequence?.first?.string == "plan.effect", "\(cases)")
            #expect(cases.last?["failure"]?.sequence?.isEmpty == true)
        }
    }

    @Test func aReportThatCannotBeWrittenFailsTheCommand() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "workload: {seed: 2}")
            let finished = try await sandbox.run("validate", "-f", "fleet", "--junit", "/proc/none/report.xml")
            #expect(finished.code == 1)
            #expect(finished.error.contains("[output.unwritable]"))
        }
    }

    @Test func aReportThatCannotBeWrittenHidesNeitherTheOutcomeNorOtherReports() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(
                ["deploy", "-f", "nowhere", "--junit", "/proc/none/report.xml", "--annotations", "github=notes.txt"])
            #expect(finished.code == 2)
            #expect(finished.error.contains("[output.unwritable]"))
            #expect(try sandbox.text("notes.txt").contains("::error "))
        }
    }

    @Test func whatFailsAfterTheServicesIsACaseOfItsOwn() throws {
        let problem = Diagnostic(.error, .init("late", .failed), "something else went wrong")
        let service = ServiceIdentity(name: try ServiceName("demo"), namespace: "")
        let services = [RunRecord.Service(identity: service, start: Date(), end: Date(), status: "deployed")]
        let text = JUnitReport(suite: "deploy", services: services, problems: [problem], start: Date(), end: Date())
            .text
        #expect(text.contains("tests=\"2\" failures=\"1\""), "\(text)")
        #expect(text.contains("something else went wrong"))
    }

    @Test func annotationsOfGitHubNameTheLine() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "resources: {memory: \"100%\"}")
            let finished = try await sandbox.run("validate", "-f", "fleet", "--annotations", "github")
            let line = try #require(finished.error.split(separator: "\n").first { $0.hasPrefix("::error ") })
            #expect(line.hasPrefix("::error file=fleet/bad.yaml,line=8,col="), "\(line)")
            #expect(line.contains(",title=config.invalid-value::"))
            #expect(line.contains("100%25") && line.contains("%0A"))
            #expect(finished.error.split(separator: "\n").count { $0.hasPrefix("::") } == 1)
        }
    }

    @Test func annotationsWithoutAFileHaveNoPlace() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(
                "validate", "--type", "tabular", "--memory", "much,or:little", "--annotations", "github=notes.txt")
            #expect(!finished.error.contains("::error"))
            let notes = try sandbox.text("notes.txt")
            #expect(notes.hasPrefix("::error title=config.invalid-value::--memory: "), "\(notes)")
        }
    }

    @Test func gitLabGetsAReportOfCodeQuality() async throws {
        try await Sandbox.with { sandbox in
            try fleet(sandbox, "resources: {memory: much}")
            for _ in 0..<2 {
                #expect(try await sandbox.run("validate", "-f", "fleet", "--annotations", "gitlab").code == 2)
            }
            let program = """
                import json, sys
                (issue,) = json.load(open(sys.argv[1]))
                assert set(issue) == {'description', 'check_name', 'fingerprint', 'severity', 'location'}
                assert issue['severity'] in ('info', 'minor', 'major', 'critical', 'blocker')
                assert len(issue['fingerprint']) == 64
                print(issue['location']['path'], issue['location']['lines']['begin'], issue['check_name'])
                """
            let file = "\(sandbox.path)/work/gl-code-quality-report.json"
            #expect(try await Project.python(program, [file]) == "fleet/bad.yaml 8 config.invalid-value\n")
        }
    }

    @Test func aFileWithoutProblemsIsAnEmptyList() async throws {
        try await Sandbox.with { sandbox in
            let line = ["validate", "--type", "tabular", "--annotations", "gitlab=report.json"]
            let finished = try await sandbox.run(line)
            #expect(finished.code == 0)
            #expect(try sandbox.text("report.json") == "[]\n")
        }
    }

    @Test func anUnknownFormatIsToldBeforeAnythingIsDone() async throws {
        try await Sandbox.with { sandbox in
            let finished = try await sandbox.run(
                ["deploy"] + ProgressTests.demo + ["--annotations", "githup"])
            #expect(finished.code == 2)
            #expect(finished.error.contains("did you mean `github`?"))
            #expect(try await sandbox.run("status", "-o", "name").output.isEmpty)
        }
    }
}
