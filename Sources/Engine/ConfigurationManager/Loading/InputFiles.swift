import Diagnostics
import Documents
import ServiceModel

/// What the files and folders given with `-f` hold: services, and layers for all of them.
struct InputFiles {
    private(set) var services: [ServiceDocument] = []
    private(set) var layers: [LayerFile] = []
    /// Whether every file could be read, and every service in them understood.
    private(set) var areComplete = true

    init(_ paths: [String], _ problems: inout DiagnosticCollector) {
        for path in paths {
            let files = Self.files(at: path, &problems)
            if files.isEmpty { areComplete = false }
            for file in files {
                let name = file == "-" ? "<stdin>" : file
                guard let documents = problems.gather({ try DocumentReader.read(path: file, as: name) }) else {
                    areComplete = false
                    continue
                }
                for document in documents where !document.isNull { add(document, name: name, &problems) }
            }
        }
    }

    private mutating func add(_ document: Node, name: String, _ problems: inout DiagnosticCollector) {
        if ServiceDocument.isService(document) {
            if let service = ServiceDocument(document, fileName: name, &problems) {
                services.append(service)
            } else {
                areComplete = false
            }
        } else {
            layers.append(LayerFile(document, name: name, &problems))
        }
    }

    private static func files(at path: String, _ problems: inout DiagnosticCollector) -> [String] {
        guard path != "-", FolderListing.isFolder(path) else { return [path] }
        guard let files = problems.gather({ try FolderListing.files(under: path) }) else { return [] }
        let documents = files.filter(ProjectLayers.isDocument)
        if documents.isEmpty {
            problems.report(
                Diagnostic(
                    .error, .noServices, "the folder has no .yaml, .yml or .json files",
                    at: SourceLocation(file: SourceFile(path)), fix: "name the folder with your service files"))
        }
        let root = path.hasSuffix("/") ? String(path.dropLast()) : path
        return documents.map { "\(root)/\($0)" }
    }
}
