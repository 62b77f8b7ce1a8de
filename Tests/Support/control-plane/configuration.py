"""What a pod needs of Secrets and ConfigMaps, and the kubelet's words for what is missing."""

from api import ApiError

_PATHS = {"Secret": "secrets", "ConfigMap": "configmaps"}
# pkg/volume/secret and pkg/volume/configmap.
_ABSENT_KEY = {
    "Secret": "references non-existent secret key: ",
    "ConfigMap": "configmap references non-existent config key: ",
}


class Missing(Exception):
    """A referenced object or key is absent."""


def _fetch(client, namespace, kind, name):
    try:
        return client.get(f"/api/v1/namespaces/{namespace}/{_PATHS[kind]}/{name}")
    except ApiError as error:
        if error.status == 404:
            raise Missing(f'{kind.lower()} "{name}" not found') from None
        raise


def _check(client, namespace, kind, name, keys, optional):
    if optional:
        return
    content = _fetch(client, namespace, kind, name)
    present = set(content.get("data") or {}) | set(content.get("binaryData") or {})
    for key in keys:
        if key not in present:
            raise Missing(f"couldn't find key {key} in {kind} {namespace}/{name}")


def check_environment(client, namespace, container):
    """Raises Missing when a variable of the container cannot be made (kubelet_pods.go, makeEnvironmentVariables)."""
    for source in container.get("envFrom", []):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if field in source:
                _check(client, namespace, kind, source[field]["name"], [], source[field].get("optional"))
    for variable in container.get("env", []):
        origin = variable.get("valueFrom", {})
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if field in origin:
                reference = origin[field]
                _check(client, namespace, kind, reference["name"], [reference["key"]], reference.get("optional"))


def check_volume(client, namespace, volume):
    """Raises Missing, with the mounter's words, when a volume's content is absent."""
    sources = volume.get("projected", {}).get("sources", [volume])
    for source in sources:
        for field, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
            if field not in source:
                continue
            reference = source[field]
            name = reference.get("secretName") or reference.get("name")
            if reference.get("optional"):
                continue
            content = _fetch(client, namespace, kind, name)
            present = set(content.get("data") or {}) | set(content.get("binaryData") or {})
            for item in reference.get("items", []):
                if item["key"] not in present:
                    raise Missing(_ABSENT_KEY[kind] + item["key"])
