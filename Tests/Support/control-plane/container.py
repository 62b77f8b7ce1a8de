"""The state of one played container, as it appears in a pod's status."""

import hashlib
import secrets
import time

import logs
from events import now
from scenarios import full_reference, scenario

MAXIMUM_BACKOFF = 300


class Container:
    def __init__(self, spec, initial, creating):
        self.spec = spec
        self.name = spec["name"]
        self.initial = initial
        self.scenario = scenario(spec["image"], initial)
        self.state = {"waiting": {"reason": creating}}
        self.last = {}
        self.ready = False
        self.started = False
        self.restarts = 0
        self.exits = 0
        self.id = ""
        self.runs = {}
        self.image_id = ""

    @property
    def field(self):
        """The field path that the kubelet's events name."""
        return f"spec.{'initContainers' if self.initial else 'containers'}{{{self.name}}}"

    @property
    def running(self):
        return "running" in self.state

    @property
    def terminated(self):
        return self.state.get("terminated")

    @property
    def run(self):
        return self.runs.get(self.id)

    def wait(self, reason, message=""):
        """Waiting, with what ended before kept as the last state."""
        if "terminated" in self.state:
            self.last = self.state
        self.state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
        self.ready = self.started = False

    def create(self):
        """A new container in the place of the one that ended, if any did."""
        if "terminated" in self.state:
            self.last = self.state
        if self.exits:
            self.restarts += 1
        self.id = f"containerd://{secrets.token_hex(32)}"
        name = full_reference(self.spec["image"]).partition("@")[0]
        digest = hashlib.sha256(name.encode()).hexdigest()
        self.image_id = f"{name.rpartition(':')[0]}@sha256:{digest}"

    def begin(self):
        self.state = {"running": {"startedAt": now()}}
        self.started = True
        # Logs are kept of this run and of the one before.
        before = self.last.get("terminated", {}).get("containerID")
        self.runs = {key: run for key, run in self.runs.items() if key == before}
        self.runs[self.id] = logs.Run(self.scenario, time.time())

    def end(self, code, reason, message=""):
        started = self.state.get("running", {}).get("startedAt", "1970-01-01T00:00:00Z")
        self.state = {"terminated": {
            "exitCode": code, "reason": reason, "startedAt": started, "finishedAt": now(), "containerID": self.id,
            **({"message": message} if message else {}),
        }}
        self.exits += 1
        self.started = False
        # The kubelet calls an init container ready that has done its work.
        self.ready = self.initial and code == 0
        if self.run:
            self.run.finished = time.time()

    def status(self):
        return {
            "name": self.name, "image": full_reference(self.spec["image"]) if self.id else self.spec["image"],
            "imageID": self.image_id, "containerID": self.id, "ready": self.ready, "started": self.started,
            "restartCount": self.restarts, "state": self.state, "lastState": self.last,
        }

    def restore(self, status):
        """Takes over a running container from the status of a kubelet before this one."""
        self.state, self.last = status["state"], status.get("lastState", {})
        self.ready, self.started = status["ready"], status.get("started", False)
        self.restarts = self.exits = status["restartCount"]
        self.id, self.image_id = status.get("containerID", ""), status.get("imageID", "")
        if self.running:
            self.runs[self.id] = logs.Run(self.scenario, time.time())


def backoff_seconds(exits):
    """The wait before the start that follows exit number `exits`: none after the first, then 10 s, doubling."""
    return 0 if exits < 2 else min(10 * 2 ** (exits - 2), MAXIMUM_BACKOFF)


def duration(seconds):
    """Whole seconds as Go prints them: 40s, 1m20s, 5m0s."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
