import ConfigurationManager
import Diagnostics
import ServiceModel

extension CompositionRoot {
    /// The cluster of a cloud that the project's layers name, whatever the service, or that was chosen.
    ///
    /// - Throws: ``Diagnostic`` or ``DiagnosticReport`` of layers that cannot be read.
    func configuredPlace(of kind: ProviderKind) throws -> CloudPlace {
        var request = ConfigurationRequest()
        request.name = .init("service", flag: "--name")
        request.dataType = .init(.tabular, flag: "--type")
        cluster.place.fill(&request, at: kind)
        var loader = try ConfigurationLoader(
            profiles: try LayerFolders().profiles(), request: request, toleratesProblems: true)
        let evaluation = loader.declarations.first.map { loader.evaluation(of: $0) }
        // What is wrong elsewhere in the layers does not keep a command from its work.
        let problems = (evaluation?.problems ?? []).filter { PlaceChoice.isOwn($0.location) }
        if !problems.isEmpty { throw DiagnosticReport(problems) }
        guard let place = evaluation.flatMap({ CloudPlace(kind, settings: $0.configuration.settings) }) else {
            throw Diagnostic(.error, .providerUnavailable, "`\(kind.rawValue)` is no cloud")
        }
        return place
    }
}
