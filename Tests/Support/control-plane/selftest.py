#!/usr/bin/env python3
"""Starts the control plane with played nodes, produces every cause on purpose, prints what the API then says of each,
and ends with 1 when an expected word is missing.

Usage: selftest.py --programs DIR [--wording 1.20|1.35]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from api import ApiError, Client

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACE = "causes"
PROBE = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5}


def container(tag="1.0", **fields):
    return {"name": "app", "image": f"registry.example.com/team/generator:{tag}", "ports": [{"containerPort": 8080}],
            **fields}


def variable(kind, name, key):
    return {"env": [{"name": "SETTING", "valueFrom": {f"{kind}KeyRef": {"name": name, "key": key}}}]}


def pod_spec(main, **fields):
    return {"containers": [main], **fields}


def claim_spec(claim):
    return pod_spec(container(), volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": claim}}])


def gpu_spec(product):
    return pod_spec(
        container(resources={"limits": {"nvidia.com/gpu": "1"}}),
        nodeSelector={"nvidia.com/gpu.product": product},
        tolerations=[{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}])


# Name, pod specification, and words that must appear in what the API says of it.
CAUSES = [
    ("healthy", pod_spec(container(readinessProbe=PROBE)), ["Ready=True", "Started container app"]),
    ("typo", pod_spec(container("typo")), ["waiting ImagePullBackOff", "code = NotFound", ": not found",
                                           "Error: ErrImagePull"]),
    ("denied", pod_spec(container("denied")), ["waiting ImagePullBackOff", "pull access denied"]),
    ("crash", pod_spec(container("crash")), ["waiting CrashLoopBackOff", "last terminated Error exit 1",
                                             "Back-off restarting failed container"]),
    ("oom", pod_spec(container("oom")), ["last terminated OOMKilled exit 137"]),
    ("unready", pod_spec(container("unready", readinessProbe=PROBE)),
     ["Ready=False", "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503"]),
    ("liveness", pod_spec(container("liveness", livenessProbe=PROBE)),
     ["Container app failed liveness probe, will be restarted", "last terminated Error exit 137"]),
    ("slow", pod_spec(container("slow", readinessProbe=PROBE)), ["running", "Ready=False ContainersNotReady"]),
    ("badcommand", pod_spec(container("badcommand", command=["generat0r"])),
     ['exec: "generat0r": executable file not found in $PATH', "exit 128"]),
    ("initcrash", pod_spec(container(), initContainers=[container("initcrash", name="migrate")]),
     ["migrate: restarts", "Initialized=False ContainersNotInitialized", "app: restarts 0 waiting PodInitializing"]),
    ("no-secret", pod_spec(container(**variable("secret", "absent", "token"))),
     ['waiting CreateContainerConfigError secret "absent" not found', 'Error: secret "absent" not found']),
    ("no-key", pod_spec(container(**variable("configMap", "settings", "absent"))),
     [f"couldn't find key absent in ConfigMap {NAMESPACE}/settings"]),
    ("no-volume-secret", pod_spec(container(), volumes=[{"name": "v", "secret": {"secretName": "absent"}}]),
     ['FailedMount: MountVolume.SetUp failed for volume "v" : secret "absent" not found']),
    ("too-big", pod_spec(container(resources={"requests": {"cpu": "100"}})),
     ["PodScheduled=False Unschedulable", "Insufficient cpu"]),
    ("gpu", gpu_spec("Tesla-T4"), ["Ready=True"]),
    ("no-gpu", gpu_spec("Tesla-V100-SXM2-32GB"), ["Unschedulable", "didn't match"]),
    ("claim", claim_spec("bound"), ["Ready=True", "ProvisioningSucceeded"]),
    ("no-class", claim_spec("unknown-class"),
     ["unbound immediate PersistentVolumeClaims", 'storageclass.storage.k8s.io "absent" not found']),
]


def deployment(name, spec, namespace=NAMESPACE):
    labels = {"app": name}
    return "apps/v1", f"namespaces/{namespace}/deployments", {
        "kind": "Deployment", "metadata": {"name": name},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels},
                 "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


class Selftest:
    def __init__(self, programs, wording):
        self.problems = 0
        began = time.monotonic()
        command = [sys.executable, str(HERE / "control_plane.py"), "--programs", programs, "--nodes", "2",
                   "--gpu-nodes", "Tesla-T4=1", "--metrics-server", "--wording", wording]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the control plane did not start")
        self.plane = json.loads(line)
        print(f"ready after {time.monotonic() - began:.1f} s: {json.dumps(self.plane)}\n")
        self.client = Client(self.plane["kubeconfig"], agent="selftest")

    def expect(self, what, true, detail=""):
        self.problems += not true
        print(f"{'ok  ' if true else 'FAIL'} {what}{': ' + detail if detail and not true else ''}")

    def command(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "pid" in answer:
            self.plane["pids"][next(iter(answer.values()))] = answer["pid"]
        return answer

    def apply(self, version, path, body):
        root = "/api/v1" if version == "v1" else f"/apis/{version}"
        self.client.create(f"{root}/{path}", {"apiVersion": version, **body})

    def until(self, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    # What the API says

    def items(self, path):
        return self.client.get(path)["items"]

    def pods(self, name, namespace=NAMESPACE):
        return self.items(f"/api/v1/namespaces/{namespace}/pods?labelSelector=app%3D{name}")

    def report(self, name, namespace=NAMESPACE, claim=None):
        lines = []
        for pod in self.pods(name, namespace):
            status = pod["status"]
            lines.append(f"pod {pod['metadata']['name']} {status['phase']} {status.get('podIP', '-')}")
            lines += [f"  {condition(each)}" for each in status.get("conditions", [])]
            for each in status.get("initContainerStatuses", []) + status.get("containerStatuses", []):
                last = each["lastState"]
                lines.append(f"  {each['name']}: restarts {each['restartCount']} {state(each['state'])}"
                             + (f" | last {state(last)}" if last else ""))
        subjects = tuple(filter(None, (f"{name}-", claim)))
        for event in self.items(f"/api/v1/namespaces/{namespace}/events"):
            if event["involvedObject"]["name"].startswith(subjects) and event["reason"] != "SuccessfulCreate":
                lines.append(f"  event {event['type']} {event['involvedObject']['kind']} x{event.get('count', 1)} "
                             f"{event['reason']}: {event['message']}")
        return "\n".join(lines)

    # Parts

    def causes(self):
        self.apply("v1", "namespaces", {"kind": "Namespace", "metadata": {"name": NAMESPACE}})
        self.apply("v1", f"namespaces/{NAMESPACE}/configmaps",
                   {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"present": "1"}})
        for name, storage in (("bound", "standard"), ("unknown-class", "absent")):
            self.apply("v1", f"namespaces/{NAMESPACE}/persistentvolumeclaims", {
                "kind": "PersistentVolumeClaim", "metadata": {"name": name},
                "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage,
                         "resources": {"requests": {"storage": "1Gi"}}}})
        self.until(lambda: self.items(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"))
        for name, spec, _ in CAUSES:
            self.apply(*deployment(name, spec))
        claims = {"claim": "bound", "no-class": "unknown-class"}
        for name, _, words in CAUSES:
            def told():
                report = self.report(name, claim=claims.get(name))
                return all(word in report for word in words)
            self.until(told)
            report = self.report(name, claim=claims.get(name))
            print(f"== {name}\n{report}")
            for word in words:
                self.expect(f"{name} says “{word}”", word in report)
            print()

    def refusals(self):
        """What the real server and controllers refuse: quota, limits."""
        for name, kind, path, spec, words in (
                ("quota", "ResourceQuota", "resourcequotas", {"hard": {"pods": "0"}}, "exceeded quota: limit"),
                ("limits", "LimitRange", "limitranges",
                 {"limits": [{"type": "Container", "max": {"cpu": "1"}}]}, "maximum cpu usage per Container is 1")):
            self.apply("v1", "namespaces", {"kind": "Namespace", "metadata": {"name": name}})
            self.apply("v1", f"namespaces/{name}/{path}", {"kind": kind, "metadata": {"name": "limit"}, "spec": spec})
            self.until(lambda: self.items(f"/api/v1/namespaces/{name}/serviceaccounts"))
            spec = pod_spec(container(resources={"limits": {"cpu": "2"}}))
            self.apply(*deployment("app", spec, namespace=name))

            def failure():
                found = self.client.get(f"/apis/apps/v1/namespaces/{name}/deployments/app")
                return next((condition(each) for each in found["status"].get("conditions", [])
                             if each["type"] == "ReplicaFailure"), "")
            self.until(lambda: words in failure())
            print(f"== {name}\n  deployment {failure()}\n{self.report('app', name)}")
            self.expect(f"{name}: ReplicaFailure", words in failure(), failure())
            self.expect(f"{name}: FailedCreate", "FailedCreate: Error creating: pods" in self.report("app", name))
            print()

    def denials(self):
        """The played webhook's: of a Deployment at once, of its pods by way of the ReplicaSet."""
        self.apply("v1", "namespaces", {"kind": "Namespace", "metadata": {
            "name": "policed", "labels": {"played.example/policy": "enforced"}}})
        self.until(lambda: self.items("/api/v1/namespaces/policed/serviceaccounts"))
        version, path, body = deployment("app", pod_spec(container()), namespace="policed")
        self.apply(version, path, body)
        denied = json.loads(json.dumps(body))
        denied["metadata"] = {"name": "denied", "annotations": {"played.example/deny": "images must be signed"}}
        try:
            self.apply(version, path, denied)
            answer = "created"
        except ApiError as error:
            answer = str(error)
        words = 'admission webhook "policy.played.example" denied the request: images must be signed'
        self.expect("the webhook denies", words in answer, answer)
        self.expect("and lets others pass", self.until(lambda: "Ready=True" in self.report("app", "policed")))

    def metrics(self):
        path = "/apis/metrics.k8s.io/v1beta1/namespaces/policed/pods"

        def served():
            try:
                return self.items(path)
            except ApiError:
                return []
        self.expect("metrics.k8s.io tells of the pods", self.until(served))

    def jobs(self):
        for name, tag in (("job-good", "1.0"), ("job-bad", "crash")):
            template = {"metadata": {"labels": {"app": name}},
                        "spec": pod_spec(container(tag), restartPolicy="Never")}
            self.apply("batch/v1", f"namespaces/{NAMESPACE}/jobs", {
                "kind": "Job", "metadata": {"name": name}, "spec": {"backoffLimit": 0, "template": template}})

        def conditions(name):
            job = self.client.get(f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{name}")
            return " ".join(condition(each) for each in job["status"].get("conditions", []))
        self.expect("a good Job completes", self.until(lambda: "Complete=True" in conditions("job-good")))
        self.expect("a bad Job fails", self.until(lambda: "BackoffLimitExceeded" in conditions("job-bad")))

    def reach(self):
        """Logs and the proxy, through the API server."""
        def name(cause):
            return self.pods(cause)[0]["metadata"]["name"]

        def log(cause, query=""):
            return self.client.text("GET", f"/api/v1/namespaces/{NAMESPACE}/pods/{name(cause)}/log?{query}")

        def tail_of_crash():
            tail = log("crash", "container=app&tailLines=3")
            return tail.endswith("KeyError: 'SCHEMA_URI'\n") and tail.count("\n") == 3
        self.expect("the log's tail of a crash", self.until(tail_of_crash))
        self.expect("the log of the run before", "Traceback" in log("crash", "container=app&previous=true"))
        for cause, words in (("typo", "waiting to start: trying and failing to pull image"),
                             ("no-secret", "waiting to start: CreateContainerConfigError")):
            def refused():
                try:
                    return words in log(cause)
                except ApiError as error:
                    return words in error.message
            # A container that is pulled again is for a moment in another state.
            self.expect(f"no log of {cause}", self.until(refused))
        self.expect("a followed log grows", self.follows(name("healthy")))
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name('healthy')}:8080/proxy"
        first = self.client.text("GET", f"{path}/metrics")
        time.sleep(0.3)
        second = self.client.text("GET", f"{path}/metrics")
        self.expect("metrics grow through the pod's proxy",
                    "synthdata_records_generated_total" in first and first != second)
        self.apply("v1", f"namespaces/{NAMESPACE}/services", {
            "kind": "Service", "metadata": {"name": "healthy"},
            "spec": {"selector": {"app": "healthy"}, "ports": [{"port": 80, "targetPort": 8080}]}})
        self.expect("the service's proxy answers", self.until(self.service_answers))
        self.expect("the node's proxy answers", self.client.text("GET", "/api/v1/nodes/node-1/proxy/healthz") == "ok")

    def service_answers(self):
        path = f"/api/v1/namespaces/{NAMESPACE}/services/healthy:80/proxy/healthz"
        try:
            return self.client.text("GET", path) == "ok\n"
        except ApiError:
            return False

    def follows(self, pod):
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/log?follow=true&tailLines=1&timestamps=true"
        with self.client.stream(path) as response:
            lines = [response.readline() for _ in range(5)]
        return all(b"generated" in line for line in lines) and len(set(lines)) == 5

    def kubectl(self):
        if not shutil.which("kubectl"):
            print("SKIPPED: no kubectl here")
            return
        for name in self.plane["kubeconfigs"]:
            command = ["kubectl", f"--kubeconfig={self.plane['kubeconfigs'][name]}", "auth", "can-i", "create",
                       "deployments"]
            answer = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
            self.expect(f"kubectl as {name}", answer == ("no" if name == "restricted" else "yes"), answer)
        subprocess.run(["kubectl", f"--kubeconfig={self.plane['kubeconfig']}", "get", "nodes,pods", "-A"], timeout=30)

    def disturbances(self):
        ready = "Ready=True"
        began = time.monotonic()
        answer = self.command(restart="kube-apiserver")
        self.expect(f"the API server comes back ({time.monotonic() - began:.1f} s)", "pid" in answer, str(answer))
        self.apply(*deployment("after-restart", pod_spec(container())))
        self.expect("pods still come up", self.until(lambda: ready in self.report("after-restart"), 40))
        self.command(stop="kubelet")
        self.apply(*deployment("while-away", pod_spec(container())))
        time.sleep(1)
        self.expect("without a kubelet nothing starts", "Pending -" in self.report("while-away"))
        self.command(start="kubelet")
        self.expect("its return starts the pod", self.until(lambda: ready in self.report("while-away")))
        self.client.delete(f"/api/v1/namespaces/{NAMESPACE}")

        def gone():
            try:
                self.client.get(f"/api/v1/namespaces/{NAMESPACE}")
            except ApiError as error:
                return error.status == 404
            return False
        self.expect("a namespace with all its pods goes away", self.until(gone, 60))
        self.expect("an unknown program is an error", "error" in self.command(stop="absent"))

    def end(self):
        pids = list(self.plane["pids"].values())
        self.process.kill()
        self.process.wait()
        self.expect("killed, it takes its programs along", self.until(lambda: not any(map(alive, pids)), 5))
        shutil.rmtree(self.plane["state"], ignore_errors=True)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Dead, and not yet collected by whoever inherited it.
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def state(value):
    (kind, fields), = value.items()
    words = [kind, fields.get("reason", "")]
    if kind == "terminated":
        words.append(f"exit {fields['exitCode']}")
    return " ".join(filter(None, words + [fields.get("message", "")]))


def condition(value):
    parts = (f"{value['type']}={value['status']}", value.get("reason"), value.get("message"))
    return " ".join(filter(None, parts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True)
    parser.add_argument("--wording", default="1.20")
    options = parser.parse_args()
    test = Selftest(options.programs, options.wording)
    try:
        for part in (test.causes, test.refusals, test.denials, test.metrics, test.jobs, test.reach, test.kubectl,
                     test.disturbances):
            part()
    finally:
        test.end()
    print(f"{test.problems} problems")
    return 1 if test.problems else 0


if __name__ == "__main__":
    sys.exit(main())
