"""A pod on a played node: its script from the mount of its volumes to its end."""

import configuration
import container as containers
import status
from api import ApiError
from events import now
from scenarios import PULL_FAILURES, probe_failure, pull_failure
from stage import together

# Seconds of a node's life.
MOUNT, PULL, START, WORK, STOP, RETRY = 1, 2, 1, 2, 2, 10
SLOW = 100


class Pod:
    """Plays one pod; `manifest` is the object as it was last seen."""

    def __init__(self, manifest, node, address, client, recorder, words):
        self.manifest = manifest
        self.node = node
        self.address = address
        self._client = client
        self._recorder = recorder
        self._words = words
        self._conditions = {}
        self._start_time = now()
        metadata, spec = manifest["metadata"], manifest["spec"]
        self.namespace, self.name, self.uid = metadata["namespace"], metadata["name"], metadata["uid"]
        self.path = f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"
        creating = "PodInitializing" if spec.get("initContainers") else "ContainerCreating"
        self.initial = [containers.Container(each, True, creating) for each in spec.get("initContainers", [])]
        self.regular = [containers.Container(each, False, creating) for each in spec["containers"]]
        self.ending = False
        self._has_address = False

    def container(self, name):
        return next((each for each in self.initial + self.regular if each.name == name), None)

    def listens(self, port):
        """Whether a running container declares the port."""
        return any(declared["containerPort"] == port for each in self.regular if each.running
                   for declared in each.spec.get("ports", []))

    # Scripts

    def life(self):
        """From the binding until nothing more happens by itself."""
        if self._restore():
            yield from together(*(self._settle(each) for each in self.regular))
            return
        self._write()
        yield MOUNT
        yield from self._mount()
        self._has_address = True
        for each in self.initial:
            yield from self._live(each)
            if each.terminated["exitCode"] != 0:
                self._write()
                return
        if self.initial:
            self._write()
        yield from together(*(self._live(each) for each in self.regular))
        self._write()

    def death(self):
        """From the request to delete it until the object is gone."""
        running = [each for each in self.initial + self.regular if each.running]
        for each in running:
            self._event("Normal", "Killing", f"Stopping container {each.name}", each)
        if running:
            yield STOP
            for each in running:
                each.end(0, "Completed")
            self._write()
        try:
            self._client.delete(self.path, {"gracePeriodSeconds": 0, "preconditions": {"uid": self.uid}})
        except ApiError as error:
            if error.status not in (404, 409):
                raise

    def _mount(self):
        volumes = self.manifest["spec"].get("volumes", [])
        while True:
            missing = False
            for volume in volumes:
                try:
                    configuration.check_volume(self._client, self.namespace, volume)
                except configuration.Missing as error:
                    missing = True
                    name = volume["name"]
                    self._event("Warning", "FailedMount", f'MountVolume.SetUp failed for volume "{name}" : {error}')
            if not missing:
                return
            yield RETRY

    def _live(self, each):
        """Runs of one container, until it needs no other one."""
        policy = self.manifest["spec"].get("restartPolicy", "Always")
        while True:
            yield from self._pull(each)
            yield from self._configure(each)
            yield from self._run(each)
            if each.running:
                return
            code = each.terminated["exitCode"]
            if policy == "Never" or (code == 0 and (each.initial or policy != "Always")):
                return
            wait = containers.backoff_seconds(each.exits)
            if not wait:
                self._write()
                yield START
                continue
            yield START
            pod = f"{self.name}_{self.namespace}({self.uid})"
            self._event("Warning", "BackOff", self._words.restarting(each.name, pod), each)
            each.wait("CrashLoopBackOff",
                      f"back-off {containers.duration(wait)} restarting failed container={each.name} pod={pod}")
            self._write()
            yield wait

    def _pull(self, each):
        image = each.spec["image"]
        policy = each.spec.get("imagePullPolicy", "IfNotPresent")
        if each.scenario not in PULL_FAILURES:
            if policy != "Always" and image in self.node.images:
                self._event("Normal", "Pulled", f'Container image "{image}" already present on machine', each)
                return
            self._event("Normal", "Pulling", f'Pulling image "{image}"', each)
            yield PULL
            self.node.images.add(image)
            self._event("Normal", "Pulled", self._words.pulled(image, PULL), each)
            return
        failure, wait = pull_failure(each.scenario, image), 10
        while True:
            self._event("Normal", "Pulling", f'Pulling image "{image}"', each)
            yield PULL
            self._event("Warning", "Failed", f'Failed to pull image "{image}": {failure}', each)
            self._event("Warning", "Failed", "Error: ErrImagePull", each)
            each.wait("ErrImagePull", failure)
            self._write()
            yield RETRY
            self._event("Normal", "BackOff", f'Back-off pulling image "{image}"', each)
            self._event("Warning", "Failed", "Error: ImagePullBackOff", each)
            each.wait("ImagePullBackOff", self._words.pull_waiting(image, failure))
            self._write()
            yield wait
            wait = min(wait * 2, containers.MAXIMUM_BACKOFF)

    def _configure(self, each):
        while True:
            try:
                configuration.check_environment(self._client, self.namespace, each.spec)
                return
            except configuration.Missing as error:
                self._event("Warning", "Failed", f"Error: {error}", each)
                each.wait("CreateContainerConfigError", str(error))
                self._write()
                yield RETRY

    def _run(self, each):
        """One run; returns with the container ended, or running for good."""
        each.create()
        self._event("Normal", "Created", self._words.created(each.name), each)
        if each.scenario == "badcommand":
            failure = self._words.start_failure(each.spec)
            self._event("Warning", "Failed", f"Error: {failure}", each)
            each.end(128, "StartError", failure)
            each.wait("RunContainerError", failure)
            self._write()
            yield RETRY
            each.state = each.last
            return
        yield START
        each.begin()
        self._event("Normal", "Started", f"Started container {each.name}", each)
        if each.scenario in ("crash", "oom"):
            self._write()
            yield WORK
            each.end(*((1, "Error") if each.scenario == "crash" else (137, "OOMKilled")))
            return
        if each.initial or each.scenario == "complete" or self.manifest["spec"].get("restartPolicy") != "Always":
            self._write()
            yield WORK
            each.end(0, "Completed")
            return
        yield from self._settle(each)

    def _settle(self, each):
        """A running container until it is ready, or as long as its probes fail."""
        readiness, liveness = each.spec.get("readinessProbe"), each.spec.get("livenessProbe")
        if not each.ready:
            if each.scenario == "unready":
                self._write()
                while True:
                    yield (readiness or {}).get("periodSeconds", 10)
                    self._event("Warning", "Unhealthy",
                                f"Readiness probe failed: {probe_failure(readiness, self.address)}", each)
            delay = SLOW if each.scenario == "slow" else readiness and readiness.get("initialDelaySeconds", 0) + 1
            if delay:
                self._write()
                yield delay
            each.ready = True
            self._write()
        if each.scenario == "liveness":
            for _ in range((liveness or {}).get("failureThreshold", 3)):
                yield (liveness or {}).get("periodSeconds", 10)
                self._event("Warning", "Unhealthy",
                            f"Liveness probe failed: {probe_failure(liveness, self.address)}", each)
            self._event("Normal", "Killing", f"Container {each.name} failed liveness probe, will be restarted", each)
            yield STOP
            each.end(137, "Error")

    # Writing

    def _restore(self):
        """Whether a kubelet before this one already had all containers running."""
        old = self.manifest.get("status", {})
        statuses = {each["name"]: each for each in old.get("containerStatuses", [])}
        if len(statuses) < len(self.regular) or not all("running" in each["state"] for each in statuses.values()):
            return False
        self._start_time = old["startTime"]
        self._has_address = True
        self._conditions = {each["type"]: each for each in old["conditions"]}
        for each in self.regular:
            each.restore(statuses[each.name])
        for each in old.get("initContainerStatuses", []):
            self.container(each["name"]).restore(each)
        return True

    def _event(self, kind, reason, message, each=None):
        self._recorder.record({"kind": "Pod", **self.manifest}, self.node.name, kind, reason, message,
                              each.field if each else None)

    def _write(self):
        spec = self.manifest["spec"]
        now_phase = status.phase(spec, self.initial, self.regular)
        conditions = status.conditions(now_phase, self.initial, self.regular, self._conditions)
        self._conditions = {each["type"]: each for each in conditions}
        content = {
            "phase": now_phase, "conditions": conditions, "hostIP": self.node.address, "startTime": self._start_time,
            "containerStatuses": [each.status() for each in sorted(self.regular, key=lambda each: each.name)],
        }
        if self.initial:
            content["initContainerStatuses"] = [each.status() for each in self.initial]
        if self._has_address:
            content["podIP"], content["podIPs"] = self.address, [{"ip": self.address}]
        try:
            self._client.patch(f"{self.path}/status", {"metadata": {"uid": self.uid}, "status": content})
        except ApiError as error:
            # Gone, or another one of the same name: the watch will say so.
            if error.status not in (404, 409):
                raise
