import Documents

/// Writes trees as the XML that S3 and CloudFront take: entries are elements, items of sequences elements of the same
/// name, in their order.
enum XMLWriter {
    static func bytes(_ name: String, _ content: Node, namespace: String) -> [UInt8] {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(name) xmlns=\"\(namespace)\">"
        write(content, into: &text)
        return Array((text + "</\(name)>").utf8)
    }

    private static func write(_ node: Node, into text: inout String) {
        switch node.content {
        case .mapping(let mapping):
            for entry in mapping.entries {
                for item in entry.value.sequence ?? [entry.value] where !item.isNull {
                    text += "<\(entry.key)>"
                    write(item, into: &text)
                    text += "</\(entry.key)>"
                }
            }
        case .bool(let value): text += value ? "true" : "false"
        case .string(let value): text += escaped(value)
        case .null, .sequence: break
        case .number: text += JSONEmitter.emit(node)
        }
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // Readers take it for the end of a line otherwise.
            case "\r": escaped += "&#13;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
