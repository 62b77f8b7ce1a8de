/// Files and environments with anything in them, in which every key says where it is from.
struct RandomScenes {
    var random: SeededRandom

    private mutating func isSo(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &random) < chance }
    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

    private mutating func section(_ title: String, _ place: String) -> String {
        var text = "[\(title)]\n"
        let hasKeys = isSo(0.3)
        if hasKeys || isSo(0.03) { text += "aws_access_key_id = \(place)\n" }
        if hasKeys || isSo(0.03) { text += "aws_secret_access_key = secret of \(place)\n" }
        if isSo(0.1) { text += "aws_session_token = token of \(place)\n" }
        let isRole = isSo(0.35)
        if isRole { text += "role_arn = arn:aws:iam::1:role/\(place)\n" }
        if isSo(isRole ? 0.8 : 0.03) { text += "source_profile = \(pick(["default", "a", "b", "c", "lost"]))\n" }
        if isSo(isRole ? 0.15 : 0.03) {
            text += "credential_source = \(pick(["Environment", "EcsContainer", "Nowhere"]))\n"
        }
        if isSo(0.1) { text += "external_id = \(place)\n" }
        if isSo(0.1) { text += "duration_seconds = \(pick(["900", "1h"]))\n" }
        if isSo(0.1) { text += "mfa_serial = \(place)\n" }
        if isSo(0.1) { text += "role_session_name = \(place)\n" }
        if isSo(0.1) { text += "web_identity_token_file = HOME/\(pick(["token", "lost"]))\n" }
        if isSo(0.1) {
            text +=
                "credential_process = /bin/echo "
                + #"'{"Version": 1, "AccessKeyId": "process PLACE", "SecretAccessKey": "s"}'"#
                .replacing("PLACE", with: place) + "\n"
        }
        let isSSO = isSo(0.15)
        if isSSO || isSo(0.02) { text += "sso_session = \(pick(["corp", "corp", "lost"]))\n" }
        if isSSO || isSo(0.02) { text += "sso_account_id = 1\n" }
        if isSSO || isSo(0.02) { text += "sso_role_name = \(place)\n" }
        if isSo(0.07) { text += "sso_region = \(pick(["eu-west-1", "us-east-1"]))\n" }
        return text
    }

    mutating func scene() -> CredentialsChainTests.Case {
        var one = CredentialsChainTests.Case("random")
        let hasKeys = isSo(0.25)
        if hasKeys || isSo(0.03) { one.environment["AWS_ACCESS_KEY_ID"] = pick(["environment", ""]) }
        if hasKeys || isSo(0.03) { one.environment["AWS_SECRET_ACCESS_KEY"] = "s" }
        if isSo(0.3) { one.environment["AWS_PROFILE"] = pick(["default", "a", "b", "c"]) }
        if isSo(0.1) { one.environment["AWS_DEFAULT_PROFILE"] = pick(["a", "b"]) }
        if isSo(0.3) { one.profile = pick(["default", "a", "b", "c"]) }
        if isSo(0.1) { one.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "~/token" }
        if isSo(0.15) { one.environment["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/environment" }
        if isSo(0.2) { one.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "METADATA/container/x" }
        var config = ""
        var credentials = ""
        for name in ["default", "a", "b", "c"] {
            if isSo(0.85) {
                config += section(name == "default" ? name : "profile \(name)", "config \(name)")
            }
            if isSo(0.3) { credentials += section(name, "credentials \(name)") }
        }
        if isSo(0.8) { config += "[sso-session corp]\nsso_start_url = x\nsso_region = eu-west-1\n" }
        if isSo(0.8) { one.files[".aws/config"] = config }
        if isSo(0.8) { one.files[".aws/credentials"] = credentials }
        one.files["token"] = "jwt"
        if isSo(0.8) {
            one.files["corp"] = #"{"accessToken": "sso-token", "expiresAt": "2098-01-01T00:00:00Z"}"#
        }
        return one
    }
}
