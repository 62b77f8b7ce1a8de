#!/usr/bin/env python3
"""Runs a real Kubernetes control plane on loopback for as long as its standard input stays open.

Prints one JSON line when it is ready, then takes commands as JSON lines; README.md tells of both.
"""

import argparse
import json
import os
import pathlib
import random
import secrets
import select
import shutil
import signal
import socket
import sys
import tempfile
import time

import certificates
import kubeconfig
import token_review
from api import ApiError, Client
from program import Program, ProgramFailed
from tunnel import LONGEST_PATH
from wording import WORDINGS

HERE = pathlib.Path(__file__).resolve().parent
# Controllers that would give up played nodes, or that serve clouds.
UNWANTED_CONTROLLERS = ("nodelifecycle", "nodeipam", "ttl", "cloud-node-lifecycle", "route", "service")
STOP_SECONDS = 3
# While all of it starts: a program for which the others are too slow ends, and a kubelet or systemd starts it again.
RESTARTS = 4


class ControlPlane:
    """The programs, in starting order, and the files they share."""

    def __init__(self, options, state):
        self.options = options
        self.state = state
        if len(str(self.tunnel)) > LONGEST_PATH:
            raise ProgramFailed(f"{state}: too long a name for a folder with a Unix socket; choose one with --state")
        self.keys = state / "pki"
        self.keys.mkdir()
        etcd, peer, port = free_ports(3)
        self.server = f"https://127.0.0.1:{port}"
        self.authority = certificates.Authority(self.keys)
        self.kubeconfigs = self._write_credentials()
        self.client = Client(self.kubeconfigs["admin"], agent="control-plane", patience=0)
        self.programs = {}
        self.restarts = RESTARTS
        self._add("etcd", self._etcd(etcd, peer))
        self._add("kube-apiserver", self._api_server(etcd, port))
        self._add("kube-controller-manager", self._controller_manager())
        self._add("kube-scheduler", self._scheduler())
        if options.nodes or options.gpu_nodes:
            self._add("kubelet", self._kubelet())

    def _add(self, name, command):
        self.programs[name] = Program(name, [str(word) for word in command], self.state / f"{name}.log")

    def _write_credentials(self):
        server_names = "IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
        self.authority.issue("apiserver", "/CN=kube-apiserver", "serverAuth", server_names)
        self.authority.issue("kubelet", "/CN=kubelet", "serverAuth", "DNS:kubelet,DNS:policy.kube-system.svc")
        certificate, key = self.authority.issue("admin", "/O=system:masters/CN=certificate-admin", "clientAuth")
        certificates.make_key(self.keys / "service-account.key")
        admin, restricted = secrets.token_hex(16), secrets.token_hex(16)
        (self.keys / "tokens.csv").write_text(
            f'{admin},admin,admin,"system:masters"\n{restricted},restricted,restricted,"restricted"\n')
        credentials = {
            "admin": {"token": admin},
            "certificate": {"client-certificate": str(certificate), "client-key": str(key)},
            "restricted": {"token": restricted},
        }
        return {
            name: kubeconfig.write(
                self.state / f"{name}.kubeconfig", self.server, self.authority.certificate, name, credential)
            for name, credential in credentials.items()
        }

    def _etcd(self, port, peer):
        client, peers = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
        return [
            self.options.programs / "etcd", "--unsafe-no-fsync", "--data-dir", self.state / "etcd",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
            "--initial-cluster", f"default={peers}", "--heartbeat-interval", "50", "--election-timeout", "500",
            "--log-level", "warn",
        ]

    def _api_server(self, etcd, port):
        # Connections to nodes and pods leave through a socket of the played kubelet's, as konnectivity has it: the
        # server refuses to proxy to a pod on loopback, and so pods may have addresses that exist nowhere.
        egress = self.state / "egress.json"
        egress.write_text(json.dumps({
            "apiVersion": "apiserver.k8s.io/v1beta1", "kind": "EgressSelectorConfiguration",
            "egressSelections": [{"name": "cluster", "connection": {
                "proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": str(self.tunnel)}}}}],
        }))
        key = self.keys / "service-account.key"
        webhook = token_review.start(self.state / "token-review.json")
        return [
            self.options.programs / "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1", f"--secure-port={port}",
            # It has to name an address that is not loopback for the `kubernetes` service; nothing listens there.
            "--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=RBAC", "--allow-privileged=true",
            f"--tls-cert-file={self.keys / 'apiserver.crt'}", f"--tls-private-key-file={self.keys / 'apiserver.key'}",
            f"--client-ca-file={self.authority.certificate}", f"--token-auth-file={self.keys / 'tokens.csv'}",
            f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}",
            f"--service-account-issuer={self.server}", "--api-audiences=kubernetes",
            f"--egress-selector-config-file={egress}", "--kubelet-preferred-address-types=InternalIP",
            f"--authentication-token-webhook-config-file={webhook}", "--authentication-token-webhook-version=v1",
            "--profiling=false", "--event-ttl=1h", f"--cert-dir={self.state}",
        ]

    @property
    def tunnel(self):
        return self.state / "tunnel"

    def _controller_manager(self):
        controllers = ",".join(["*"] + [f"-{name}" for name in UNWANTED_CONTROLLERS])
        return [
            self.options.programs / "kube-controller-manager", f"--kubeconfig={self.kubeconfigs['admin']}",
            "--leader-elect=false", "--port=0", "--secure-port=0", f"--controllers={controllers}",
            f"--service-account-private-key-file={self.keys / 'service-account.key'}",
            f"--root-ca-file={self.authority.certificate}", f"--cert-dir={self.state}",
            "--kube-api-qps=1000", "--kube-api-burst=2000", "--concurrent-deployment-syncs=10",
            "--concurrent-replicaset-syncs=10", "--pvclaimbinder-sync-period=2s", "--resource-quota-sync-period=5s",
            "--horizontal-pod-autoscaler-sync-period=2s", "--namespace-sync-period=10s", "--profiling=false",
        ]

    def _scheduler(self):
        return [
            self.options.programs / "kube-scheduler", f"--kubeconfig={self.kubeconfigs['admin']}",
            "--leader-elect=false", "--port=0", "--secure-port=0", f"--cert-dir={self.state}",
            "--kube-api-qps=1000", "--kube-api-burst=2000", "--profiling=false",
        ]

    def _kubelet(self):
        command = [
            sys.executable, HERE / "kubelet.py", "--kubeconfig", self.kubeconfigs["admin"], "--tunnel", self.tunnel,
            "--certificate", self.keys / "kubelet.crt", "--key", self.keys / "kubelet.key",
            "--authority", self.authority.certificate, "--nodes", self.options.nodes,
            "--pace", self.options.pace, "--wording", self.options.wording,
        ]
        if self.options.metrics_server:
            command.append("--metrics-server")
        for product in self.options.gpu_nodes:
            command += ["--gpu-nodes", product]
        return command

    def start(self):
        for name in self.programs:
            # The controllers would wait a whole second after finding no server.
            if name == "kube-controller-manager":
                self._wait("kube-apiserver", self._serves("/livez/ping"))
            # It puts services of its own there.
            if name == "kubelet":
                self._wait("kube-apiserver", self._serves("/api/v1/namespaces/kube-system"))
            self._start(self.programs[name])
        self._wait("kube-apiserver", self._serves("/readyz"))
        self._wait("kube-controller-manager", self._serves("/api/v1/namespaces/default/serviceaccounts/default"))
        self._wait_for_nodes()
        self.restarts = 0

    def _start(self, program):
        if program.name == "kubelet":
            self.tunnel.unlink(missing_ok=True)
        program.start()

    def _serves(self, path):
        def served():
            try:
                return bool(self.client.text("GET", path))
            except (ApiError, OSError):
                return False
        return served

    def _wait_for_nodes(self):
        if "kubelet" in self.programs:
            self._wait("kubelet", self.tunnel.exists)

    def _wait(self, name, condition, seconds=300):
        deadline = time.monotonic() + seconds
        while not condition():
            self.check()
            if time.monotonic() > deadline:
                raise self.programs[name].failed(f"not ready after {seconds} s")
            time.sleep(0.02)

    def check(self):
        for program in self.programs.values():
            if not program.died:
                continue
            failure = program.failed(f"ended with {program.process.returncode}")
            if not self.restarts:
                raise failure
            self.restarts -= 1
            print(f"{failure}\n{program.name} is started again", file=sys.stderr)
            time.sleep(0.5)
            self._start(program)

    def obey(self, command):
        """Carries out one command and returns its answer."""
        (verb, name), = command.items()
        program = self.programs[name]
        if verb == "stop":
            program.kill()
        elif verb in ("start", "restart"):
            if verb == "start" and program.running:
                raise ValueError(f"{name} runs")
            program.kill()
            self._start(program)
            if name in ("etcd", "kube-apiserver") and self.programs["kube-apiserver"].running:
                self._wait(name, self._serves("/readyz"))
            elif name == "kubelet":
                self._wait_for_nodes()
        else:
            raise ValueError(f"unknown command {verb}")
        return {verb: name, "pid": program.pid}

    def stop(self):
        # The server first drains its watches unless these are gone; etcd goes last for it.
        for names in (("kubelet", "kube-scheduler", "kube-controller-manager"), ("kube-apiserver",), ("etcd",)):
            programs = [self.programs[name] for name in names if name in self.programs]
            for program in programs:
                program.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for program in programs:
                program.reap(max(0, deadline - time.monotonic()))

    def description(self):
        return {
            "kubeconfig": str(self.kubeconfigs["admin"]),
            "kubeconfigs": {name: str(path) for name, path in self.kubeconfigs.items()},
            "server": self.server,
            "ca": str(self.authority.certificate),
            "pids": {name: program.pid for name, program in self.programs.items()},
            "state": str(self.state),
        }


