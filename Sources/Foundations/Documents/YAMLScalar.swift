import CYAML
import Diagnostics

/// A scalar event resolved to a value.
struct YAMLScalar {
    let content: Node.Content
    let anchor: String?

    init(_ event: yaml_event_t, at location: SourceLocation) throws(Diagnostic) {
        let scalar = event.data.scalar
        let bytes = UnsafeBufferPointer(start: UnsafePointer(scalar.value), count: scalar.length)
        anchor = scalar.anchor.map { String(cString: $0) }
        if let tag = scalar.tag {
            content = try Self.content(of: bytes, tag: String(cString: tag), at: location)
        } else if scalar.style == YAML_PLAIN_SCALAR_STYLE {
            content = CoreSchema.content(ofPlain: bytes)
        } else {
            content = .string(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func content(
        of bytes: UnsafeBufferPointer<UInt8>, tag: String, at location: SourceLocation
    ) throws(Diagnostic) -> Node.Content {
        let text = String(decoding: bytes, as: UTF8.self)
        let resolved = CoreSchema.content(ofPlain: bytes)
        switch (tag, resolved) {
        case ("!", _), ("tag:yaml.org,2002:str", _):
            return .string(text)
        case ("tag:yaml.org,2002:int", .number(let number)) where number.isInteger,
            ("tag:yaml.org,2002:float", .number(let number)):
            return .number(number)
        case ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:null", .null):
            return resolved
        case ("tag:yaml.org,2002:int", _), ("tag:yaml.org,2002:float", _), ("tag:yaml.org,2002:bool", _),
            ("tag:yaml.org,2002:null", _):
            throw Diagnostic(
                .error, .tag, "`\(text)` is not what its tag `!!\(tag.dropFirst(18))` says", at: location,
                fix: "remove the tag or mend the value")
        default:
            throw unknownTag(tag, at: location)
        }
    }

    static func unknownTag(_ tag: String, at location: SourceLocation) -> Diagnostic {
        Diagnostic(
            .error, .tag, "the tag `\(tag)` is not supported", at: location,
            why: "values are those of YAML's core schema, which JSON can hold", fix: "remove the tag")
    }
}
