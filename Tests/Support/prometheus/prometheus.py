"""Runs a real Prometheus that scrapes the pods of a test cluster every second, through the cluster's API server.

    python3 prometheus.py --program FILE --kubeconfig FILE

prints one JSON line when it is ready, `{"url": "http://127.0.0.1:PORT"}`, and ends with its standard input. The
kubeconfig is one of the test cluster's: JSON, with a token.
"""

import argparse
import json
import os
import random
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request


def free_port():
    """One that nobody has. Those that the system gives away begin at 32768: it could be given to somebody else before
    the server takes it."""
    for port in random.sample(range(10000, 30000), 20000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    sys.exit("no port is free")


class Cluster:
    """The pods of a cluster, as targets of Prometheus. Debian builds it without the discovery of its own."""

    def __init__(self, kubeconfig):
        with open(kubeconfig, encoding="utf-8") as file:
            document = json.load(file)
        self.server = document["clusters"][0]["cluster"]["server"]
        self.token = document["users"][0]["user"]["token"]

    def configuration(self, targets):
        return {
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{
                "job_name": "pods", "scheme": "https", "tls_config": {"insecure_skip_verify": True},
                "authorization": {"credentials": self.token},
                "file_sd_configs": [{"files": [targets], "refresh_interval": "1s"}],
            }],
        }

    def targets(self):
        """Every pod with a port named http: asked through the API server, labelled as the operator labels it."""
        request = urllib.request.Request(f"{self.server}/api/v1/pods", headers={"Authorization": f"Bearer {self.token}"})
        context = ssl._create_unverified_context()
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            pods = json.load(answer)["items"]
        address = self.server.removeprefix("https://")
        return [{
            "targets": [address],
            "labels": {
                "namespace": pod["metadata"]["namespace"], "pod": pod["metadata"]["name"],
                "__metrics_path__": f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/"
                                    f"{pod['metadata']['name']}:{port['containerPort']}/proxy/metrics",
            },
        } for pod in pods for container in pod["spec"]["containers"] for port in container.get("ports", [])
            if port.get("name") == "http"]

    def follow(self, file):
        """Keeps the file of targets up to date."""
        while True:
            try:
                with open(f"{file}.new", "w", encoding="utf-8") as fresh:
                    json.dump(self.targets(), fresh)
                os.replace(f"{file}.new", file)
            except OSError:
                pass
            time.sleep(1)


def is_ready(url):
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--kubeconfig", required=True)
    options = parser.parse_args()
    cluster = Cluster(options.kubeconfig)
    state = tempfile.mkdtemp(prefix="prometheus-")
    process = None
    try:
        # JSON is YAML.
        with open(f"{state}/prometheus.yml", "w", encoding="utf-8") as file:
            json.dump(cluster.configuration(f"{state}/targets.json"), file)
        threading.Thread(target=cluster.follow, args=(f"{state}/targets.json",), daemon=True).start()
        address = f"127.0.0.1:{free_port()}"
        with open(f"{state}/log", "wb") as log:
            process = subprocess.Popen(
                [options.program, f"--config.file={state}/prometheus.yml", f"--storage.tsdb.path={state}/data",
                 f"--web.listen-address={address}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        url = f"http://{address}"
        deadline = time.monotonic() + 300
        while not is_ready(url):
            if process.poll() is not None or time.monotonic() > deadline:
                with open(f"{state}/log", encoding="utf-8") as log:
                    sys.exit(log.read()[-2000:])
            time.sleep(0.1)
        print(json.dumps({"url": url}), flush=True)
        while os.read(0, 4096):
            pass
    finally:
        if process:
            process.kill()
            process.wait()
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
