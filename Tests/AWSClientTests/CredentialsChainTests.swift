import AWSClient
import Diagnostics
import Documents
import Foundation
import Testing

/// Which place wins, compared with botocore in the same environment, over the same files and services.
@Suite struct CredentialsChainTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var environment: [String: String] = [:]
        var files: [String: String] = [:]
        var profile: String?

        init(
            _ name: String, _ environment: [String: String] = [:], config: String? = nil, credentials: String? = nil,
            profile: String? = nil, files: [String: String] = [:]
        ) {
            testDescription = name
            self.environment = environment
            self.files = files
            self.files[".aws/config"] = config
            self.files[".aws/credentials"] = credentials
            self.profile = profile
        }
    }

    private static let keys = ["AWS_ACCESS_KEY_ID": "environment", "AWS_SECRET_ACCESS_KEY": "s"]
    private static let process = #"/bin/echo '{"Version":1,"AccessKeyId":"process","SecretAccessKey":"s"}'"#
    private static let role = "arn:aws:iam::123456789012:role/demo"
    private static let ssoSession = """
        [profile dev]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Reader
        [sso-session corp]
        sso_start_url = https://corp.example/start
        sso_region = eu-west-1

        """

    static let cases: [Case] = [
        Case("nothing"),
        Case("environment", keys),
        Case("environment with a token", keys.merging(["AWS_SESSION_TOKEN": "t"]) { $1 }),
        Case(
            "environment with both tokens",
            keys.merging(["AWS_SESSION_TOKEN": "t", "AWS_SECURITY_TOKEN": "old"]) { $1 }),
        Case("environment without secret", ["AWS_ACCESS_KEY_ID": "x"]),
        Case("environment, empty", ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]),
        Case("environment before files", keys, credentials: "[default]\naws_access_key_id=a\naws_secret_access_key=b"),
        Case(
            "an explicit profile before the environment", keys,
            credentials: "[dev]\naws_access_key_id=a\naws_secret_access_key=b", profile: "dev"),
        Case(
            "the environment before AWS_PROFILE", keys.merging(["AWS_PROFILE": "dev"]) { $1 },
            credentials: "[dev]\naws_access_key_id=a\naws_secret_access_key=b"),
        Case("a profile that does not exist", keys.merging(["AWS_PROFILE": "dev"]) { $1 }),
        Case("an explicit profile that does not exist", keys, profile: "dev"),
        Case(
            "AWS_DEFAULT_PROFILE before AWS_PROFILE", ["AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"],
            credentials: "[a]\naws_access_key_id=a\naws_secret_access_key=s\n"
                + "[b]\naws_access_key_id=b\naws_secret_access_key=s"),
        Case(
            "the credentials file before the config file",
            config: "[default]\naws_access_key_id=config\naws_secret_access_key=s",
            credentials: "[default]\naws_access_key_id=credentials\naws_secret_access_key=s\naws_session_token=t"),
        Case("the config file", config: "[default]\naws_access_key_id=config\naws_secret_access_key=s"),
        Case(
            "keys over two files", config: "[default]\naws_secret_access_key=s",
            credentials: "[default]\naws_access_key_id=credentials"),
        Case("only a secret", credentials: "[default]\naws_secret_access_key=s"),
        Case("a process", config: "[default]\ncredential_process = \(process)"),
        Case(
            "a process before keys in the config file",
            config: "[default]\naws_access_key_id=config\naws_secret_access_key=s\ncredential_process = \(process)"),
        Case(
            "keys in the credentials file before a process",
            config: "[default]\ncredential_process = \(process)",
            credentials: "[default]\naws_access_key_id=credentials\naws_secret_access_key=s"),
        Case("a process that fails", config: "[default]\ncredential_process = /bin/false"),
        Case("a process that does not exist", config: "[default]\ncredential_process = /nowhere/x"),
        Case("a process with another answer", config: "[default]\ncredential_process = /bin/echo {}"),
        Case("a process with an open quote", config: "[default]\ncredential_process = /bin/echo '"),
        Case(
            "a role",
            config: "[default]\nrole_arn=\(role)\nsource_profile=base\nexternal_id=e\nrole_session_name=n\n"
                + "duration_seconds=900\n[profile base]\naws_access_key_id=a\naws_secret_access_key=s"),
        Case(
            "a role with a device",
            config: "[default]\nrole_arn=\(role)\nsource_profile=base\nmfa_serial=arn:mfa\nduration_seconds=x\n"
                + "[profile base]\naws_access_key_id=a\naws_secret_access_key=s"),
        Case(
            "a role behind a role",
            config: "[default]\nrole_arn=\(role)1\nsource_profile=b\n[profile b]\nrole_arn=\(role)2\nsource_profile=c\n"
                + "[profile c]\ncredential_process = \(process)"),
        Case(
            "roles in a circle",
            config: "[default]\nrole_arn=\(role)1\nsource_profile=b\n[profile b]\nrole_arn=\(role)2\n"
                + "source_profile=default"),
        Case("a role of itself", config: "[default]\nrole_arn=\(role)\nsource_profile=default"),
        Case(
            "a role of its own keys",
            config: "[default]\nrole_arn=\(role)\nsource_profile=default\naws_access_key_id=a\naws_secret_access_key=s"),
        Case(
            "a role of a profile with keys and a role",
            config: "[default]\nrole_arn=\(role)1\nsource_profile=b\n[profile b]\nrole_arn=\(role)2\n"
                + "source_profile=c\naws_access_key_id=b\naws_secret_access_key=s"),
        Case("a role without source", config: "[default]\nrole_arn=\(role)"),
        Case("a role with two sources", config: "[default]\nrole_arn=\(role)\nsource_profile=b\ncredential_source=c"),
        Case("a role of nobody", config: "[default]\nrole_arn=\(role)\nsource_profile=b"),
        Case("a role of a profile without keys", config: "[default]\nrole_arn=\(role)\nsource_profile=b\n[profile b]"),
        Case("a role of an unknown place", config: "[default]\nrole_arn=\(role)\ncredential_source=environment"),
        Case(
            "a role of the environment", keys.merging(["AWS_PROFILE": "dev"]) { $1 },
            config: "[profile dev]\nrole_arn=\(role)\ncredential_source=Environment", profile: "dev"),
        Case(
            "a role of an empty environment", config: "[default]\nrole_arn=\(role)\ncredential_source=Environment"),
        Case(
            "a role of an instance without metadata",
            config: "[default]\nrole_arn=\(role)\ncredential_source=Ec2InstanceMetadata"),
        Case(
            "a web identity of the environment",
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": role, "AWS_ROLE_SESSION_NAME": "pod"],
            files: ["token": "jwt"]),
        Case("a web identity without role", ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token"], files: ["token": "jwt"]),
        Case(
            "a web identity of the environment, with a role of the profile",
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token"], config: "[default]\nrole_arn=\(role)\nsource_profile=b",
            files: ["token": "jwt"]),
        Case(
            "a web identity of a profile",
            config: "[default]\nrole_arn=\(role)\nweb_identity_token_file=~/token\nrole_session_name=n\n"
                + "source_profile=x", files: ["token": "jwt"]),
        Case(
            "an explicit profile before a web identity of the environment",
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": role],
            credentials: "[dev]\naws_access_key_id=a\naws_secret_access_key=s", profile: "dev",
            files: ["token": "jwt"]),
        Case(
            "a web identity before SSO and keys",
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": role, "AWS_PROFILE": "dev"],
            config: ssoSession, credentials: "[dev]\naws_access_key_id=a\naws_secret_access_key=s",
            files: ["token": "jwt"]),
        Case("a web identity without file", ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": role]),
        Case("SSO, nobody logged in", ["AWS_PROFILE": "dev"], config: ssoSession),
        Case(
            "SSO with a valid token", ["AWS_PROFILE": "dev"], config: ssoSession,
            files: ["corp": #"{"accessToken": "sso-token", "expiresAt": "2098-01-01T00:00:00Z"}"#]),
        Case(
            "SSO before keys", ["AWS_PROFILE": "dev"], config: ssoSession,
            credentials: "[dev]\naws_access_key_id=a\naws_secret_access_key=s",
            files: ["corp": #"{"accessToken": "sso-token", "expiresAt": "2098-01-01T00:00:00UTC"}"#]),
        Case(
            "SSO with an expired token", ["AWS_PROFILE": "dev"], config: ssoSession,
            files: ["corp": #"{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z"}"#]),
        Case(
            "SSO with a token that the service refuses", ["AWS_PROFILE": "dev"], config: ssoSession,
            files: ["corp": #"{"accessToken": "refused", "expiresAt": "2098-01-01T00:00:00Z"}"#]),
        Case(
            "SSO with a token to be renewed", ["AWS_PROFILE": "dev"], config: ssoSession,
            files: [
                "corp": """
                {"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r", "clientId": "c",
                 "clientSecret": "s", "registrationExpiresAt": "2098-01-01T00:00:00Z"}
                """
            ]),
        Case(
            "SSO whose registration is over", ["AWS_PROFILE": "dev"], config: ssoSession,
            files: [
                "corp": """
                {"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r", "clientId": "c",
                 "clientSecret": "s", "registrationExpiresAt": "2020-01-01T00:00:00Z"}
                """
            ]),
        Case("SSO with a broken token", ["AWS_PROFILE": "dev"], config: ssoSession, files: ["corp": "{}"]),
        Case(
            "SSO of the older kind",
            config: "[default]\nsso_start_url=https://corp.example/start\nsso_region=eu-west-1\n"
                + "sso_account_id=1\nsso_role_name=Reader",
            files: ["start": #"{"accessToken": "sso-token", "expiresAt": "2098-01-01T00:00:00Z"}"#]),
        Case("SSO without region", config: "[default]\nsso_start_url=x\nsso_account_id=1\nsso_role_name=Reader"),
        Case("SSO with an unknown session", config: "[default]\nsso_session=corp\nsso_account_id=1\nsso_role_name=R"),
        Case(
            "SSO with a contradiction",
            ["AWS_PROFILE": "dev"], config: ssoSession.replacing("sso_session", with: "sso_region = x\nsso_session")),
        Case("SSO with a session alone", config: "[default]\nsso_session=corp"),
        Case(
            "SSO as the source of a role", config: ssoSession + "[default]\nrole_arn=\(role)\nsource_profile=dev",
            files: ["corp": #"{"accessToken": "sso-token", "expiresAt": "2098-01-01T00:00:00Z"}"#]),
        Case(
            "the first EC2 tools' file", ["AWS_CREDENTIAL_FILE": "~/ec2"],
            files: ["ec2": "AWSAccessKeyId = ec2\nother\nAWSSecretKey=s\n"]),
        Case("boto's file", files: [".boto": "[Credentials]\naws_access_key_id = boto\naws_secret_access_key = s\n"]),
        Case(
            "boto's file by name", ["BOTO_CONFIG": "~/b"],
            files: ["b": "[Credentials]\naws_access_key_id = boto\naws_secret_access_key = s\n"]),
        Case("a container", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x"]),
        Case(
            "a container with a token",
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"]),
        Case(
            "a container with a token in a file",
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "~/token",
            ], files: ["token": "of-the-file"]),
        Case(
            "a container with a token of two lines",
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t\nu"]
        ),
        Case("a container in trouble", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/flaky?CLIENT"]),
        Case("a container that refuses", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/denied"]),
        Case("a container without JSON", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/html"]),
        Case("a container with half an answer", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/partial"]),
        Case("a container elsewhere", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/x"]),
        Case(
            "the files before a container", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x"],
            credentials: "[default]\naws_access_key_id=a\naws_secret_access_key=s"),
        Case(
            "a role of a container", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x"],
            config: "[default]\nrole_arn=\(role)\ncredential_source=EcsContainer"),
        Case("an instance", instance("role")),
        Case("an instance with version 1", instance("version1")),
        Case("an instance without role", instance("norole")),
        Case("an instance without role, version 1", instance("norole1")),
        Case("an instance whose role trusts nobody", instance("mistrusted")),
        Case("an instance without JSON", instance("html")),
        Case("an instance in trouble", instance("down")),
        Case("an instance that calls it bad", instance("bad")),
        Case("an instance with old credentials", instance("old")),
        Case("a disabled instance", instance("role").merging(["AWS_EC2_METADATA_DISABLED": "TRUE"]) { $1 }),
        Case(
            "an instance by configuration", ["AWS_EC2_METADATA_DISABLED": "false"],
            config: "[default]\nec2_metadata_service_endpoint = METADATA/role\nmetadata_service_num_attempts = 2"),
        Case("an instance nowhere", instance("role").merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "x y"]) { $1 }),
        Case(
            "an instance in an unknown mode",
            instance("role").merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"]) { $1 }),
        Case(
            "a role of an instance", instance("role"),
            config: "[default]\nrole_arn=\(role)\ncredential_source=Ec2InstanceMetadata"),
        Case(
            "a container before an instance",
            instance("role").merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "METADATA/container/x"]) { $1 }),
        Case("files that cannot be read", keys, config: "[default\n"),
    ]

    private static func instance(_ behaviour: String) -> [String: String] {
        [
            "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "METADATA/\(behaviour)",
        ]
    }

    /// botocore takes `~` in the names of some files only, and the port is known late.
    private func scene(_ one: Case, _ server: MetadataServer) throws -> CredentialsScene {
        var scene = try CredentialsScene(one.environment, files: [:], profile: one.profile)
        func filled(_ text: String) -> String {
            text.replacing("METADATA", with: server.address).replacing("=~", with: "=\(scene.home.path)")
                .replacing("HOME", with: scene.home.path)
        }
        for (name, value) in scene.environment {
            scene.environment[name] =
                filled(value.hasPrefix("~") ? scene.home.path + value.dropFirst() : value)
        }
        for (path, text) in one.files {
            let cache = ["corp": "corp", "start": "https://corp.example/start"][path]
            let name = cache.map { ".aws/sso/cache/\(CredentialsScene.cacheKey($0)).json" }
            try scene.write(filled(text), to: name ?? path)
        }
        return scene
    }

    @Test(arguments: cases)
    func theSamePlaceWinsAsWithBotocore(_ one: Case) async throws {
        let server = try await MetadataServer.running()
        var scene = try scene(one, server)
        defer { scene.remove() }
        let original = scene.environment
        scene.environment = original.mapValues { $0.replacing("CLIENT", with: "botocore") }
        let expected = try await Botocore.aboutCredentials().ask(scene.question("credentials"))
        // botocore may have renewed a token, which is then another.
        for (path, text) in one.files where path == "corp" {
            try scene.write(text, to: ".aws/sso/cache/\(CredentialsScene.cacheKey(path)).json")
        }
        scene.environment = original.mapValues { $0.replacing("CLIENT", with: "ours") }
        try await Self.expectSame(scene, expected)
    }

    static func expectSame(_ scene: CredentialsScene, _ expected: Node, _ comment: Comment? = nil) async throws {
        do {
            let found = try await scene.credentials()
            #expect(found.accessKeyID == expected["key"]?.string, "\(comment ?? "") \(JSONEmitter.emit(expected))")
            #expect(found.secretAccessKey.secret == expected["secret"]?.string, comment)
            #expect(found.sessionToken?.secret == expected["token"]?.string, comment)
        } catch let problem as Diagnostic {
            if problem.code == .awsNoCredentials {
                #expect(expected == [:], "\(comment ?? "") \(problem) \(JSONEmitter.emit(expected))")
            } else {
                #expect(expected["error"] != nil, "\(comment ?? "") \(problem) \(JSONEmitter.emit(expected))")
            }
        }
    }

    /// Where botocore gives up with an error of its own, all places are told.
    @Test func withoutVersionOneTheInstanceIsPassedOver() async throws {
        let server = try await MetadataServer.running()
        let scene = try CredentialsScene(
            Self.instance("version1").mapValues { $0.replacing("METADATA", with: server.address) }
                .merging(["AWS_EC2_METADATA_V1_DISABLED": "true"]) { $1 })
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.code == .awsNoCredentials)
        #expect(problem.why?.hasSuffix("has no session tokens, and version 1 is disabled") == true)
    }

    @Test func inAnySceneTheSamePlaceWins() async throws {
        let server = try await MetadataServer.running()
        let botocore = try Botocore.aboutCredentials()
        let seed = UInt64.random(in: 0...UInt64.max)
        var writer = RandomScenes(random: SeededRandom(seed))
        for number in 0..<200 {
            let one = writer.scene()
            let scene = try scene(one, server)
            defer { scene.remove() }
            let expected = try await botocore.ask(scene.question("credentials"))
            let text = one.files.map { "\($0):\n\($1)" }.joined(separator: "----\n")
            try await Self.expectSame(
                scene, expected,
                "seed \(seed), scene \(number), profile \(one.profile ?? "-"):\n\(one.environment)\n\(text)")
        }
    }
}
