"""The measurements that need a cluster: a real control plane on loopback, with kubectl as the peer.

docs/performance.md says what and why.
"""

import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import ssl
import statistics
import subprocess
import sys
import threading
import time

CONTROL_PLANE = pathlib.Path(__file__).parent.parent / "Tests/Support/control-plane/control_plane.py"
NAMESPACE = "synthdata"
SERVICES = 250
WATCH_EVENTS = 10_000
PODS = 5_000
# What is left of a service when everything is off that it can do without: a ServiceAccount, a ConfigMap, a Service and
# a Deployment. Without pods, since kubectl waits for none.
SERVICE = """\
apiVersion: synthdata.io/v1
kind: SyntheticDataService
metadata:
  name: {name}
spec:
  type: text
  provider: onprem
  replicas: {replicas}
  overrides:
    networking: {{ingress: {{enabled: false}}}}
    storage: {{enabled: false}}
    scaling: {{enabled: false}}
    security: {{rbac: {{enabled: false}}, network_policies: {{enabled: false}}}}
"""
REQUEST = re.compile(r"^(?:\S+: )?(GET|POST|PUT|PATCH|DELETE) https?://[^/ ]+(\S*) ")


class Server:
    """An API server, spoken to beside the tools that are measured."""

    def __init__(self, kubeconfig):
        access = json.loads(pathlib.Path(kubeconfig).read_text())
        self.address = access["clusters"][0]["cluster"]["server"].removeprefix("https://")
        self.token = access["users"][0]["user"]["token"]
        self.connections = threading.local()

    def send(self, method, path, body=None, media="application/json"):
        connection = getattr(self.connections, "kept", None)
        if connection is None:
            # The server is our own child on loopback.
            connection = http.client.HTTPSConnection(self.address, context=ssl._create_unverified_context())
            self.connections.kept = connection
        connection.request(method, path, json.dumps(body) if body else None, {
            "Authorization": f"Bearer {self.token}", "Content-Type": media})
        response = connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise SystemExit(f"bench: error: {method} {path}: {response.status} {content[:200]}")
        return json.loads(content)

    def send_all(self, requests):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            collections.deque(pool.map(lambda request: self.send(*request), requests), maxlen=0)


