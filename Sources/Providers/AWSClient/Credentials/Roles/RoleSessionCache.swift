import Cryptography
import Diagnostics
import Documents
import Glibc

/// Where the AWS CLI keeps the sessions of roles: what it asked a code for serves this tool, and the other way round.
///
/// The file's name is the digest of the role's parameters as Python writes them in JSON, so that both mean the same
/// file. Source: `BaseAssumeRoleCredentialFetcher` in botocore's `credentials.py`.
struct RoleSessionCache: Sendable {
    /// Sessions that end sooner are as good as none, in seconds.
    private static let window = 15 * 60

    /// Of the cache, the outer first.
    private let folders: [String]
    private let path: String

    init(_ role: RoleProfile, environment: [String: String]) {
        var parameters: [String] = []
        if let duration = role.duration { parameters.append("\"DurationSeconds\": \(duration)") }
        for (name, value) in [
            ("ExternalId", role.externalID), ("RoleArn", role.roleARN), ("RoleSessionName", role.sessionName),
            ("SerialNumber", role.mfaSerial),
        ] {
            if let value { parameters.append("\"\(name)\": \(Self.quoted(value))") }
        }
        let text = "{\(parameters.joined(separator: ", "))}"
        folders = ["~/.aws", "~/.aws/cli", "~/.aws/cli/cache"].map {
            SharedFile.expanded($0, environment: environment)
        }
        path = SharedFile.expanded(
            "~/.aws/cli/cache/\(SHA1Digest.hexadecimal(of: Array(text.utf8))).json", environment: environment)
    }

    /// The session that is kept; nil where there is none that lasts for some time yet.
    func session(now: Double) -> SessionKeys? {
        guard SharedFile.isRegular(path), let keys = try? TokenCacheFile.read(path)["Credentials"],
            let identifier = keys["AccessKeyId"]?.string, let secret = keys["SecretAccessKey"]?.string,
            let token = keys["SessionToken"]?.string,
            let expiration = keys["Expiration"]?.string.flatMap(Timestamp.seconds),
            Double(expiration - Self.window) >= now
        else { return nil }
        return SessionKeys(
            accessKeyID: identifier, secretAccessKey: Redacted(secret), sessionToken: Redacted(token),
            expiration: expiration)
    }

    /// Keeps a session for the owner's eyes. Where that fails, the next command asks again.
    func keep(_ keys: SessionKeys) {
        for folder in folders { mkdir(folder, 0o700) }
        _ = TokenCacheFile.write(
            [
                "Credentials": [
                    "AccessKeyId": .string(keys.accessKeyID), "SecretAccessKey": .string(keys.secretAccessKey.secret),
                    "SessionToken": .string(keys.sessionToken.secret),
                    "Expiration": .string(Timestamp.text(keys.expiration)),
                ]
            ], to: path)
    }

    /// As `json.dumps` of Python writes it: in ASCII.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0x08: result += "\\b"
            case 0x0C: result += "\\f"
            case 0x20...0x7F: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
