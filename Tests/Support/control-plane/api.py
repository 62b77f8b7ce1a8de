"""A small client of the Kubernetes API: requests that outlive a restart of the server, and endless watches."""

import http.client
import json
import ssl
import threading
import time
import urllib.parse

import kubeconfig

JSON = "application/json"
MERGE = "application/merge-patch+json"
STRATEGIC_MERGE = "application/strategic-merge-patch+json"


class ApiError(Exception):
    """The server's refusal: HTTP status and message."""

    def __init__(self, status, body):
        try:
            message = json.loads(body).get("message", "")
        except ValueError:
            message = body.decode(errors="replace")
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Client:
    """Connections to one server with one token; a connection a thread, kept open."""

    def __init__(self, path, agent="kubelet/v1.20.2", patience=300):
        server, authority, self._token = kubeconfig.read(path)
        address = urllib.parse.urlsplit(server)
        self._host, self._port = address.hostname, address.port
        self._context = ssl.create_default_context(cafile=authority)
        self._agent = agent
        self._patience = patience
        self._local = threading.local()

    def _connect(self, timeout):
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._context)

    def _send(self, connection, method, path, body, content_type):
        headers = {"Authorization": f"Bearer {self._token}", "User-Agent": self._agent, "Accept": JSON}
        if body is not None:
            headers["Content-Type"] = content_type
            body = json.dumps(body)
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def text(self, method, path, body=None, content_type=JSON):
        """The answer's body. Tries again, for `patience` seconds, while the server cannot be reached."""
        deadline = time.monotonic() + self._patience
        while True:
            connection = getattr(self._local, "connection", None) or self._connect(30)
            try:
                response = self._send(connection, method, path, body, content_type)
                data = response.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._local.connection = None
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
                continue
            self._local.connection = connection
            if response.status in (429, 503) and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            if response.status >= 400:
                raise ApiError(response.status, data)
            return data.decode(errors="replace")

    def stream(self, path, timeout=30):
        """An answer that goes on, as a file of lines. Its connection ends when the answer is closed."""
        connection = self._connect(timeout)
        response = self._send(connection, "GET", path, None, JSON)
        if response.status >= 400:
            raise ApiError(response.status, response.read())
        return response

    def request(self, method, path, body=None, content_type=JSON):
        return json.loads(self.text(method, path, body, content_type))

    def get(self, path):
        return self.request("GET", path)

    def create(self, path, body):
        return self.request("POST", path, body)

    def create_if_absent(self, path, body):
        try:
            self.get(f"{path}/{body['metadata']['name']}")
        except ApiError as error:
            if error.status != 404:
                raise
            try:
                self.create(path, body)
            except ApiError as error:
                # A request that is sent again, its answer having been lost, finds what the first one made.
                if error.status != 409:
                    raise

    def patch(self, path, body, content_type=STRATEGIC_MERGE):
        return self.request("PATCH", path, body, content_type)

    def delete(self, path, options=None):
        return self.request("DELETE", path, options)

    def watch(self, path, query=""):
        """Yields, for ever, ("LIST", items) at first and after a gap, else (type of event, object)."""
        version = None
        while True:
            if version is None:
                listed = self.get(f"{path}?{query}")
                version = listed["metadata"]["resourceVersion"]
                yield "LIST", listed["items"]
            connection = self._connect(300)
            try:
                options = f"watch=true&allowWatchBookmarks=true&timeoutSeconds=240&resourceVersion={version}"
                response = self._send(connection, "GET", f"{path}?{options}&{query}", None, JSON)
                if response.status != 200:
                    version = None if response.status == 410 else version
                    time.sleep(0.1)
                    continue
                for line in response:
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        version = None
                        break
                    version = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] != "BOOKMARK":
                        yield event["type"], event["object"]
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.1)
            finally:
                connection.close()
