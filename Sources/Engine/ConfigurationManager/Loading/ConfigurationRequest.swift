package import Diagnostics
package import Documents
package import ServiceModel

/// What a person asked for: which services, and every value given with flags.
package struct ConfigurationRequest: Sendable {
    /// A value from the command line, with the flag that it was given with.
    package struct Flag<Value: Sendable>: Sendable {
        package let value: Value
        package let flag: String

        package init(_ value: Value, flag: String) {
            self.value = value
            self.flag = flag
        }

        package var location: SourceLocation { SourceLocation(file: SourceFile(flag)) }
    }

    /// One value of the topmost layer.
    package struct Assignment: Sendable {
        package let path: NodePath
        package let value: Node

        package init(path: NodePath, value: Node) {
            self.path = path
            self.value = value
        }
    }

    package var name: Flag<String>?
    package var dataType: Flag<DataType>?
    package var provider: Flag<ProviderKind>?
    package var environment: Flag<DeploymentEnvironment>?
    /// Files and folders given with `-f`, in order; `-` is standard input.
    package var files: [String] = []
    /// The folder with the user's own layers; nil means `./synthdata` where it exists.
    package var configurationFolder: String?
    /// A layer that a program gives, over those of the files; its keys are those of a layer file.
    package var overrides: Node = [:]
    /// Later ones win.
    package var assignments: [Assignment] = []

    package init() {}
}

extension ConfigurationRequest.Assignment {
    /// Reads `PATH=VALUE`, the value as YAML.
    ///
    /// - Throws: ``Diagnostic`` at the flag. The value is not repeated: it may be a secret.
    package init(parsing text: String, flag: String) throws(Diagnostic) {
        guard let separator = text.firstIndex(of: "=") else {
            throw Diagnostic(
                .error, .assignment, "`\(flag)` takes PATH=VALUE", at: SourceLocation(file: SourceFile(flag)),
                fix: "for example `\(flag) resources.memory=32Gi`")
        }
        let written = String(text[..<separator])
        let location = SourceLocation(file: SourceFile("\(flag) \(written)"))
        path = try NodePath(parsing: written, at: location)
        let given = String(text[text.index(after: separator)...])
        if given.allSatisfy(\.isWhitespace) {
            throw Diagnostic(
                .error, .assignment, "the value of `\(path)` is empty", at: location,
                why: "it is not clear whether that means an empty text or no value",
                fix: "write `null` to delete what the layers set, or `\"\"` in quotes of the shell for an empty text")
        }
        do {
            value = try YAMLParser.parseOne(given, file: location.file).relocated(to: location)
        } catch {
            var problem = error
            problem.location = location
            problem.notes = []
            throw problem
        }
    }
}

extension Diagnostic.Code {
    package static let assignment = Self("config.assignment")
}
