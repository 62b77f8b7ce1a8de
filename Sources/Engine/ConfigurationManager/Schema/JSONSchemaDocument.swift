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
            "if": ["required": ["kind"]],
            "then": ["$ref": "#/$defs/service"],
            "else": ["$ref": "#/$defs/layer"],
            "$defs": ["service": service, "layer": layer, "configuration": schema(ServiceSchema.root)],
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
                        "type": ["enum": .sequence(names)], "overrides": ["$ref": "#/$defs/configuration"],
                    ]
                ],
            ],
        ])
        return service
    }

    /// A layer has the configuration's sections directly, or below a wrapping key.
    private static var layer: Node {
        var properties = Mapping()
        for key in ["base"] + DataType.allCases.map(\.rawValue) { properties[key] = ["$ref": "#/$defs/configuration"] }
        let sections = schema(ServiceSchema.root)["properties"]?.mapping ?? Mapping()
        for entry in sections.entries {
            properties[entry.key] = ["$ref": .string("#/$defs/configuration/properties/\(entry.key)")]
        }
        return ["type": "object", "additionalProperties": false, "properties": .mapping(properties)]
    }

    private static func schema(_ object: SchemaObject) -> Node {
        var properties = Mapping()
        for key in object.keys {
            var node = schema(key.value)
            // Null deletes what lower layers set, so every key takes it.
            node = ["description": .string(key.meaning), "anyOf": [node, ["type": "null"]]]
            properties[key.name] = node
        }
        // Other spellings of keys are checked by the tool; editors offer the canonical ones.
        return ["type": "object", "additionalProperties": false, "properties": .mapping(properties)]
    }

    private static func schema(_ value: SchemaValue) -> Node {
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
        case .duration: ["type": ["string", "number"], "pattern": "^(0|([0-9]+(ms|s|m|h|d|w))+)$"]
        case .percentage: ["type": "string", "pattern": "^([1-9][0-9]?|100)%$"]
        case .countOrPercentage: ["type": ["integer", "string"], "minimum": 0, "pattern": "^([1-9][0-9]?|100)%$"]
        case .bandwidth: ["type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?(T|G|M|K|k)?bps$"#]
        case .rate:
            ["type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?[kKmMbB]?/(hour|h|minute|min|second|s)$"#]
        case .choice(let choices): ["enum": .sequence(choices.map { .string($0) })]
        case .text(let format): text(format)
        case .object(let object): schema(object)
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
        case .httpURL: ["type": "string", "pattern": "^https?://"]
        default: ["type": ["string", "number"]]
        }
    }
}
