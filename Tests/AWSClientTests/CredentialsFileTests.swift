import Diagnostics
import Documents
import Foundation
import Testing

@testable import AWSClient

/// Shared files, compared with botocore's reading of the same text.
@Suite struct CredentialsFileTests {
    /// Text that is nearly a shared file.
    private struct Writer {
        var random: SeededRandom

        mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

        mutating func file(isConfig: Bool) -> String {
            var text = ""
            let lineEnd = pick(["\n", "\n", "\n", "\r\n", "\r"])
            if Int.random(in: 0..<10, using: &random) > 0 { text += section(isConfig: isConfig) + lineEnd }
            for _ in 0..<Int.random(in: 0...12, using: &random) { text += line(isConfig: isConfig) + lineEnd }
            return text
        }

        mutating func line(isConfig: Bool) -> String {
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<6: return section(isConfig: isConfig)
            case 6..<22:
                return pick(["", "", "", " ", "\t"]) + setting()
            case 22..<28:
                return pick(["  ", "    ", "\t", "\u{A0} "])
                    + pick([setting(), "x=1 = 2", "= 1", "X = y", "x = 3", setting(), setting(), "more"])
            case 28..<33: return pick(["", "  ", "\t", "\u{1F}"])
            case 33..<36: return pick(["# comment", "  ; comment", "#[x]", ";a=b"])
            case 36..<39: return pick(["s3 =", "s3=  ", "nested :"])
            default: return pick(["[", "[]", "]", "[a]b]", "[a] = x", "bogus", "é = ü", "A=1", "=", ":", "a b c"])
            }
        }

        mutating func section(isConfig: Bool) -> String {
            let name = pick([
                "dev", "prod", "test", "x", "y", "z", "\"dev\"", "'a b'", "a b", "x\"y", "d\\ ev", "default", "é",
            ])
            let kinds =
                isConfig ? ["profile ", "profile ", "sso-session ", "services ", "profile", ""] : ["", "", "profile "]
            return pick(["[\(pick(kinds))\(name)]", "[default]", "[DEFAULT]", " [\(name)]", "[\(name)] # x"])
        }

