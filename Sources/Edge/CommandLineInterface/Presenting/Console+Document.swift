import Documents
import TerminalUI

extension Console {
    /// Prints one document, as indented JSON or as YAML.
    func printDocument(_ node: Node, as format: OutputFormat?) {
        if format == .json {
            print(JSONEmitter.emit(node, .init(pretty: true)))
        } else {
            write(YAMLEmitter.emit(node))
        }
    }
}
