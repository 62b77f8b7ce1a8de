"""A played external provisioner: makes a volume for each claim that the real volume controller hands to it."""

from api import ApiError

PROVISIONER = "disk.played.example"
ASKED = "volume.beta.kubernetes.io/storage-provisioner"
CLASSES = {"standard": "Immediate", "standard-late": "WaitForFirstConsumer"}


def create_classes(client):
    for name, mode in CLASSES.items():
        annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if name == "standard" else {}
        client.create_if_absent("/apis/storage.k8s.io/v1/storageclasses", {
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": {"name": name, "annotations": annotations}, "provisioner": PROVISIONER,
            "reclaimPolicy": "Delete", "volumeBindingMode": mode, "allowVolumeExpansion": True,
        })


def provision(client, recorder):
    """Serves claims, for ever."""
    for kind, value in client.watch("/api/v1/persistentvolumeclaims"):
        for claim in value if kind == "LIST" else [value]:
            asked = claim["metadata"].get("annotations", {}).get(ASKED) == PROVISIONER
            if kind != "DELETED" and asked and "volumeName" not in claim["spec"]:
                _provision(client, recorder, claim)


def _provision(client, recorder, claim):
    metadata, spec = claim["metadata"], claim["spec"]
    claim = {"kind": "PersistentVolumeClaim", **claim}
    name = f"pvc-{metadata['uid']}"
    component = f"{PROVISIONER}_provisioner-0"
    recorder.record(claim, None, "Normal", "Provisioning", "External provisioner is provisioning volume for claim "
                    f"\"{metadata['namespace']}/{metadata['name']}\"", component=component)
    client.create_if_absent("/api/v1/persistentvolumes", {
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]}, "accessModes": spec["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete", "storageClassName": spec["storageClassName"],
            "volumeMode": spec.get("volumeMode", "Filesystem"), "hostPath": {"path": f"/var/played/{name}"},
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": metadata["namespace"],
                         "name": metadata["name"], "uid": metadata["uid"]},
        },
    })
    recorder.record(claim, None, "Normal", "ProvisioningSucceeded", f"Successfully provisioned volume {name}",
                    component=component)


def reclaim(client):
    """Deletes volumes whose claims are gone, for ever."""
    for kind, value in client.watch("/api/v1/persistentvolumes"):
        for volume in value if kind == "LIST" else [value]:
            ours = volume["metadata"].get("annotations", {}).get("pv.kubernetes.io/provisioned-by") == PROVISIONER
            released = volume.get("status", {}).get("phase") == "Released"
            if kind != "DELETED" and ours and released and "deletionTimestamp" not in volume["metadata"]:
                try:
                    client.delete(f"/api/v1/persistentvolumes/{volume['metadata']['name']}")
                except ApiError as error:
                    if error.status != 404:
                        raise
