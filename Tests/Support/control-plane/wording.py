"""The words of nodes that changed between releases; everything else reads the same from 1.20 to 1.35.

1.20: pkg/kubelet of kubernetes 1.20.2, containerd 1.4, runc 1.0. 1.35: as kubectl shows them with containerd 2 and
runc 1.3.
"""


def _command(container):
    return (container.get("command") or container.get("args") or ["synthdata-generator"])[0]


class Wording:
    """A 1.20 node's."""

    def pulled(self, image, seconds):
        return f'Successfully pulled image "{image}" in {seconds}.016s'

    def created(self, name):
        return f"Created container {name}"

    def restarting(self, container, pod):
        """The event while a failed container waits for its restart; pod is name_namespace(uid)."""
        return "Back-off restarting failed container"

    def pull_waiting(self, image, failure):
        """The state of a container whose image will be pulled again later."""
        return f'Back-off pulling image "{image}"'

    def start_failure(self, container):
        """The runtime's answer to a command that the image lacks."""
        return ("failed to create containerd task: OCI runtime create failed: container_linux.go:370: starting "
                f'container process caused: exec: "{_command(container)}": executable file not found in $PATH: unknown')


class RecentWording(Wording):
    """A 1.35 node's."""

    def pulled(self, image, seconds):
        took = f"{seconds}.016s"
        return f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: 64753325 bytes.'

    def created(self, name):
        return f"Created container: {name}"

    def restarting(self, container, pod):
        return f"Back-off restarting failed container {container} in pod {pod}"

    def pull_waiting(self, image, failure):
        return f'Back-off pulling image "{image}": ErrImagePull: {failure}'

    def start_failure(self, container):
        return ("failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
                "failed: unable to start container process: error during container init: exec: "
                f'"{_command(container)}": executable file not found in $PATH')


WORDINGS = {"1.20": Wording(), "1.35": RecentWording()}
