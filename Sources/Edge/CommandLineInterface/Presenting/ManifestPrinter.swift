import Documents
import ServiceModel
import TerminalUI

/// Prints manifests as they are rendered: a stream of YAML documents, a JSON list, or names.
///
/// Objects that several services share, such as their namespace, are printed once.
struct ManifestPrinter {
    enum Format {
        case yaml
        case json
        case name
    }

    private static let flushSize = 1 << 16

    private let console: Console
    private let format: Format
    private var shared: Set<Resource.Identity> = []
    private var count = 0
    private var buffer: [UInt8] = []

    init(console: Console, format: Format) {
        self.console = console
        self.format = format
    }

    mutating func print(_ resources: [Resource]) {
        for resource in resources where resource.identity.namespace != nil || shared.insert(resource.identity).inserted
        {
            switch format {
            case .yaml:
                if count > 0 { buffer += "---\n".utf8 }
                buffer += YAMLEmitter.bytes(of: resource.manifest)
            case .json:
                buffer += (count == 0 ? "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n" : ",\n").utf8
                buffer += JSONEmitter.bytes(of: resource.manifest)
            case .name:
                buffer += "\(resource.identity)\n".utf8
            }
            count += 1
            if buffer.count > Self.flushSize { flush() }
        }
    }

    mutating func finish() {
        if format == .json {
            buffer += (count == 0 ? "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}\n" : "\n]}\n").utf8
        }
        flush()
    }

    private mutating func flush() {
        console.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
