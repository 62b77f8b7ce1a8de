import AWSClient
import Diagnostics
import Documents
import Foundation
import Synchronization
import Testing

/// Roles of profiles, of web identities and of SSO logins.
@Suite struct CredentialsRoleTests {
    private static let mfaProfile = """
        [default]
        role_arn = arn:aws:iam::1:role/demo
        source_profile = base
        mfa_serial = arn:aws:iam::1:mfa/jane

        [profile base]
        aws_access_key_id = base
        aws_secret_access_key = s
        """

    @Test func withoutATerminalNobodyIsAskedForACode() async throws {
        var scene = try CredentialsScene(files: [".aws/config": Self.mfaProfile])
        defer { scene.remove() }
        scene.askMFACode = nil
        let problem = try await scene.problem()
        #expect(problem.code == .awsMFA)
        #expect(problem.location?.line == 2)
        #expect(problem.what.contains("arn:aws:iam::1:mfa/jane"))
        #expect(scene.services.asked == [])
    }

    @Test func aPersonIsAskedOnce() async throws {
        let asked = Mutex<[String]>([])
        var scene = try CredentialsScene(files: [".aws/config": Self.mfaProfile])
        defer { scene.remove() }
        scene.askMFACode = { serial in
            asked.withLock { $0.append(serial) }
            return Redacted("654321")
        }
        let cache = CredentialChain.cached(scene.context)
        let first = try await cache.credentials(replacing: nil)
        #expect(
            first.accessKeyID == "role(arn:aws:iam::1:role/demo,-,-,-,arn:aws:iam::1:mfa/jane,654321,base)")
        let problem = await #expect(throws: Diagnostic.self) { try await cache.credentials(replacing: first) }
        #expect(problem?.code == .awsMFA)
        #expect(asked.withLock { $0 } == ["arn:aws:iam::1:mfa/jane"])
    }

    struct Device: CustomTestStringConvertible {
        let testDescription: String
        let settings: String
    }

    /// Both caches are one: neither asks for a code for which the other has asked.
    @Test(arguments: [
        Device(testDescription: "nothing more", settings: ""),
        Device(testDescription: "a duration", settings: "duration_seconds = 7200"),
        Device(testDescription: "a name", settings: "role_session_name = jane"),
        Device(
            testDescription: "all, with odd characters",
            settings: "duration_seconds=900\nexternal_id = ä\"\\\t€😀\nrole_session_name = x y"),
    ])
    func aSessionIsSharedWithTheAWSCLI(_ device: Device) async throws {
        let config = Self.mfaProfile.replacing("[profile base]", with: "\(device.settings)\n[profile base]")
        for isOursFirst in [true, false] {
            var scene = try CredentialsScene(files: [".aws/config": config])
            defer { scene.remove() }
            let question = scene.question("credentials", cache: true)
            let first: String?
            let second: String?
            if isOursFirst {
                scene.askMFACode = { _ in Redacted("ours") }
                first = try await scene.credentials().accessKeyID
                second = try await Botocore.aboutCredentials().ask(question)["key"]?.string
            } else {
                first = try await Botocore.aboutCredentials().ask(question)["key"]?.string
                scene.askMFACode = nil
                second = try await scene.credentials().accessKeyID
            }
            #expect(first?.contains(isOursFirst ? "ours" : "123456") == true)
            #expect(first == second)
            let folder = scene.home.appending(path: ".aws/cli/cache")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.count == 1)
            for file in files {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: file).path)
                #expect((attributes[.posixPermissions] as? Int) == 0o600)
            }
        }
    }

    @Test func aKeptSessionThatEndsSoonIsNotUsed() async throws {
        var scene = try CredentialsScene(files: [".aws/config": Self.mfaProfile])
        defer { scene.remove() }
        _ = try await scene.credentials()
        scene.now = { Double(PlayedServices.end - 14 * 60) }
        scene.askMFACode = nil
        #expect(try await scene.problem().code == .awsMFA)
    }

    @Test func theSessionOfARoleWithoutDeviceIsNotKept() async throws {
        let config = Self.mfaProfile.replacing("mfa_serial", with: "comment")
        let scene = try CredentialsScene(files: [".aws/config": config])
        defer { scene.remove() }
        _ = try await scene.credentials()
        #expect(!FileManager.default.fileExists(atPath: scene.home.appending(path: ".aws/cli").path))
    }

    @Test func aRefusedRoleIsToldAtItsLine() async throws {
        var scene = try CredentialsScene(files: [".aws/config": Self.mfaProfile])
        defer { scene.remove() }
        scene.services = PlayedServices(
            refusing: AWSError(
                code: "AccessDenied", message: "User is not authorized", status: 403, requestID: "r",
                operation: "sts:AssumeRole"))
        let problem = try await scene.problem()
        #expect(problem.code == .awsRole)
        #expect(problem.location?.line == 2)
        #expect(problem.why == "AccessDenied: User is not authorized (request id r)")
        #expect(problem.fix?.contains("sts:AssumeRole") == true)
    }

    @Test func theTokenFileIsReadAtEachRenewal() async throws {
        var scene = try CredentialsScene(["AWS_ROLE_ARN": "arn:demo"], files: ["token": "first\n"])
        defer { scene.remove() }
        scene.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = scene.home.path + "/token"
        let cache = CredentialChain.cached(scene.context)
        let first = try await cache.credentials(replacing: nil)
        #expect(first.accessKeyID == "web(arn:demo,-,first)")
        try scene.write("second", to: "token")
        #expect(try await cache.credentials(replacing: first).accessKeyID == "web(arn:demo,-,second)")
    }

    // MARK: SSO

    private static let sso = """
        [default]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Reader

        [sso-session corp]
        sso_start_url = https://corp.example/start
        sso_region = eu-west-1
        """

    private func sso(_ token: String?) throws -> (CredentialsScene, file: String) {
        let file = ".aws/sso/cache/\(CredentialsScene.cacheKey("corp")).json"
        var files = [".aws/config": Self.sso]
        files[file] = token
        return (try CredentialsScene(files: files), file)
    }

    @Test func anSSOLoginThatIsOverSaysHowToLogIn() async throws {
        let (scene, _) = try sso(#"{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z"}"#)
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.code == .awsSSO)
        #expect(problem.what == "the SSO login of the profile default has expired")
        #expect(problem.why == "its token ended at 2020-01-01T00:00:00Z")
        #expect(problem.fix == "run `aws sso login --sso-session corp`")
        #expect(problem.location?.line == 2)
    }

    @Test func withoutALoginItIsToldWhichFileIsMissing() async throws {
        let (scene, file) = try sso(nil)
        defer { scene.remove() }
        let problem = try await scene.problem()
        #expect(problem.what == "nobody is logged in for the profile default")
        #expect(problem.why == "there is no file \(scene.home.path)/\(file)")
    }

    @Test func aRenewedTokenIsKeptForAllWhoReadTheCache() async throws {
        let (scene, file) = try sso(
            """
            {"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r", "clientId": "c",
             "clientSecret": "s", "registrationExpiresAt": "2098-01-01T00:00:00Z"}
            """)
        defer { scene.remove() }
        let first = try await scene.credentials()
        #expect(first.accessKeyID == "sso(123456789012,Reader,renewed(r,c,s))")
        let kept = try scene.read(file)
        #expect(kept["accessToken"]?.string == "renewed(r,c,s)")
        #expect(kept["refreshToken"]?.string == "next")
        #expect(kept["startUrl"]?.string == "https://corp.example/start")
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.home.appending(path: file).path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        let folder = scene.home.appending(path: ".aws/sso/cache").path
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        // Both find it valid now.
        let again = try await scene.credentials()
        #expect(again.accessKeyID == first.accessKeyID)
        let botocore = try await Botocore.aboutCredentials().ask(scene.question("credentials"))
        #expect(botocore["key"]?.string == first.accessKeyID)
        #expect(scene.services.asked.filter { $0.hasPrefix("renewed") }.count == 1)
    }

    @Test func aTokenThatCannotBeRenewedIsUsedToItsEnd() async throws {
        var (scene, _) = try sso(
            """
            {"accessToken": "token", "expiresAt": "2030-01-01T00:05:00Z", "refreshToken": "r", "clientId": "c",
             "clientSecret": "s", "registrationExpiresAt": "2098-01-01T00:00:00Z"}
            """)
        defer { scene.remove() }
        let now = try #require(Timestamp.seconds("2030-01-01T00:00:00Z"))
        scene.now = { Double(now) }
        scene.services = PlayedServices(renewing: false)
        #expect(try await scene.credentials().accessKeyID == "sso(123456789012,Reader,token)")
        #expect(scene.services.asked.contains("renewed(r,c,s)"))
    }

    // MARK: aws login

    @Test func aSessionOfAWSLoginIsUsedWhileItLasts() async throws {
        // SHA-256 of `me`.
        let file = ".aws/login/cache/2744ccd10c7533bd736ad890f9dd5cab2adb27b07d500b9493f29cdc420cb2e0.json"
        func token(_ end: String) -> String {
            """
            {"accessToken": {"accessKeyId": "login", "secretAccessKey": "s", "sessionToken": "t", "accountId": "1",
             "expiresAt": "\(end)"}, "refreshToken": "r", "dpopKey": "k", "clientId": "c"}
            """
        }
        let scene = try CredentialsScene(
            files: [".aws/config": "[default]\nlogin_session = me\n", file: token("2098-01-01T00:00:00Z")])
        defer { scene.remove() }
        let found = try await scene.credentials()
        #expect(found.accessKeyID == "login")
        #expect(found.source == "profile \"default\": aws login")
        try scene.write(token("2020-01-01T00:00:00Z"), to: file)
        let problem = try await scene.problem()
        #expect(problem.code == .awsLogin)
        #expect(problem.fix == "run `aws login --profile default`")
        #expect(problem.location?.line == 2)
    }
}
