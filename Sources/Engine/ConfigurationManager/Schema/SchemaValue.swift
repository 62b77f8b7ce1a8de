/// What a configuration value may be.
package indirect enum SchemaValue: Sendable {
    case text(TextFormat)
    case boolean
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// An amount with a Kubernetes suffix; never zero.
    case quantity(Measure)
    /// A length of time: `30s`, `5m`, `30d`.
    case duration
    /// `70%`, from 1 to 100.
    case percentage
    /// A whole number or a percentage, as Kubernetes' rolling updates take.
    case countOrPercentage
    /// Bits a second: `10Gbps`.
    case bandwidth
    /// Records in a time: `1.2M/hour`.
    case rate
    case choice([String])
    case object(SchemaObject)
    /// Free keys, values of one kind.
    case map(SchemaValue)
    /// A list; `entryKey` names the natural key by which the layers' lists merge, else they replace.
    case list(SchemaValue, entryKey: String? = nil)
    /// A value whose shape belongs to the service.
    case anything

    package enum Measure: Sendable {
        case cpu
        case bytes
    }

    /// Rules for text.
    package enum TextFormat: Sendable {
        case free
        /// A program, or one of its arguments.
        case argument
        /// A label of RFC 1123: a-z, 0-9 and `-`.
        case dnsLabel
        /// Labels joined by dots.
        case dnsName
        /// An absolute path without `..`.
        case absolutePath
        /// A path of an HTTP request.
        case httpPath
        case httpURL
        /// A container image, with or without tag or digest.
        case image
        /// A tag of an image, which is also the version of a service.
        case imageTag
        /// The name of an environment variable.
        case environmentName
        /// A range of IP addresses: `10.0.0.0/8`.
        case addressRange
        /// A UUID in lower case (RFC 9562, section 4).
        case uuid
        /// Twelve digits.
        case awsAccount
        /// The name of a resource of AWS: `arn:aws:iam::123456789012:role/nodes`.
        case awsARN
    }
}

extension SchemaValue {
    /// The kind in words, for diagnostics and documentation.
    package var name: String {
        switch self {
        case .text(.free), .text(.argument): "text"
        case .text(.dnsLabel): "DNS label"
        case .text(.dnsName): "DNS name"
        case .text(.absolutePath): "absolute path"
        case .text(.httpPath): "HTTP path"
        case .text(.httpURL): "URL"
        case .text(.image): "container image"
        case .text(.imageTag): "version"
        case .text(.environmentName): "variable name"
        case .text(.addressRange): "address range"
        case .text(.uuid): "UUID"
        case .text(.awsAccount): "account id"
        case .text(.awsARN): "ARN"
        case .boolean: "boolean"
        case .integer(let range): Self.bounded("integer", range)
        case .number(let range): "number, \(range.lowerBound) to \(range.upperBound)"
        case .quantity(.cpu): "CPU quantity"
        case .quantity(.bytes): "size"
        case .duration: "duration"
        case .percentage: "percentage"
        case .countOrPercentage: "count or percentage"
        case .bandwidth: "bandwidth"
        case .rate: "rate"
        case .choice(let choices): choices.map { "`\($0)`" }.joined(separator: ", ")
        case .object: "section"
        case .map(let value): "map to \(value.name)"
        case .list(let value, _): "list of \(value.pluralName)"
        case .anything: "any value"
        }
    }

    private var pluralName: String {
        switch self {
        case .text(.free), .text(.argument), .choice, .number: name
        case .text(.addressRange): "address ranges"
        case .object: "mappings"
        default: name + "s"
        }
    }

    /// The kind in a sentence: `a boolean`, `an integer`, `one of …`.
    var nameWithArticle: String {
        switch self {
        case .choice: "one of \(name)"
        case .text(.free), .text(.argument): name
        case .text(.absolutePath), .text(.httpPath), .text(.addressRange), .text(.awsAccount), .text(.awsARN), .integer,
            .anything:
            name.first.map { "aeiouA".contains($0) } == true ? "an \(name)" : "a \(name)"
        default: "a \(name)"
        }
    }

    private static func bounded(_ name: String, _ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "\(name), at least \(range.lowerBound)" : "\(name), \(range.lowerBound) to \(range.upperBound)"
    }

    /// A valid spelling, for the `fix:` of a diagnostic.
    package var example: String {
        switch self {
        case .text(.dnsLabel): "synthdata"
        case .text(.dnsName): "data.example.com"
        case .text(.absolutePath): "/data"
        case .text(.httpPath): "/healthz"
        case .text(.httpURL): "http://prometheus:9090"
        case .text(.image): "registry.example.com/team/service:1.2"
        case .text(.imageTag): "1.2.0"
        case .text(.environmentName): "LOG_LEVEL"
        case .text(.addressRange): "10.0.0.0/8"
        case .text(.awsAccount): "123456789012"
        case .text(.awsARN): "arn:aws:iam::123456789012:role/nodes"
        case .text(.uuid): "0f8fad5b-d9cb-469f-a165-70867728950e"
        case .text(.free), .text(.argument), .anything: "text"
        case .boolean: "true"
        case .integer(1...65_535): "8080"
        case .integer(let range): String(range.contains(3) ? 3 : range.lowerBound)
        case .number(let range): String(range.lowerBound)
        case .quantity(.cpu): "4` or `500m"
        case .quantity(.bytes): "16Gi"
        case .duration: "30s"
        case .percentage: "70%"
        case .countOrPercentage: "1` or `25%"
        case .bandwidth: "10Gbps"
        case .rate: "1.2M/hour"
        case .choice(let choices): choices.first ?? ""
        case .object, .map: "key: value"
        case .list(.object(let object), _):
            object.keys.first.map { "[{\($0.name): \($0.value.example)}]" } ?? "[]"
        case .list(.text(.argument), _): "[python3, service.py]"
        case .list(let value, _): "[\(value.example)]"
        }
    }
}
