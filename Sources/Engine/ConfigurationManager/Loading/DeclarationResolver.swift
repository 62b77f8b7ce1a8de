package import Diagnostics
import Documents
import ServiceModel

/// Decides which services are meant: those of the files, or the one that the flags describe.
struct DeclarationResolver {
    let request: ConfigurationRequest
    let project: ProjectLayers
    let placeholder: String?

    func declarations(
        _ documents: [ServiceDocument], areComplete: Bool, _ problems: inout DiagnosticCollector
    ) -> [ServiceDeclaration] {
        if documents.isEmpty {
            // A file that could not be read has said so already; asking for flags would only confuse.
            return areComplete ? fromFlags(&problems).map { [$0] } ?? [] : []
        }
        reportDuplicates(documents, &problems)
        var chosen = documents
        if let name = request.name {
            chosen = documents.filter { $0.name.value == name.value }
            if chosen.isEmpty {
                problems.report(Self.notInFiles(name, documents))
                return []
            }
        }
        return chosen.compactMap { declaration(of: $0, &problems) }
    }

    private func declaration(
        of document: ServiceDocument, _ problems: inout DiagnosticCollector
    ) -> ServiceDeclaration? {
        guard let type = request.dataType?.value ?? document.dataType else {
            problems.report(
                Diagnostic(
                    .error, .missingDataType, "the service `\(document.name)` has no data type", at: document.location,
                    fix: "add `type: tabular` below `spec`"))
            return nil
        }
        let provider = request.provider?.value ?? document.provider ?? standardProvider
        let environment = request.environment?.value ?? document.environment ?? standardEnvironment(provider)
        return ServiceDeclaration(
            name: document.name, dataType: type, provider: provider, environment: environment, layer: document.layer,
            isNameless: false, location: document.location)
    }

    private func fromFlags(_ problems: inout DiagnosticCollector) -> ServiceDeclaration? {
        if request.dataType == nil, !request.files.isEmpty, problems.hasErrors { return nil }
        if request.dataType == nil, let file = request.files.first {
            problems.report(
                Diagnostic(
                    .error, .noServices, "the files describe no service",
                    at: SourceLocation(file: SourceFile(file == "-" ? "<stdin>" : file)),
                    why: "a service is a document with `kind: SyntheticDataService`; other documents are layers",
                    fix: "add such a document, or describe the service with --type and --name"))
            return nil
        }
        guard let type = request.dataType else {
            problems.report(
                Diagnostic(
                    .error, .missingDataType, "no data type is given",
                    why: "its profile is where a service starts from",
                    fix:
                        "add --type (\(DataType.allCases.map(\.rawValue).joined(separator: ", "))), or name a service file with -f"
                ))
            return nil
        }
        guard let text = request.name?.value ?? placeholder else {
            problems.report(
                Diagnostic(.error, .missingName, "no name is given", fix: "add --name, or name a service file with -f"))
            return nil
        }
        let location = request.name?.location ?? type.location
        guard let name = problems.gather({ try ServiceName(text, at: location) }) else { return nil }
        let provider = request.provider?.value ?? standardProvider
        return ServiceDeclaration(
            name: name, dataType: type.value, provider: provider,
            environment: request.environment?.value ?? standardEnvironment(provider), layer: nil,
            isNameless: request.name == nil, location: location)
    }

    private var standardProvider: ProviderKind {
        project.standard("provider")?.string.flatMap(ProviderKind.init(rawValue:)) ?? .local
    }

    private func standardEnvironment(_ provider: ProviderKind) -> DeploymentEnvironment {
        project.standard("environment")?.string.flatMap(DeploymentEnvironment.init(rawValue:))
            ?? .standard(for: provider)
    }

    private func reportDuplicates(_ documents: [ServiceDocument], _ problems: inout DiagnosticCollector) {
        var seen: [String: SourceLocation] = [:]
        for document in documents {
            let key = "\(document.namespace ?? "")/\(document.name)"
            guard let first = seen.updateValue(document.location, forKey: key) else { continue }
            problems.report(
                Diagnostic(
                    .error, .duplicateService, "the service `\(document.name)` is declared twice",
                    at: document.location,
                    fix: "rename or remove one of them", notes: [.init("first declared here", at: first)]))
        }
    }

    private static func notInFiles(
        _ name: ConfigurationRequest.Flag<String>, _ documents: [ServiceDocument]
    ) -> Diagnostic {
        Diagnostic(
            .error, .notInFiles, "no service in the files is called `\(name.value)`", at: name.location,
            fix: NearestNameHint.fix(for: name.value, among: documents.prefix(20).map(\.name.value)))
    }
}

extension Diagnostic.Code {
    package static let missingDataType = Self("service.missing-type")
    package static let missingName = Self("service.missing-name")
    package static let duplicateService = Self("service.duplicate")
    package static let notInFiles = Self("service.not-in-files")
    package static let noServices = Self("service.none")
}
