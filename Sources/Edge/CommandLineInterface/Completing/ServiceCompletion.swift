import ArgumentParser
import Diagnostics
import ServiceModel
import SynthDataInfra

/// Names that a shell offers: those of services that are deployed, and of contexts.
///
/// A shell waits for them while a person types: a cluster that does not answer soon has none.
enum ServiceCompletion {
    private static let deadline = Duration.seconds(2)

    /// Services at the place that the line names so far.
    static let services = CompletionKind.custom { words, _, _ in
        let root = CompositionRoot(toolPath: ProcessImage.path, warn: { _ in }).at(
            ClusterChoice(kubeconfig: value(of: "--kubeconfig", in: words), context: value(of: "--context", in: words)))
        let namespace = value(of: "--namespace", in: words)
        return await soon {
            let kind = value(of: "--provider", in: words).flatMap(ProviderKind.init(rawValue:)) ?? .local
            let names = try await root.provider(kind).releases.services(in: namespace).map(\.name.value)
            return Set(names).subtracting(words.dropLast()).sorted()
        }
    }

    /// Those of the kubeconfig that the line names, or of kubectl's.
    static let contexts = CompletionKind.custom { words, _, _ in
        let root = CompositionRoot(toolPath: ProcessImage.path, warn: { _ in })
        return (try? root.contexts(kubeconfig: value(of: "--kubeconfig", in: words))) ?? []
    }

    static let providers = CompletionKind.list(ProviderKind.allCases.map(\.rawValue))
    static let environments = CompletionKind.list(DeploymentEnvironment.allCases.map(\.rawValue))
    static let dataTypes = CompletionKind.list(DataType.allCases.map(\.rawValue))
    static let effects = CompletionKind.list(Effect.allCases.map(\.name))
    static let layerFiles = CompletionKind.file(extensions: ["yaml", "yml", "json"])

    /// The value behind a flag, whichever way it is written; shells pass words as they are typed.
    static func value(of flag: String, in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == flag, index + 1 < words.count, !words[index + 1].isEmpty { return words[index + 1] }
            if word.hasPrefix("\(flag)=") { return String(word.dropFirst(flag.count + 1)) }
        }
        return nil
    }

    /// What `work` finds within the deadline; a problem is none of a shell's.
    private static func soon(_ work: @escaping @Sendable () async throws -> [String]) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask { (try? await work()) ?? [] }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return []
            }
            let first = await group.next() ?? []
            group.cancelAll()
            return first
        }
    }
}
