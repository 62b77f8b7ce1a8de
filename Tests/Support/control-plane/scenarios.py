"""What a played container does, chosen by its image's tag, and what the node says of it.

Words are those of the kubelet (pkg/kubelet: images, prober) and of containerd as its issue tracker quotes it.
"""

PULL_FAILURES = ("typo", "denied")
KNOWN = PULL_FAILURES + ("crash", "oom", "unready", "liveness", "slow", "initcrash", "badcommand", "complete")


def scenario(image, initial):
    """The scenario of an image in an init container or not; None for one that just works."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    if tag == "initcrash":
        return "crash" if initial else None
    return tag if tag in KNOWN else None


def full_reference(image):
    """The image as containerd names it: with registry and tag."""
    first, slash, _ = image.partition("/")
    if not slash:
        image = f"docker.io/library/{image}"
    elif "." not in first and ":" not in first and first != "localhost":
        image = f"docker.io/{image}"
    return image if ":" in image.rpartition("/")[2] or "@" in image else f"{image}:latest"


def pull_failure(kind, image):
    """containerd's answer to a pull that cannot succeed."""
    name = full_reference(image)
    prefix = f'failed to pull and unpack image "{name}": failed to resolve reference "{name}": '
    if kind == "typo":
        return f"rpc error: code = NotFound desc = {prefix}{name}: not found"
    return (f"rpc error: code = Unknown desc = {prefix}pull access denied, repository does not exist or may require "
            "authorization: server message: insufficient_scope: authorization failed")


def probe_failure(probe, address):
    """The prober's words for what the probe found."""
    probe = probe or {}
    if "tcpSocket" in probe:
        return f"dial tcp {address}:{probe['tcpSocket']['port']}: connect: connection refused"
    if "exec" in probe:
        return "cat: can't open '/tmp/healthy': No such file or directory"
    return "HTTP probe failed with statuscode: 503"
