import Documents

/// The rules of the kinds that pods lean on.
extension Readiness {
    static func claim(_ object: Node) -> Readiness {
        switch object.value("status", "phase")?.string {
        case "Bound": Readiness(.current)
        case "Lost": Readiness(.failed, "its volume is gone")
        default: Readiness(.inProgress, "it is not bound to a volume yet")
        }
    }

    static func service(_ object: Node) -> Readiness {
        guard object.value("spec", "type")?.string == "LoadBalancer",
            (object.value("status", "loadBalancer", "ingress")?.sequence ?? []).isEmpty
        else { return Readiness(.current) }
        return Readiness(.inProgress, "its load balancer has no address yet")
    }

    static func definition(_ object: Node) -> Readiness {
        if let accepted = object.condition("NamesAccepted"), !accepted.isTrue {
            return Readiness(.failed, accepted.text)
        }
        if let established = object.condition("Established"), established.isTrue { return Readiness(.current) }
        return Readiness(.inProgress, "the server does not serve it yet")
    }
}
