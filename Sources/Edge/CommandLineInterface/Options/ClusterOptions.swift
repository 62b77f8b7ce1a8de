import ArgumentParser
import SynthDataInfra

/// Which cluster a command speaks to, the same for every command that speaks to one.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Kubeconfig file (default: as kubectl finds it).", valueName: "file"), completion: .file())
    var kubeconfig: String?

    @Option(
        help: ArgumentHelp("Context of the kubeconfig (default: the current one).", valueName: "name"),
        completion: ServiceCompletion.contexts)
    var context: String?

    @Flag(help: "Tell each request to the cluster on standard error.")
    var verbose = false

    var choice: ClusterChoice {
        ClusterChoice(kubeconfig: kubeconfig, context: context, tellsRequests: verbose)
    }
}
