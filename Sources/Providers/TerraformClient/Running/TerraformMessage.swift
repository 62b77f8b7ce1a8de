import Documents

/// One line of Terraform's machine-readable output.
///
/// https://developer.hashicorp.com/terraform/internals/machine-readable-ui
struct TerraformMessage: Sendable {
    let body: Node

    var type: String { body["type"]?.string ?? "" }
    var text: String { body["@message"]?.string ?? "" }
    var problem: TerraformProblem? { body["diagnostic"].map(TerraformProblem.init) }
    /// `aws_s3_bucket.data`, for what happens to one resource.
    var address: String? { body.value("hook", "resource", "addr")?.string }
    var action: String { body.value("hook", "action")?.string ?? "" }
}

/// What Terraform says is wrong.
struct TerraformProblem: Sendable {
    let isError: Bool
    /// `Error acquiring the state lock`
    let summary: String
    /// Lines of prose; may be empty.
    let detail: String
    /// The resource that it is about, where it is about one.
    let address: String?

    init(_ diagnostic: Node) {
        isError = diagnostic["severity"]?.string == "error"
        summary = diagnostic["summary"]?.string ?? ""
        detail = diagnostic["detail"]?.string ?? ""
        address = diagnostic["address"]?.string
    }

    /// The first error of what is written for people, as where there is no other form.
    ///
    /// - Parameter text: without colours: `Error: summary`, an empty line, and the detail.
    init(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = lines.firstIndex { $0.hasPrefix("Error: ") }
        isError = true
        address = nil
        guard let first else {
            summary = lines.last { !$0.allSatisfy(\.isWhitespace) } ?? ""
            detail = ""
            return
        }
        summary = String(lines[first].dropFirst("Error: ".count))
        detail =
            lines[(first + 1)...].prefix { !$0.hasPrefix("Error: ") }.joined(separator: "\n")
            .trimmed
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
