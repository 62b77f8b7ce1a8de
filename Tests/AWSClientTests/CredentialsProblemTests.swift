import AWSClient
import Diagnostics
import Foundation
import Testing

/// What a person is told when there are no credentials, and where a profile is wrong.
@Suite struct CredentialsProblemTests {
    @Test func everyPlaceIsToldWithItsReason() async throws {
        let scene = try CredentialsScene(files: [
            ".aws/config": "[profile prod]\nregion = x\n",
            ".aws/credentials": "[dev]\naws_secret_access_key = hidden\n",
        ])
        defer { scene.remove() }
        let problem = try await scene.problem()
        let home = scene.home.path
        #expect(
            problem.description == """
                error: there are no AWS credentials [aws.no-credentials]
                  why: environment variables: AWS_ACCESS_KEY_ID is not set
                        role of the profile: the profile default has no role_arn with a source
                        web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set, and the profile default has no \
                web_identity_token_file
                        SSO: the profile default has no sso_account_id and sso_role_name
                        shared credentials file: \(home)/.aws/credentials has no profile default
                        aws login: the profile default has no login_session
                        credential_process: the profile default has no credential_process
                        shared config file: \(home)/.aws/config has no profile default
                        AWS_CREDENTIAL_FILE: it is not set
                        boto configuration: /etc/boto.cfg and ~/.boto have no keys
                        container credentials: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor \
                AWS_CONTAINER_CREDENTIALS_FULL_URI is set
                        EC2 instance metadata: AWS_EC2_METADATA_DISABLED is true
                  fix: set AWS_PROFILE to one of dev, prod, run `aws configure` or `aws configure sso`, or set \
                AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
                """)
        #expect(problem.code.outcome == .denied)
    }

    @Test func aFolderIsNoFile() async throws {
        let scene = try CredentialsScene(files: [".aws/config/x": ""])
        defer { scene.remove() }
        let why = try #require(try await scene.problem().why)
        #expect(why.contains("shared config file: \(scene.home.path)/.aws/config is no file"))
        #expect(why.contains("shared credentials file: there is no file \(scene.home.path)/.aws/credentials"))
    }

    struct Mistake: CustomTestStringConvertible {
        let testDescription: String
        let config: String
        /// Nil for a problem that is of no line.
        let line: Int?
        let code: String
        let words: String
        var profile: String? = nil
        var environment: [String: String] = [:]
    }

    private static let base = "\n[profile base]\naws_access_key_id = a\naws_secret_access_key = s\n"

    @Test(arguments: [
        Mistake(
            testDescription: "a profile that does not exist", config: base, line: nil, code: "aws.profile",
            words: "the AWS profile bas does not exist|did you mean base?", profile: "bas"),
        Mistake(
            testDescription: "a variable's profile that does not exist", config: base, line: nil, code: "aws.profile",
            words: "AWS_PROFILE names it|choose one of base", environment: ["AWS_PROFILE": "zzz"]),
        Mistake(
            testDescription: "a variable's profile and no files", config: "", line: nil, code: "aws.profile",
            words:
                "AWS_PROFILE names it|.aws/config has no profile|there is no file |fix: run `aws configure --profile zzz`",
            environment: ["AWS_PROFILE": "zzz"]),
        Mistake(
            testDescription: "a section that does not end", config: "\n[default\n", line: 2, code: "aws.shared-config",
            words: "the name of the section does not end|`]`"),
        Mistake(
            testDescription: "a token file of the environment that is not there", config: "", line: nil,
            code: "aws.role", words: "AWS_WEB_IDENTITY_TOKEN_FILE: error|No such file|why: /nowhere|unset",
            environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "arn:x"]),
        Mistake(
            testDescription: "a token file of the profile that is not there",
            config: "[default]\nrole_arn = arn:x\nweb_identity_token_file = /nowhere\n", line: 3, code: "aws.role",
            words: "the web identity token file cannot be read|why: /nowhere"),
        Mistake(
            testDescription: "a setting of the metadata service that means nothing",
            config: "[default]\nec2_metadata_v1_disabled = perhaps\n", line: 2, code: "aws.setting",
            words: "`ec2_metadata_v1_disabled` (AWS_EC2_METADATA_V1_DISABLED) cannot be `perhaps`|true or false",
            environment: ["AWS_EC2_METADATA_DISABLED": "false"]),
        Mistake(
            testDescription: "a role without source", config: "[default]\nregion = x\nrole_arn = arn:x\n", line: 3,
            code: "aws.profile", words: "nothing to assume it with|source_profile"),
        Mistake(
            testDescription: "a role with two sources",
            config: "[default]\nrole_arn = arn:x\nsource_profile = base\ncredential_source = Environment\n", line: 4,
            code: "aws.profile", words: "both source_profile and credential_source|:3"),
        Mistake(
            testDescription: "a role of an unknown profile",
            config: "[default]\nrole_arn = arn:x\nsource_profile = bsae\n" + base, line: 3, code: "aws.profile",
            words: "does not exist: `bsae`|did you mean base?"),
        Mistake(
            testDescription: "an empty role", config: "[default]\nrole_arn =\nsource_profile = base\n" + base, line: 2,
            code: "aws.profile", words: "is empty"),
        Mistake(
            testDescription: "a circle",
            config: "[default]\nrole_arn = arn:x\nsource_profile = b\n[profile b]\nrole_arn = arn:y\n"
                + "source_profile = default\n", line: 6, code: "aws.profile", words: "default -> b -> default"),
        Mistake(
            testDescription: "a source without credentials",
            config: "[default]\nrole_arn = arn:x\nsource_profile = b\n[profile b]\nregion = x\n", line: 3,
            code: "aws.profile", words: "has no credentials: `b`|shared credentials file: |:4"),
        Mistake(
            testDescription: "an unknown place",
            config: "[default]\nrole_arn = arn:x\ncredential_source = Moon\n", line: 3, code: "aws.profile",
            words: "not known: `Moon`|Ec2InstanceMetadata"),
        Mistake(
            testDescription: "a place without credentials",
            config: "[default]\nrole_arn = arn:x\ncredential_source = EcsContainer\n", line: 3, code: "aws.role",
            words: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        Mistake(
            testDescription: "a key without secret", config: "[default]\n\naws_access_key_id = a\n", line: 3,
            code: "aws.incomplete-keys", words: "without aws_secret_access_key"),
        Mistake(
            testDescription: "an empty secret",
            config: "[default]\naws_access_key_id = a\naws_secret_access_key =\n", line: 3, code: "aws.incomplete-keys",
            words: "is empty"),
        Mistake(
            testDescription: "SSO without role",
            config: "[default]\nsso_account_id = 1\nsso_start_url = x\nsso_region = y\n", line: 1, code: "aws.profile",
            words: "[default] has no `sso_role_name`|aws configure sso"),
        Mistake(
            testDescription: "an SSO session without region",
            config: "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_session = corp\n[sso-session corp]\n"
                + "sso_start_url = x\n", line: 5, code: "aws.profile", words: "[sso-session corp] has no `sso_region`"),
        Mistake(
            testDescription: "an unknown SSO session",
            config: "[default]\nsso_account_id = 1\nsso_session = crop\n[sso-session corp]\n", line: 3,
            code: "aws.profile", words: "does not exist: `crop`|did you mean corp?"),
        Mistake(
            testDescription: "a contradiction between profile and session",
            config: "[default]\nsso_account_id = 1\nsso_session = corp\nsso_region = a\n[sso-session corp]\n"
                + "sso_region = b\n", line: 4, code: "aws.profile", words: "not that of its SSO session|:6"),
        Mistake(
            testDescription: "a process that is no command", config: "[default]\ncredential_process = x '\n", line: 2,
            code: "aws.profile", words: "a quote is not closed"),
        Mistake(
            testDescription: "settings where a value is expected",
            config: "[default]\nrole_arn =\n  x = y\nsource_profile = base\n" + base, line: 2,
            code: "aws.shared-config",
            words: "has settings below it"),
        Mistake(
            testDescription: "a key of the environment without secret", config: "", line: nil,
            code: "aws.incomplete-keys", words: "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY",
            environment: ["AWS_ACCESS_KEY_ID": "a"]),
        Mistake(
            testDescription: "keys of the environment that have expired", config: "", line: nil, code: "aws.expired",
            words: "AWS_CREDENTIAL_EXPIRATION is 2020-01-01T00:00:00Z",
            environment: [
                "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
            ]),
    ])
    func aMistakeIsToldWhereItStands(_ mistake: Mistake) async throws {
        let scene = try CredentialsScene(
            mistake.environment, files: [".aws/config": mistake.config], profile: mistake.profile)
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.code.name == mistake.code)
        let line = problem.location?.line ?? 0
        #expect(line == mistake.line ?? 0, "\(problem)")
        for words in mistake.words.split(separator: "|") { #expect(problem.description.contains(words), "\(problem)") }
        #expect(problem.fix != nil)
    }
}
