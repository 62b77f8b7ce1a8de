"""Records events as the kubelet does: repeated ones are counted in one object."""

import collections
import datetime
import threading
import time

from api import ApiError

REMEMBERED = 4096


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Recorder:
    def __init__(self, client):
        self._client = client
        self._lock = threading.Lock()
        self._known = collections.OrderedDict()

    def record(self, subject, host, kind, reason, message, field=None, component="kubelet"):
        """An event on `subject`; kind is Normal or Warning, field a path such as spec.containers{app}."""
        metadata = subject["metadata"]
        path = f"/api/v1/namespaces/{metadata.get('namespace', 'default')}/events"
        key = (metadata["uid"], field, reason, message)
        moment = now()
        with self._lock:
            name, count = self._known.get(key, (None, 0))
            self._known[key] = (name or f"{metadata['name']}.{time.time_ns():x}", count + 1)
            self._known.move_to_end(key)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            fresh_name = self._known[key][0]
        try:
            if name:
                self._client.patch(f"{path}/{name}", {"count": count + 1, "lastTimestamp": moment})
                return
            source = {"component": component, "host": host} if host else {"component": component}
            reference = {
                "apiVersion": subject.get("apiVersion", "v1"), "kind": subject["kind"], "name": metadata["name"],
                "namespace": metadata.get("namespace", ""), "uid": metadata["uid"],
                "resourceVersion": metadata["resourceVersion"],
            }
            if field:
                reference["fieldPath"] = field
            self._client.create(path, {
                "apiVersion": "v1", "kind": "Event", "metadata": {"name": fresh_name}, "involvedObject": reference,
                "type": kind, "reason": reason, "message": message, "source": source, "count": 1,
                "firstTimestamp": moment, "lastTimestamp": moment,
            })
        except ApiError as error:
            # The namespace may be going away, and an event may have been removed; neither matters to a node.
            if error.status not in (403, 404, 409):
                raise
