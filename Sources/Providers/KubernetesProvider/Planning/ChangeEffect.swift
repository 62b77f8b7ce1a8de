import Documents
import ServiceModel

/// What changes of an object's fields do to what runs.
enum ChangeEffect {
    /// Kinds that keep data.
    private static let keepsData: Set<String> = ["PersistentVolumeClaim", "PersistentVolume"]
    private static let runsPods: Set<String> = ["Deployment", "StatefulSet", "DaemonSet"]

    static func ofUpdate(_ kind: String, _ fields: [FieldChange]) -> Effect {
        if fields.isEmpty { return .none }
        let replacesPods =
            runsPods.contains(kind) && fields.contains { $0.path.steps.starts(with: [.key("spec"), .key("template")]) }
        return replacesPods ? .rolling : .inPlace
    }

    static func ofDelete(_ kind: String) -> Effect {
        if keepsData.contains(kind) { return .dataLoss }
        return runsPods.contains(kind) ? .replace : .inPlace
    }

    static func ofReplace(_ kind: String) -> Effect { keepsData.contains(kind) ? .dataLoss : .replace }

    static func keepsData(_ kind: String) -> Bool { keepsData.contains(kind) }
}

extension ChangeEffect {
    /// How far a rolling change reaches: `3 pods are replaced`.
    static func extent(_ kind: String, _ fields: [FieldChange], _ live: Node) -> String? {
        guard ofUpdate(kind, fields) == .rolling, let replicas = live.value("spec", "replicas")?.integer, replicas > 0
        else { return nil }
        return replicas == 1 ? "1 pod is replaced" : "\(replicas) pods are replaced"
    }
}
