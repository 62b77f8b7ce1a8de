"""The measurements that need a cloud: AWS as moto plays it on loopback, with a real control plane for its cluster.

docs/performance.md says what and why.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

import bench_cluster

AWS_SERVER = pathlib.Path(__file__).parent.parent / "Tests/Support/aws-server/aws_server.py"
SERVICES = 50
# Of each call, in seconds: as from one continent to another, and long enough for what the played AWS itself needs, one
# call after another, to be little beside it.
DISTANCE = 0.3
SERVICE = """\
apiVersion: synthdata.io/v1
kind: SyntheticDataService
metadata:
  name: {name}
spec:
  type: text
  provider: aws
  replicas: 0
  overrides:
    providers: {{aws: {{region: us-east-1, cluster: production}}}}
    networking: {{ingress: {{enabled: false}}}}
    storage: {{enabled: false, cdn_enabled: true, bucket: {{enabled: true}}}}
    scaling: {{enabled: false}}
    monitoring: {{log_retention: 30d}}
    security: {{secrets: null, rbac: {{enabled: false}}, network_policies: {{enabled: false}}}}
"""


class Cloud:
    def __init__(self, process):
        self.process = process

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextlib.contextmanager
def aws(plane):
    process = subprocess.Popen(
        [sys.executable, str(AWS_SERVER), "--endpoint", plane["server"], "--authority", plane["ca"]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise SystemExit("bench: error: the played AWS did not start")
        os.environ.update(AWS_ENDPOINT_URL=address, AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench")
        yield Cloud(process)
    finally:
        process.stdin.close()
        process.wait()


def write_services(folder, count):
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"service-{number:05}.yaml").write_text(SERVICE.format(name=f"text-{number:05}"))


def rows(bench, binary, programs, scratch, rounds):
    """`bench` is the module that measures and prints."""
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cloud-cache")
    all_of_them, one = scratch / "cloud-services", scratch / "cloud-service"
    write_services(all_of_them, SERVICES)
    write_services(one, 1)
    with bench_cluster.control_plane(programs) as plane, aws(plane) as cloud:
        bench.say(f"{SERVICES} services are made at the played AWS")
        bench_cluster.quiet(bench, binary, "deploy", "-f", str(all_of_them))
        cloud.ask(do="log")
        bench_cluster.quiet(bench, binary, "diff", "-f", str(all_of_them))
        calls = len(cloud.ask(do="log")["requests"])
        yield bench.Row(f"calls to AWS for a plan of {SERVICES} unchanged services", str(calls), "–", "–",
                        f"≤ {12 * SERVICES}", calls <= 12 * SERVICES)
        cloud.ask(do="distance", seconds=DISTANCE)
        bench.say(f"a plan of {SERVICES} unchanged services and of one, {DISTANCE * 1000:.0f} ms from AWS, {rounds} rounds")
        ours, peers = bench.alternate(
            rounds, lambda: bench_cluster.quiet(bench, binary, "diff", "-f", str(all_of_them)),
            lambda: bench_cluster.quiet(bench, binary, "diff", "-f", str(one)))
        ratio = bench.seconds(ours) / bench.seconds(peers)
        yield bench.Row(f"plan of {SERVICES} unchanged services at AWS", bench.duration(bench.seconds(ours)),
                        f"{bench.duration(bench.seconds(peers))} (of one)", f"{ratio:.2f}", "≤ 3.00", ratio <= 3)
