import Documents

/// The rules of the kinds that run pods.
extension Readiness {
    static func deployment(_ object: Node) -> Readiness {
        let counts = Counts(object)
        if let progressing = object.condition("Progressing"), progressing.reason == "ProgressDeadlineExceeded" {
            return Readiness(.failed, progressing.text)
        }
        // Before its first look the controller has written nothing.
        guard object.value("status", "observedGeneration") != nil else {
            return Readiness(.inProgress, "its controller has not seen it yet")
        }
        if counts.updated < counts.desired {
            return Readiness(.inProgress, "\(counts.updated) of \(counts.desired) replicas are of the new revision")
        }
        if counts.total > counts.updated {
            return Readiness(.inProgress, "\(counts.total - counts.updated) replicas of the old revision remain")
        }
        // The controller tells that it has seen a smaller number before the pods beyond it are gone.
        if counts.total > counts.desired {
            return Readiness(.inProgress, "\(counts.total - counts.desired) replicas are ending")
        }
        if counts.available < counts.desired {
            return Readiness(.inProgress, "\(counts.available) of \(counts.desired) replicas are available")
        }
        return Readiness(.current)
    }

    static func replicaSet(_ object: Node) -> Readiness {
        if let failure = object.condition("ReplicaFailure"), failure.isTrue {
            return Readiness(.inProgress, failure.text)
        }
        let counts = Counts(object)
        if counts.total < counts.desired {
            return Readiness(.inProgress, "\(counts.total) of \(counts.desired) pods exist")
        }
        if counts.available < counts.desired {
            return Readiness(.inProgress, "\(counts.available) of \(counts.desired) replicas are available")
        }
        if counts.total > counts.desired {
            return Readiness(.inProgress, "\(counts.total - counts.desired) pods are ending")
        }
        return Readiness(.current)
    }

    static func statefulSet(_ object: Node) -> Readiness {
        if object.value("spec", "updateStrategy", "type")?.string == "OnDelete" { return Readiness(.current) }
        let counts = Counts(object)
        if counts.ready < counts.desired {
            return Readiness(.inProgress, "\(counts.ready) of \(counts.desired) replicas are ready")
        }
        if counts.total > counts.desired {
            return Readiness(.inProgress, "\(counts.total - counts.desired) pods are ending")
        }
        if let partition = object.value("spec", "updateStrategy", "rollingUpdate", "partition")?.integer, partition > 0
        {
            let wanted = max(0, counts.desired - partition)
            return counts.updated < wanted
                ? Readiness(.inProgress, "\(counts.updated) of \(wanted) replicas are updated") : Readiness(.current)
        }
        let status = object["status"]
        if status?["currentRevision"]?.string != status?["updateRevision"]?.string {
            return Readiness(.inProgress, "\(counts.updated) of \(counts.desired) replicas are updated")
        }
        return Readiness(.current)
    }

    static func daemonSet(_ object: Node) -> Readiness {
        guard let status = object["status"], status["observedGeneration"] != nil else {
            return Readiness(.inProgress, "its controller has not seen it yet")
        }
        let desired = status["desiredNumberScheduled"]?.integer ?? 0
        for (key, word) in [
            ("currentNumberScheduled", "scheduled"), ("updatedNumberScheduled", "updated"),
            ("numberAvailable", "available"), ("numberReady", "ready"),
        ] {
            let count = status[key]?.integer ?? 0
            if count < desired { return Readiness(.inProgress, "\(count) of \(desired) pods are \(word)") }
        }
        return Readiness(.current)
    }

    /// A pod that serves; one that ran to its end well is current, too.
    static func pod(_ object: Node) -> Readiness {
        switch object.value("status", "phase")?.string {
        case "Succeeded": return Readiness(.current)
        case "Failed": return Readiness(.failed, object.value("status", "message")?.string ?? "it has ended")
        case "Running":
            guard let ready = object.condition("Ready") else { return Readiness(.inProgress, "it starts") }
            return ready.isTrue ? Readiness(.current) : Readiness(.inProgress, ready.text)
        default:
            if let scheduled = object.condition("PodScheduled"), scheduled.reason == "Unschedulable" {
                return Readiness(.inProgress, scheduled.text)
            }
            return Readiness(.inProgress, "it is not started yet")
        }
    }

    static func job(_ object: Node) -> Readiness {
        if let failed = object.condition("Failed"), failed.isTrue { return Readiness(.failed, failed.text) }
        if let complete = object.condition("Complete"), complete.isTrue { return Readiness(.current) }
        if object.value("status", "startTime") == nil { return Readiness(.inProgress, "it has not started") }
        // A job that runs is what was asked for; to wait for its end is another question.
        return Readiness(.current)
    }

    /// The numbers of a status; what is missing is 0, and unset `spec.replicas` means 1.
    private struct Counts {
        let desired: Int
        let total: Int
        let updated: Int
        let ready: Int
        let available: Int

        init(_ object: Node) {
            let status = object["status"]
            desired = object.value("spec", "replicas")?.integer ?? 1
            total = status?["replicas"]?.integer ?? 0
            updated = status?["updatedReplicas"]?.integer ?? 0
            ready = status?["readyReplicas"]?.integer ?? 0
            available = status?["availableReplicas"]?.integer ?? 0
        }
    }
}
