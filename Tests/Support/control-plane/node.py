"""Played nodes: their objects, always Ready."""

from api import MERGE
from events import now

KUBELET_PORT = 10250
GPU = "nvidia.com/gpu"


class Node:
    def __init__(self, name, number, gpu_product=None):
        self.name = name
        # An address that exists nowhere: the API server reaches it through the tunnel only.
        self.address = f"10.0.0.{number}"
        self.gpu_product = gpu_product
        self.images = set()

    def manifest(self):
        labels = {
            "kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
            "topology.kubernetes.io/region": "test", "topology.kubernetes.io/zone": "test-a",
        }
        resources = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "200Gi", "pods": "110"}
        if self.gpu_product:
            # The labels of NVIDIA's GPU feature discovery.
            labels.update({"nvidia.com/gpu.product": self.gpu_product, "nvidia.com/gpu.present": "true",
                           "nvidia.com/gpu.count": "4"})
            resources[GPU] = "4"
        return {
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name, "labels": labels},
            "spec": {"podCIDR": "10.244.0.0/16"},
            "status": {
                "capacity": resources, "allocatable": resources, "conditions": _conditions(),
                "addresses": [{"type": "InternalIP", "address": self.address},
                              {"type": "Hostname", "address": self.name}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": KUBELET_PORT}},
                "nodeInfo": {
                    "kubeletVersion": "v1.20.2", "kubeProxyVersion": "v1.20.2", "operatingSystem": "linux",
                    "architecture": "amd64", "containerRuntimeVersion": "containerd://1.4.13", "osImage": "played",
                    "kernelVersion": "5.10.0", "machineID": self.name, "systemUUID": self.name, "bootID": self.name,
                },
            },
        }

    def register(self, client):
        client.create_if_absent("/api/v1/nodes", self.manifest())
        # Admission taints a new node as not ready; the controller that would lift it does not run here.
        taints = [{"key": GPU, "value": "present", "effect": "NoSchedule"}] if self.gpu_product else None
        client.patch(f"/api/v1/nodes/{self.name}", {"spec": {"taints": taints}}, MERGE)


def _conditions():
    moment = now()
    sound = (("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
             ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
             ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"))
    conditions = [{"type": name, "status": "False", "reason": reason, "message": message}
                  for name, reason, message in sound]
    conditions.append({"type": "Ready", "status": "True", "reason": "KubeletReady",
                       "message": "kubelet is posting ready status"})
    return [{**each, "lastHeartbeatTime": moment, "lastTransitionTime": moment} for each in conditions]
