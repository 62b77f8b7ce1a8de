"""Kubeconfig files. They are written as JSON, which is YAML too, so that Python's own library reads them back."""

import json
import pathlib


def write(path, server, authority, user, credential):
    """A file with one context, `test`; credential is the user's entry, such as {"token": …}."""
    path = pathlib.Path(path)
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": server, "certificate-authority": str(authority)}}],
        "users": [{"name": user, "user": credential}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
        "current-context": "test",
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
    path.chmod(0o600)
    return path


def read(path):
    """Server, authority file and token of a file that `write` wrote."""
    content = json.loads(pathlib.Path(path).read_text())
    cluster = content["clusters"][0]["cluster"]
    return cluster["server"], cluster["certificate-authority"], content["users"][0]["user"]["token"]
