import Diagnostics
import Documents

/// The file of the first EC2 tools, which `AWS_CREDENTIAL_FILE` names: lines `AWSAccessKeyId=…` and `AWSSecretKey=…`.
struct EC2KeyFile: CredentialLink {
    let name = "AWS_CREDENTIAL_FILE"
    let context: CredentialContext

    func find() throws(Diagnostic) -> CredentialFinding {
        guard let written = context.variable(name) else { return .passedOver("it is not set") }
        let path = SharedFile.expanded(written, environment: context.environment)
        let text = String(decoding: try FileBytes.read(path: path, maximumSize: 1 << 20), as: UTF8.self)
        var values: [String: String] = [:]
        for line in text.unicodeScalars.split(whereSeparator: PythonSpace.isLineBreak) {
            guard let end = line.firstIndex(of: "=") else { continue }
            values[String(PythonSpace.stripped(line[..<end]))] =
                String(PythonSpace.stripped(line[line.index(after: end)...]))
        }
        guard let identifier = values["AWSAccessKeyId"] else { return .passedOver("\(path) has no AWSAccessKeyId") }
        guard let secret = values["AWSSecretKey"] else {
            throw Diagnostic(
                .error, .awsIncompleteKeys, "there is AWSAccessKeyId without AWSSecretKey",
                at: SourceLocation(file: SourceFile(path)), fix: "add `AWSSecretKey=…`, or unset AWS_CREDENTIAL_FILE")
        }
        return .found(
            FixedCredentials(
                credentials: AWSCredentials(
                    accessKeyID: identifier, secretAccessKey: Redacted(secret), source: "AWS_CREDENTIAL_FILE: \(path)"
                )))
    }
}

/// The configuration of boto 2: `[Credentials]` in the file that `BOTO_CONFIG` names, else in `/etc/boto.cfg` or
/// `~/.boto`.
struct BotoFile: CredentialLink {
    let name = "boto configuration"
    let context: CredentialContext

    func find() throws(Diagnostic) -> CredentialFinding {
        let paths = context.environment["BOTO_CONFIG"].map { [$0] } ?? ["/etc/boto.cfg", "~/.boto"]
        for path in paths {
            let file = try SharedFile(path, environment: context.environment)
            guard let section = file.section("Credentials"), section.has("aws_access_key_id") else { continue }
            let keys = try KeyPair.read(section)
            return .found(
                FixedCredentials(
                    credentials: AWSCredentials(
                        accessKeyID: keys.identifier, secretAccessKey: keys.secret, source: "boto file \(file.path)")))
        }
        return .passedOver("\(paths.joined(separator: " and ")) \(paths.count == 1 ? "has" : "have") no keys")
    }
}
