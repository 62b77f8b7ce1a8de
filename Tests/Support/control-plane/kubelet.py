#!/usr/bin/env python3
"""Plays the nodes of a cluster: registers them and moves the pods bound to them through a real kubelet's statuses."""

import argparse
import itertools
import threading

import services
import volumes
from api import Client
from events import Recorder
from node import Node
from pod import Pod
from stage import Play, Stage
from tunnel import Tunnel
from wording import WORDINGS


class Pods:
    """The pods on the played nodes, by UID, and the plays that they are in."""

    def __init__(self, nodes, client, recorder, stage, words):
        self._nodes = {node.name: node for node in nodes}
        self.node_addresses = {node.address for node in nodes}
        self._client = client
        self._recorder = recorder
        self._stage = stage
        self._words = words
        self._lock = threading.Lock()
        self._pods = {}
        self._by_address = {}
        self._plays = {}
        self._numbers = itertools.count(1)

    def at(self, address):
        with self._lock:
            return self._by_address.get(address)

    def named(self, namespace, name):
        with self._lock:
            return next(
                (pod for pod in self._pods.values() if (pod.namespace, pod.name) == (namespace, name)), None)

    def running(self):
        with self._lock:
            return [pod for pod in self._pods.values() if any(each.running for each in pod.regular)]

    def follow(self):
        """Plays what the API server says, for ever."""
        for kind, value in self._client.watch("/api/v1/pods", "fieldSelector=spec.nodeName!="):
            if kind == "LIST":
                present = {each["metadata"]["uid"] for each in value}
                for uid in set(self._pods) - present:
                    self._forget(uid)
                for each in value:
                    self._see(each)
            elif kind == "DELETED":
                self._forget(value["metadata"]["uid"])
            else:
                self._see(value)

    def _see(self, manifest):
        node = self._nodes.get(manifest["spec"].get("nodeName"))
        if node is None:
            return
        uid = manifest["metadata"]["uid"]
        deleted = "deletionTimestamp" in manifest["metadata"]
        pod = self._pods.get(uid)
        if pod is None:
            finished = manifest.get("status", {}).get("phase") in ("Succeeded", "Failed")
            if finished and not deleted:
                return
            address = manifest.get("status", {}).get("podIP") or self._free_address()
            pod = Pod(manifest, node, address, self._client, self._recorder, self._words)
            with self._lock:
                self._pods[uid] = pod
                self._by_address[address] = pod
            pod.ending = deleted
            self._plays[uid] = Play(self._stage, pod.death() if deleted else pod.life())
            return
        pod.manifest = manifest
        if deleted and not pod.ending:
            pod.ending = True
            self._plays[uid].cut_to(pod.death())

    def _free_address(self):
        while True:
            number = next(self._numbers)
            address = f"10.244.{number // 250 % 250}.{number % 250 + 1}"
            if address not in self._by_address:
                return address

    def _forget(self, uid):
        with self._lock:
            pod = self._pods.pop(uid, None)
            if pod:
                self._by_address.pop(pod.address, None)
        play = self._plays.pop(uid, None)
        if play:
            play.cut_to(iter(()))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubeconfig", required=True, help="the administrator's, as control_plane.py wrote it")
    parser.add_argument("--tunnel", required=True, help="the Unix socket of the API server's egress")
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--authority", required=True, help="the certificate authority, for the admission webhook")
    parser.add_argument("--metrics-server", action="store_true", help="serve metrics.k8s.io")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--gpu-nodes", action="append", default=[], metavar="PRODUCT=N")
    parser.add_argument("--pace", type=float, default=20, help="seconds of a node's life in one second")
    parser.add_argument("--wording", choices=WORDINGS, default="1.20", help="the release whose words the nodes use")
    return parser.parse_args()


def make_nodes(options):
    names = [(f"node-{number + 1}", None) for number in range(options.nodes)]
    for each in options.gpu_nodes:
        product, _, count = each.partition("=")
        names += [(f"{product.lower()}-{number + 1}", product) for number in range(int(count or 1))]
    return [Node(name, number + 1, product) for number, (name, product) in enumerate(names)]


def main():
    options = arguments()
    client = Client(options.kubeconfig)
    nodes = make_nodes(options)
    volumes.create_classes(client)
    services.create_policy(client, options.authority)
    if options.metrics_server:
        services.create_metrics(client)
    for node in nodes:
        node.register(client)
    recorder = Recorder(client)
    pods = Pods(nodes, client, recorder, Stage(options.pace), WORDINGS[options.wording])
    threading.Thread(target=volumes.provision, args=(client, recorder), daemon=True).start()
    threading.Thread(target=volumes.reclaim, args=(client,), daemon=True).start()
    Tunnel(options.tunnel, options.certificate, options.key, pods).serve_in_background()
    pods.follow()


if __name__ == "__main__":
    main()