@contextlib.contextmanager
def control_plane(programs, *options):
    """What an API server with etcd and controllers says of itself when it is ready: `kubeconfig`, `pids`."""
    process = subprocess.Popen(
        [sys.executable, str(CONTROL_PLANE), "--programs", programs, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        ready = process.stdout.readline()
        if not ready:
            raise SystemExit("bench: error: the control plane did not start")
        yield json.loads(ready)
    finally:
        process.stdin.close()
        process.wait()


def write_services(folder, count):
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"service-{number:05}.yaml").write_text(SERVICE.format(name=f"text-{number:05}", replicas=0))


def write_objects(binary, services, path, kinds=None):
    """What `render` prints, with the namespace that all share once; how many objects beside it."""
    rendered = subprocess.run([binary, "render", "-f", str(services)], check=True, capture_output=True, text=True)
    objects = {}
    for text in rendered.stdout.split("\n---\n"):
        kind = re.search(r"^kind: (\w+)", text, re.M)[1]
        if kinds is None or kind in kinds:
            objects["Namespace" if kind == "Namespace" else len(objects)] = text
    path.write_text("\n---\n".join(objects.values()))
    return len(objects) - ("Namespace" in objects)


def clear(kubectl):
    subprocess.run(
        [kubectl, "delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait"], check=True,
        stdout=subprocess.DEVNULL)
    # What the controllers still do about it would fall on whoever is measured next.
    time.sleep(3)


def requests(*command):
    """The requests of a command by method, as its own trace tells them."""
    done = subprocess.run([*command, "--verbose"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: error: exit code {done.returncode}: {' '.join(command)}\n{done.stderr[-2000:]}")
    return collections.Counter(match[1] for match in map(REQUEST.match, done.stderr.splitlines()) if match)


def words(counter):
    kinds = ", ".join(f"{count} {method}" for method, count in counter.most_common())
    return f"{sum(counter.values())} requests ({kinds})"


def quiet(bench, *command):
    """Runs a command whose progress nobody reads."""
    return bench.run("sh", "-c", 'exec "$@" 2>/dev/null', "sh", *command)


def processor_seconds(pids):
    """The processor time that the API server and its store have had so far: proc_pid_stat(5)."""
    ticks = 0
    for name in ("kube-apiserver", "etcd"):
        fields = pathlib.Path(f"/proc/{pids[name]}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def fleet(bench, binary, kubectl, pids, scratch, rounds):
    services, objects = scratch / "cluster-services", scratch / "objects.yaml"
    write_services(services, SERVICES)
    count = write_objects(binary, services, objects)
    deploy, apply = (binary, "deploy", "-f", str(services)), (kubectl, "apply", "--server-side", "-f", str(objects))

    served = []

    def anew(*command):
        clear(kubectl)
        before = processor_seconds(pids)
        result = quiet(bench, *command)
        if command == apply:
            served.append(processor_seconds(pids) - before)
        return result

    bench.say(f"{count:,} objects made by kubectl and by deploy, {rounds} rounds")
    peers, ours = bench.alternate(rounds, lambda: anew(*apply), lambda: anew(*deploy))
    work, cores = statistics.median(served), os.cpu_count()
    bench.say(f"the server had {work:.1f} s of processor time while kubectl made them: {work / cores:.1f} s of {cores} cores "
              f"that do nothing else, and kubectl took {bench.seconds(peers):.1f} s")
    ratio = bench.seconds(peers) / bench.seconds(ours)
    yield bench.Row(f"deploy {count:,} objects, first time", bench.duration(bench.seconds(ours)),
                    f"{bench.duration(bench.seconds(peers))} (kubectl apply)", f"{ratio:.1f}", "≥ 8", ratio >= 8)
    bench.say(f"{count:,} objects unchanged, {rounds} rounds")
    ours, peers = bench.alternate(rounds, lambda: quiet(bench, *deploy), lambda: quiet(bench, *apply))
    ratio = bench.seconds(peers) / bench.seconds(ours)
    yield bench.Row(f"deploy {count:,} objects, unchanged", bench.duration(bench.seconds(ours)),
                    f"{bench.duration(bench.seconds(peers))} (kubectl apply)", f"{ratio:.1f}", "≥ 30", ratio >= 30)
    # kubectl's objects are not the tool's: a second deployment owns them all.
    again = requests(*deploy)
    bench.say(f"deploying {SERVICES} unchanged services: {words(again)}")
    yield bench.Row(f"requests for {SERVICES} unchanged services", str(sum(again.values())), "–", "–", "≤ 20",
                    sum(again.values()) <= 20)
    clear(kubectl)
    first = requests(*deploy)
    each = sum(first.values()) / SERVICES
    bench.say(f"deploying {SERVICES} new services: {words(first)}")
    yield bench.Row("requests for each new service of 4 objects", f"{each:.1f}", "–", "–", "≤ 14", each <= 14)


def status(bench, binary, kubectl, scratch):
    clear(kubectl)
    services, objects = scratch / "status-services", scratch / "deployments.yaml"
    write_services(services, 1_000)
    write_objects(binary, services, objects, {"Namespace", "Deployment"})
    subprocess.run([kubectl, "apply", "--server-side", "-f", str(objects)], check=True, stdout=subprocess.DEVNULL)
    time.sleep(3)
    bench.say("status of 1,000 services, 9 pairs")
    ours, peers = bench.alternate(
        9, lambda: quiet(bench, binary, "status", "--provider", "onprem"),
        lambda: quiet(bench, kubectl, "get", "deployments", "--all-namespaces", "-o", "json"))
    ratio = bench.seconds(ours) / bench.seconds(peers)
    yield bench.Row("status of 1,000 services", bench.duration(bench.seconds(ours)),
                    f"{bench.duration(bench.seconds(peers))} (kubectl get)", f"{ratio:.2f}", "≤ 1.50", ratio <= 1.5)


def pod(number):
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"pod-{number:05}", "namespace": NAMESPACE, "labels": {
            "app.kubernetes.io/managed-by": "synthdata-infra", "app.kubernetes.io/name": "synthdata-service",
            "app.kubernetes.io/instance": f"text-{number % 1_000:05}"}},
        # Nobody is to look for a node for it.
        "spec": {"schedulerName": "none", "containers": [{"name": "workload", "image": "registry.example.com/demo:1"}]}}


def pods(bench, binary, server):
    bench.say(f"status of {PODS:,} pods")
    server.send_all(("POST", f"/api/v1/namespaces/{NAMESPACE}/pods", pod(number)) for number in range(PODS))
    listed = quiet(bench, binary, "status", "--provider", "onprem")
    yield bench.Row(f"status with a list of {PODS:,} pods, resident", f"{listed.megabytes:.0f} MB", "–", "–", "< 150 MB",
                    listed.megabytes < 150)


def watch(bench, binary, server, scratch):
    """A deployment whose pod never becomes ready and changes 10,000 times while it is waited for."""
    folder = scratch / "watched"
    folder.mkdir()
    overrides = "  overrides:\n    deployment: {image: registry.example.com/demo:unready}\n"
    text = SERVICE.format(name="watched", replicas=1).replace("  overrides:\n", overrides)
    (folder / "service.yaml").write_text(text)
    bench.say(f"A wait through {WATCH_EVENTS:,} events")
    process = subprocess.Popen(
        [binary, "deploy", "-f", str(folder), "--timeout", "30m"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    pods = f"/api/v1/namespaces/{NAMESPACE}/pods"
    place = None
    while place is None:
        time.sleep(0.2)
        if process.poll() is not None:
            raise SystemExit(f"bench: error: the deployment to watch ended with {process.returncode}")
        items = server.send("GET", pods)["items"]
        place = f"{pods}/{items[0]['metadata']['name']}" if items else None
    media = "application/merge-patch+json"
    server.send_all(
        ("PATCH", place, {"metadata": {"annotations": {"example.com/change": str(number)}}}, media)
        for number in range(WATCH_EVENTS))
    time.sleep(2)
    # Its own peak: wait4 would tell this interpreter's, which it began with.
    told = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    megabytes = int(re.search(r"^VmHWM:\s+(\d+) kB", told, re.M)[1]) / 1024
    process.send_signal(signal.SIGINT)
    if process.wait() != 130:
        raise SystemExit(f"bench: error: the wait ended by itself, with {process.returncode}")
    yield bench.Row(f"wait through {WATCH_EVENTS:,} events, resident", f"{megabytes:.0f} MB", "–", "–", "< 150 MB",
                    megabytes < 150)


def rows(bench, binary, kubectl, programs, scratch, rounds):
    """`bench` is the module that measures and prints."""
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
    if kubectl:
        with control_plane(programs) as plane:
            os.environ["KUBECONFIG"] = plane["kubeconfig"]
            yield from fleet(bench, binary, kubectl, plane["pids"], scratch, rounds)
            yield from status(bench, binary, kubectl, scratch)
    with control_plane(programs, "--nodes", "1") as plane:
        os.environ["KUBECONFIG"] = plane["kubeconfig"]
        server = Server(plane["kubeconfig"])
        yield from watch(bench, binary, server, scratch)
        yield from pods(bench, binary, server)
