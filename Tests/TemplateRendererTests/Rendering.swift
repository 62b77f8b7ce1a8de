import Diagnostics
import Documents

@testable import TemplateRenderer

/// Renders templates written as YAML.
enum Rendering {
    static let now = "2017-01-19T16:27:20.974Z"

    static func node(_ yaml: String, file: String) throws -> Node {
        try YAMLParser.parse(Array(yaml.utf8), file: SourceFile(file)).first ?? .null
    }

    static func template(_ yaml: String) throws -> Template {
        try Template(try node(yaml, file: "template.yaml"), source: yaml)
    }

    static func context(_ yaml: String) throws -> Context {
        try Context(try node(yaml, file: "context.yaml").mapping ?? Mapping())
    }

    static func render(_ template: String, _ context: String = "{}") throws -> Node {
        try self.template(template).render(try self.context(context), now: now)
    }

    /// What goes wrong first, when compiling or when rendering.
    static func problem(_ template: String, _ context: String = "{}") -> Diagnostic? {
        do {
            _ = try render(template, context)
            return nil
        } catch let report as DiagnosticReport {
            return report.diagnostics.first
        } catch {
            return error as? Diagnostic
        }
    }
}

/// A template, a context and what they come to.
struct RenderingCase: Sendable, CustomStringConvertible {
    let template: String
    let context: String
    let result: String

    init(_ template: String, _ context: String = "{}", is result: String) {
        self.template = template
        self.context = context
        self.result = result
    }

    var description: String { template }
}
