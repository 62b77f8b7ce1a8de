"""The parts of the benchmarks that need a cluster: a real control plane on loopback, with kubectl as the peer."""

import collections
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

CONTROL_PLANE = pathlib.Path(__file__).parent.parent / "Tests/Support/control-plane/control_plane.py"
NAMESPACE = "synthdata"
# What is left of a service when everything is off that it can do without: a ServiceAccount, a ConfigMap, a Service and
# a Deployment. No pods: the clock is to run for what the tools do.
SERVICE = """\
apiVersion: synthdata.io/v1
kind: SyntheticDataService
metadata:
  name: text-{number:05}
spec:
  type: text
  provider: onprem
  replicas: 0
  overrides:
    networking: {{ingress: {{enabled: false}}}}
    storage: {{enabled: false}}
    scaling: {{enabled: false}}
    security: {{rbac: {{enabled: false}}, network_policies: {{enabled: false}}}}
"""
REQUEST = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) https?://[^/ ]+(\S*) (\d+|failed)")


@contextlib.contextmanager
def control_plane(programs):
    """An etcd, an API server and its controllers; the variables that reach it."""
    process = subprocess.Popen(
        [sys.executable, str(CONTROL_PLANE), "--programs", programs], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        ready = process.stdout.readline()
        if not ready:
            raise SystemExit("bench: error: the control plane did not start")
        yield json.loads(ready)["kubeconfig"]
    finally:
        process.stdin.close()
        process.wait()


def write_services(folder, count):
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"service-{number:05}.yaml").write_text(SERVICE.format(number=number))


def write_objects(binary, services, path):
    """What `render` prints, with the namespace that all share once."""
    rendered = subprocess.run([binary, "render", "-f", str(services)], check=True, capture_output=True, text=True)
    objects, has_namespace = [], False
    for text in rendered.stdout.split("\n---\n"):
        if "\nkind: Namespace\n" in f"\n{text}":
            if has_namespace:
                continue
            has_namespace = True
        objects.append(text)
    path.write_text("\n---\n".join(objects))
    return len(objects) - 1


def clear(kubectl):
    subprocess.run(
        [kubectl, "delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait"], check=True,
        stdout=subprocess.DEVNULL)
    # What the garbage collector still does would fall on whoever is measured next.
    time.sleep(3)


def requests(binary, *arguments):
    """The requests of a command by kind, as its own trace tells them."""
    done = subprocess.run([binary, *arguments, "--verbose"], check=True, capture_output=True, text=True)
    return collections.Counter(match[1] for match in map(REQUEST.match, done.stderr.splitlines()) if match)


def words(counter):
    return f"{sum(counter.values())} requests: " + ", ".join(
        f"{count} {method}" for method, count in counter.most_common())


def cluster(bench, binary, kubectl, programs, scratch, rounds):
    """Rows for fleets in a cluster. `bench` is the module that measures and prints."""
    with control_plane(programs) as kubeconfig:
        os.environ["KUBECONFIG"] = kubeconfig
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        services, objects = scratch / "cluster-services", scratch / "objects.yaml"
        write_services(services, 250)
        count = write_objects(binary, services, objects)
        deploy = (binary, "deploy", "-f", str(services))
        apply = (kubectl, "apply", "--server-side", "-f", str(objects))
        yield from created(bench, kubectl, deploy, apply, count, rounds)
        bench.say(f"Requests of a deployment, {words(requests(*deploy))}" if False else "Requests of an unchanged fleet")
        again = requests(*deploy)
        bench.say(f"deployed again unchanged: {words(again)}")
        yield from unchanged(bench, deploy, apply, count, rounds, again)
        bench.say("Requests of a new fleet")
        clear(kubectl)
        first = requests(*deploy)
        bench.say(f"deployed for the first time: {words(first)}")
        each = sum(first.values()) / 250
        yield bench.Row("requests for each new service", f"{each:.1f}", "–", "–", "≤ 16", each <= 16)
        yield from status(bench, binary, kubectl, scratch, rounds)
