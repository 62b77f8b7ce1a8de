"""The kubelet's own API, as far as the API server asks it: the logs of containers."""

import time
import urllib.parse

import logs
from responder import Responder


class LogsRefused(Exception):
    """There is no log to show, in the kubelet's words (kubelet_pods.go, validateContainerLogStatus)."""


def find_run(pod, container, previous):
    """The run whose log is meant."""
    last = container.last.get("terminated", {}).get("containerID")
    if previous:
        if not last:
            raise LogsRefused(f'previous terminated container "{container.name}" in pod "{pod.name}" not found')
        identifier = last
    elif container.running or container.terminated:
        identifier = container.id
    elif last:
        identifier = last
    else:
        reason = container.state["waiting"]["reason"]
        words = {"ErrImagePull": "image can't be pulled",
                 "ImagePullBackOff": "trying and failing to pull image"}.get(reason, reason)
        raise LogsRefused(f'container "{container.name}" in pod "{pod.name}" is waiting to start: {words}')
    return container.runs.get(identifier)


class KubeletHandler(Responder):
    """Serves all pods, whichever node is asked."""

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = {name: values[-1] for name, values in urllib.parse.parse_qs(address.query).items()}
        parts = address.path.strip("/").split("/")
        if parts == ["healthz"]:
            self.answer(200, "ok")
        elif parts[0] == "containerLogs" and len(parts) == 4:
            self._logs(*parts[1:], query)
        else:
            self.answer(404, "404 page not found\n")

    def _logs(self, namespace, name, container_name, query):
        pod = self.context.named(namespace, name)
        if pod is None:
            return self.answer(404, f'pod "{name}" does not exist')
        container = pod.container(container_name)
        if container is None:
            return self.answer(404, f'container "{container_name}" not found in pod "{name}"')
        try:
            run = find_run(pod, container, query.get("previous") == "true")
        except LogsRefused as refusal:
            return self.answer(400, str(refusal))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        # Its end is the connection's end: a followed log has no length.
        self.send_header("Connection", "close")
        self.end_headers()
        if run:
            self._send(run, query)
        self.close_connection = True

    def _send(self, run, query):
        now = time.time()
        lines = list(run.written(now))
        following = len(lines)
        if "sinceSeconds" in query:
            lines = [line for line in lines if line[0] >= now - int(query["sinceSeconds"])]
        if "sinceTime" in query:
            lines = [line for line in lines if logs.timestamp(line[0]) >= query["sinceTime"]]
        if "tailLines" in query:
            lines = lines[len(lines) - min(len(lines), int(query["tailLines"])):]
        stamped = query.get("timestamps") == "true"
        limit = int(query.get("limitBytes", 0)) or None
        data = b"".join(_encode(line, stamped) for line in lines)
        self.wfile.write(data[:limit])
        while query.get("follow") == "true" and not run.ended(following):
            line = run.line(following)
            wait = line[0] - time.time()
            # In short steps: the container may end before that line.
            if wait > 0:
                time.sleep(min(wait, logs.INTERVAL))
                continue
            self.wfile.write(_encode(line, stamped))
            following += 1


def _encode(line, stamped):
    written, text = line
    return (f"{logs.timestamp(written)} {text}\n" if stamped else f"{text}\n").encode()
