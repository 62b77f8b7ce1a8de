"""Tells the API server whose a token of EKS is, as aws-iam-authenticator does: by asking the address in it.

https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication
"""

import base64
import http.server
import json
import re
import threading
import urllib.parse
import urllib.request

PREFIX = "k8s-aws-v1."
CLUSTER = "production"
LOOPBACK = ("127.0.0.1", "localhost")


def identity(token):
    """The ARN of whoever signed the token; raises ValueError for one that is no good."""
    if not token.startswith(PREFIX):
        raise ValueError("not a token of EKS")
    encoded = token[len(PREFIX):]
    if "=" in encoded:
        raise ValueError("the token is padded")
    address = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    parts = urllib.parse.urlsplit(address)
    query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
    if parts.hostname not in LOOPBACK:
        raise ValueError("the address is not on loopback")
    if query.get("Action") != "GetCallerIdentity" or "x-k8s-aws-id" not in query.get("X-Amz-SignedHeaders", ""):
        raise ValueError("the address asks for something else, or for any cluster")
    if not 0 < int(query.get("X-Amz-Expires", 0)) <= 900 or not query.get("X-Amz-Signature"):
        raise ValueError("the address is not signed for a short time")
    request = urllib.request.Request(address, headers={"x-k8s-aws-id": CLUSTER})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return re.search(r"<Arn>(.*?)</Arn>", answer.read().decode())[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            user = {"username": identity(review["spec"]["token"]), "groups": ["system:masters"]}
            status = {"authenticated": True, "user": user}
        except Exception as error:  # noqa: BLE001
            status = {"authenticated": False, "error": str(error)}
        body = json.dumps({"apiVersion": review["apiVersion"], "kind": "TokenReview", "status": status}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def start(file):
    """Serves from a thread of this process, and writes the file by which an API server finds it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "webhook",
        "clusters": [{"name": "webhook", "cluster": {"server": f"http://127.0.0.1:{server.server_port}/"}}],
        "users": [{"name": "webhook", "user": {}}],
        "contexts": [{"name": "webhook", "context": {"cluster": "webhook", "user": "webhook"}}],
    }))
    return file
