"""A pod's phase and conditions from its containers' states: pkg/kubelet getPhase and pkg/kubelet/status."""

from events import now


def phase(spec, initial, regular):
    policy = spec.get("restartPolicy", "Always")
    pending = 0
    for container in initial:
        ended = container.terminated or container.last.get("terminated")
        if not container.terminated and not (ended and not container.running):
            pending += 1
        elif ended["exitCode"] != 0 and policy == "Never":
            return "Failed"
        elif ended["exitCode"] != 0:
            pending += 1
    waiting = sum(1 for each in regular if "waiting" in each.state and "terminated" not in each.last)
    if pending or waiting:
        return "Pending"
    if any(each.running for each in regular):
        return "Running"
    if policy == "Always":
        return "Running"
    if all(each.terminated and each.terminated["exitCode"] == 0 for each in regular):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def conditions(pod_phase, initial, regular, before):
    """The kubelet's conditions; before has the ones of the last write by type, whose times stay when nothing turns."""
    initialized = ready = ("True", None, None)
    incomplete = [each.name for each in initial if not each.ready]
    unready = [each.name for each in regular if not each.ready]
    if pod_phase == "Succeeded":
        initialized, ready = ("True", "PodCompleted", None), ("False", "PodCompleted", None)
    else:
        if incomplete:
            initialized = ("False", "ContainersNotInitialized",
                           f"containers with incomplete status: [{' '.join(incomplete)}]")
        if unready:
            ready = ("False", "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    result = []
    for name, (value, reason, message) in (("Initialized", initialized), ("Ready", ready), ("ContainersReady", ready)):
        old = before.get(name)
        turned = old is None or old["status"] != value
        # null removes what an earlier write set.
        result.append({
            "type": name, "status": value, "reason": reason, "message": message, "lastProbeTime": None,
            "lastTransitionTime": now() if turned else old["lastTransitionTime"],
        })
    return result
