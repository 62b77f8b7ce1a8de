"""Plays the metadata services of instances and containers on a loopback port, which it prints; it ends with its input.

The first segment of a path says how the service behaves.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROLES = "/latest/meta-data/iam/security-credentials/"
failures = {}


END = "2099-01-01T00:00:00Z"


def keys(name, end=END):
    return {
        "Code": "Success", "AccessKeyId": name, "SecretAccessKey": "secret", "Token": "token", "Expiration": end,
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        if not isinstance(body, str):
            body = json.dumps(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_PUT(self):
        behaviour = self.path.split("/")[1]
        if self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") != "21600" or behaviour == "bad":
            return self.answer(400, "")
        if behaviour in ("version1", "norole1"):
            return self.answer(403, "")
        if behaviour == "down":
            return self.answer(500, "")
        self.answer(200, "session")

    def do_GET(self):
        behaviour, _, path = self.path[1:].partition("/")
        path = "/" + path
        if behaviour == "container":
            return self.container(path)
        token = self.headers.get("X-aws-ec2-metadata-token")
        if token != (None if behaviour in ("version1", "norole1") else "session"):
            return self.answer(401, "")
        if path == ROLES:
            if behaviour in ("norole", "norole1"):
                return self.answer(404, "")
            return self.answer(200, "demo")
        if path != ROLES + "demo":
            return self.answer(404, "")
        if behaviour == "mistrusted":
            return self.answer(200, {"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume demo"})
        if behaviour == "html":
            return self.answer(200, "<html>")
        self.answer(200, keys(f"instance({behaviour})", "2020-01-01T00:00:00Z" if behaviour == "old" else END))

    def container(self, path):
        behaviour = path.split("/")[1].partition("?")[0]
        if behaviour == "flaky":
            failures[path] = failures.get(path, 0) + 1
            if failures[path] < 3:
                return self.answer(500, "not yet")
        if behaviour == "denied":
            return self.answer(403, "no role")
        if behaviour == "html":
            return self.answer(200, "<html>")
        if behaviour == "partial":
            return self.answer(200, {"AccessKeyId": "x"})
        self.answer(200, keys(f"container({self.headers.get('Authorization', '-')})"))

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