        mutating func setting() -> String {
            let name = pick([
                "region", "output", "role_arn", "Region", "s3", "a b", "É", "x", "y", "z", "sso_region", "mfa",
            ])
            let value = pick(["eu-west-1", "", "a # b", "x:y", "\"q\"", "'", "a = b", "  spaced\t", "ß€", "\u{2028}z"])
            return name + pick(["=", " = ", ":", "  :\t", " =", "= "]) + value
        }
    }

    @Test func anyFilesAreReadAsBotocoreReadsThem() async throws {
        let botocore = try Botocore.aboutCredentials()
        let seed = UInt64.random(in: 0...UInt64.max)
        var writer = Writer(random: SeededRandom(seed))
        var readable = 0
        for number in 0..<300 {
            let config = writer.file(isConfig: true)
            let credentials = number % 2 == 0 ? writer.file(isConfig: false) : ""
            let scene = try CredentialsScene(files: [".aws/config": config, ".aws/credentials": credentials])
            defer { scene.remove() }
            let expected = try await botocore.ask(scene.question("files"))
            let actual = Result { try SharedConfiguration(environment: scene.environment) }
            let comment = "seed \(seed), file \(number):\n\(config)\n----\n\(credentials)"
            switch actual {
            case .success(let files):
                #expect(Self.node(files) == Self.sorted(expected), "\(comment)")
                readable += 1
            case .failure(let problem):
                #expect(expected["error"] != nil, "\(problem)\n\(comment)")
            }
        }
        #expect(readable > 60)
    }

    @Test func wordsAreSplitAsAShellWould() async throws {
        let botocore = try Botocore.aboutCredentials()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed)
        let alphabet = ["a", "b", " ", " ", "\t", "\n", "\"", "'", "\\", "#", "$x", "é", "\u{A0}", "|"]
        for _ in 0..<1000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? ""
            }.joined()
            let answer = try await botocore.ask(["ask": "words", "text": .string(text)])
            #expect(ShellWords.split(text) == answer["words"]?.sequence?.compactMap(\.string), "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [
        "2026-11-21T17:00:00Z", "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2100-03-01T00:00:00Z",
        "2026-11-21T17:00:00.123456Z", "2026-11-21T17:00:00+01:00", "2026-11-21 17:00:00-0830",
        "2026-11-21T17:00:00UTC", "2024-12-31T23:59:59+00:00", "1969-12-31T23:59:59Z",
    ])
    func timesAreReadAsBotocoreReadsThem(_ text: String) async throws {
        let answer = try await Botocore.aboutCredentials().ask(["ask": "seconds", "text": .string(text)])
        let seconds = try #require(answer["seconds"]?.integer)
        #expect(Timestamp.seconds(text) == seconds)
        #expect(Timestamp.seconds(Timestamp.text(seconds)) == seconds)
    }

    @Test(arguments: [
        "", "tomorrow", "2026-11-21", "2026-11-21T17:00:00", "2026-13-21T17:00:00Z", "2026-11-21T17:00:00.Z",
    ])
    func whatIsNoTimeIsNone(_ text: String) {
        #expect(Timestamp.seconds(text) == nil)
    }

    struct Mistake: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let line: Int
        let words: String
    }

    @Test(arguments: [
        Mistake(testDescription: "a line of another kind", text: "[default]\nregion\n", line: 2, words: "neither"),
        Mistake(testDescription: "no section", text: "# x\nregion = a\n", line: 2, words: "above the first section"),
        Mistake(testDescription: "a section twice", text: "[a]\n\n[b]\n[a]\n", line: 4, words: "[a] is written twice"),
        Mistake(
            testDescription: "a setting twice", text: "[a]\nregion = x\nRegion = y\n", line: 3,
            words: "`region` is written twice"),
        Mistake(
            testDescription: "a nested line of another kind", text: "[a]\ns3 =\n  x = 1\n  secret\n", line: 4,
            words: "below `s3`"),
        Mistake(testDescription: "no UTF-8", text: "[a]\nx = \u{0}\n", line: 2, words: "not UTF-8"),
    ])
    func aMistakeIsToldAtItsLine(_ mistake: Mistake) throws {
        // A byte that no UTF-8 has.
        let bytes = mistake.text.utf8.map { $0 == 0 ? 0xFF : $0 }
        do {
            _ = try INIReader.read(bytes, file: SourceFile("config"))
            Issue.record("it is read")
        } catch {
            #expect(error.location == SourceLocation(file: SourceFile("config"), line: mistake.line))
            #expect(error.what.contains(mistake.words))
            #expect(!error.description.contains("secret"))
            #expect(error.fix != nil)
        }
    }

    @Test func everySettingKnowsItsLine() throws {
        let sections = try INIReader.read(
            Array("[a]\n# x\nregion = 1\n\ns3 =\n  # y\n  endpoint_url = z\n".utf8), file: SourceFile("config"))
        let section = try #require(sections.first)
        #expect(section.location(of: "region").line == 3)
        guard case .nested(let nested) = section.settings["s3"]?.content else {
            Issue.record("not nested")
            return
        }
        #expect(nested["endpoint_url"]?.location.line == 7)
    }

    @Test func filesAreWhereTheEnvironmentSays() throws {
        var scene = try CredentialsScene(
            files: ["x/config": "[default]\nregion = here\n", "y": "[other]\noutput = there\n"])
        defer { scene.remove() }
        scene.environment["FOLDER"] = "x"
        scene.environment["AWS_CONFIG_FILE"] = "~/${FOLDER}/config"
        scene.environment["AWS_SHARED_CREDENTIALS_FILE"] = "$HOME/y"
        let files = try SharedConfiguration(environment: scene.environment)
        #expect(try files.profiles["default"]?.text("region") == "here")
        #expect(try files.profiles["other"]?.text("output") == "there")
    }

    @Test func endpointsAreThoseOfTheProfile() throws {
        let scene = try CredentialsScene(files: [
            ".aws/config": """
            [default]
            services = local
            endpoint_url = http://127.0.0.1:1
            [profile lost]
            services = loca
            [services local]
            s3 =
              endpoint_url = http://127.0.0.1:2
            """
        ])
        defer { scene.remove() }
        let settings = try ProfileSettings(environment: scene.environment)
        let s3 = try #require(try settings.endpointURL(service: "s3"))
        #expect(s3.url == "http://127.0.0.1:2")
        #expect(s3.location.line == 7)
        #expect(try settings.endpointURL(service: "sts")?.url == "http://127.0.0.1:1")
        let lost = try ProfileSettings(explicitProfile: "lost", environment: scene.environment)
        let problem = try #require(throws: Diagnostic.self) { _ = try lost.endpointURL(service: "s3") }
        #expect(problem.location?.line == 5)
        #expect(problem.fix == "did you mean local?")
    }

    /// In the shape of the program's answers.
    private static func node(_ files: SharedConfiguration) -> Node {
        func node(_ sections: [String: INISection]) -> Node {
            tree(sections) { section in
                tree(section.settings) { setting in
                    switch setting.content {
                    case .text(let text): .string(text)
                    case .nested(let settings):
                        tree(settings) { if case .text(let text) = $0.content { .string(text) } else { .null } }
                    }
                }
            }
        }
        return [
            "profiles": node(files.profiles), "services": node(files.services), "sso_sessions": node(files.ssoSessions),
        ]
    }

    private static func tree<Value>(_ values: [String: Value], _ node: (Value) -> Node) -> Node {
        var mapping = Mapping()
        for key in values.keys.sorted() { if let value = values[key] { mapping[key] = node(value) } }
        return .mapping(mapping)
    }

    private static func sorted(_ node: Node) -> Node {
        guard let mapping = node.mapping else { return node }
        var entries: [String: Node] = [:]
        for entry in mapping.entries { entries[entry.key] = sorted(entry.value) }
        return tree(entries) { $0 }
    }
}