def free_ports(count):
    """Ports that nobody has. Those that the system gives away begin at 32768: one of them could be given to somebody
    else before a program takes it, or while it is restarted."""
    found = []
    for port in random.sample(range(10000, 30000), 20000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise ProgramFailed(f"no {count} ports are free")


def say(value):
    print(json.dumps(value), flush=True)


def serve(plane):
    """Takes commands until standard input ends; a program's unexpected end is an error."""
    pending = b""
    while True:
        readable, _, _ = select.select([0], [], [], 0.5)
        plane.check()
        if not readable:
            continue
        data = os.read(0, 65536)
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        for line in filter(bytes.strip, lines):
            try:
                say(plane.obey(json.loads(line)))
            except (ValueError, KeyError, AttributeError) as error:
                say({"error": f"{type(error).__name__}: {error}"})


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder with the programs")
    parser.add_argument("--state", type=pathlib.Path, help="an empty or new folder, kept at the end")
    parser.add_argument("--nodes", type=int, default=0, help="nodes to play")
    parser.add_argument("--gpu-nodes", action="append", default=[], metavar="PRODUCT=N", help="GPU nodes to play")
    parser.add_argument("--metrics-server", action="store_true", help="serve metrics.k8s.io; needs nodes")
    parser.add_argument("--pace", type=float, default=20, help="seconds of a node's life in one second")
    parser.add_argument("--wording", choices=WORDINGS, default="1.20", help="the release whose words the nodes use")
    return parser.parse_args()


def main():
    options = arguments()
    # Both end the program by the same way as the end of its input.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    if options.state:
        options.state.mkdir(parents=True, exist_ok=True)
        if any(options.state.iterdir()):
            sys.exit(f"{options.state} is not empty")
    state = options.state.resolve() if options.state else pathlib.Path(tempfile.mkdtemp(prefix="control-plane-"))
    plane = None
    try:
        plane = ControlPlane(options, state)
        plane.start()
        say(plane.description())
        serve(plane)
    except ProgramFailed as error:
        sys.exit(str(error))
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if plane:
            plane.stop()
        if not options.state:
            shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
