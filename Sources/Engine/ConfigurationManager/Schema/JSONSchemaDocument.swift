package import Documents
import ServiceModel

/// The JSON Schema (2020-12) of service files and layer files, made from the schema, for editors.
package enum JSONSchemaDocument {
    /// One schema for both kinds of file: a service document, or a layer.
    package static var node: Node {
        [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://synthdata.io/schemas/v1/service.json",
            "title": "Services and layers of synthdata-infra",
            "if": ["anyOf": [["required": ["kind"]], ["required": ["apiVersion"]]]],
            "then": ["$ref": "#/$defs/service"],
            "else": ["$ref": "#/$defs/layer"],
            "$defs": ["service": service, "layer": layer, "configuration": configuration],
        ]
    }

    private static var service: Node {
        var service = schema(ServiceDocument.documentSchema)
        let names = DataType.allCases.map { Node.string($0.rawValue) } + ["time-series"]
        service.merge([
            "required": ["apiVersion", "kind", "metadata", "spec"],
            "properties": [
                "metadata": [
                    "required": ["name"],
                    "properties": ["name": ["pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 63]],
                ],
                "spec": [
                    "properties": [
                        "type": ["enum": .sequence(names)],
                        "overrides": ["anyOf": [["$ref": "#/$defs/configuration"], ["type": "null"]]],
                    ]
                ],
            ],
        ])
        return service
    }

    private static var configuration: Node { schema(ServiceSchema.root, at: []) }

    /// A layer has the configuration's sections directly, or below a wrapping key.
    private static var layer: Node {
        var properties = Mapping()
        for key in ["base"] + DataType.allCases.flatMap(spellings) {
            properties[key] = ["anyOf": [["$ref": "#/$defs/configuration"], ["type": "null"]]]
        }
        for key in DataType.allCases.flatMap(spellings) {
            properties["\(key)_metrics"] = [
                "$ref": "#/$defs/configuration/properties/monitoring/anyOf/0/properties/metrics"
            ]
        }
        for entry in configuration["properties"]?.mapping?.entries ?? [] {
            properties[entry.key] = ["$ref": .string("#/$defs/configuration/properties/\(entry.key)")]
        }
        return ["type": ["object", "null"], "additionalProperties": false, "properties": .mapping(properties)]
    }

    private static func spellings(_ type: DataType) -> [String] {
        let name = type.rawValue
        return name.contains("_") ? [name, name.replacing("_", with: "-")] : [name]
    }

    private static func schema(_ object: SchemaObject, at path: [String]? = nil) -> Node {
        var properties = Mapping()
        for key in object.keys {
            properties[key.name] = described(key.meaning, schema(key.value, at: path.map { $0 + [key.name] }))
        }
        if let path {
            for alias in aliases(below: path) { add(alias, to: &properties, at: path) }
        }
        return ["type": "object", "additionalProperties": false, "properties": .mapping(properties)]
    }

    /// Null deletes what lower layers set, so every key takes it.
    private static func described(_ meaning: String, _ value: Node) -> Node {
        ["description": .string(meaning), "anyOf": [value, ["type": "null"]]]
    }

    /// The other spellings that may stand in the section at `path`, which may be another spelling itself.
    private static func aliases(below path: [String]) -> [SchemaAliases.Alias] {
        let canonical = SchemaAliases.canonical(NodePath(keys: path))?.keys
        return SchemaAliases.all.filter { alias in
            let section = Array(alias.path.dropLast())
            if section == path { return true }
            // Within another spelling of a section only values have further spellings, or it would not end.
            guard section == canonical, let key = ServiceSchema.root.key(at: NodePath(keys: alias.canonical)) else {
                return false
            }
            if case .object = key.value { return false }
            return true
        }
    }

    /// Editors offer the canonical keys and strike the others through.
    private static func add(_ alias: SchemaAliases.Alias, to properties: inout Mapping, at path: [String]) {
        let canonical = NodePath(keys: alias.canonical)
        guard let name = alias.path.last, properties[name] == nil, let key = ServiceSchema.root.key(at: canonical)
        else { return }
        var node = described("Another spelling of `\(canonical)`.", schema(key.value, at: path + [name]))
        node.merge(["deprecated": true])
        properties[name] = node
    }

    private static func schema(_ value: SchemaValue, at path: [String]? = nil) -> Node {
        switch value {
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            range.upperBound == .max
                ? ["type": "integer", "minimum": .integer(range.lowerBound)]
                : ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number(let range):
            ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .quantity:
            ["type": ["string", "number"], "pattern": #"^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$"#]
        case .duration: ["anyOf": [["const": 0], ["type": "string", "pattern": "^(0|([0-9]+(ms|s|m|h|d|w))+)$"]]]
        case .percentage: ["type": "string", "pattern": "^([1-9][0-9]?|100)%$"]
        case .countOrPercentage: ["type": ["integer", "string"], "minimum": 0, "pattern": "^([1-9][0-9]?|100)%$"]
        case .bandwidth: ["type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?(T|G|M|K|k)?bps$"#]
        case .rate:
            ["type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?[kKmMbB]?/(hour|h|minute|min|second|s)$"#]
        case .choice(let choices): ["enum": .sequence(choices.map { .string($0) })]
        case .text(let format): text(format)
        case .object(let object): schema(object, at: path)
        case .map(let element):
            ["type": "object", "additionalProperties": ["anyOf": [schema(element), ["type": "null"]]]]
        case .list(let element, _): ["type": "array", "items": schema(element)]
        case .anything: true
        }
    }

    private static func text(_ format: SchemaValue.TextFormat) -> Node {
        switch format {
        case .dnsLabel: ["type": ["string", "number"], "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 63]
        case .absolutePath: ["type": "string", "pattern": "^/[^:]+$"]
        case .httpPath: ["type": "string", "pattern": "^/"]
        case .uuid: ["type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"]
        case .httpURL: ["type": "string", "pattern": "^https?://"]
        case .awsAccount: ["type": ["string", "number"]]
        case .awsARN: ["type": "string", "pattern": "^arn:aws[^:]*:[^:]+:[^:]*:[^:]*:.+$"]
        default: ["type": ["string", "number"]]
        }
    }
}
