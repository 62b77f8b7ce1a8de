"""What the played HTTP servers have in common."""

import http.server
import json


class Responder(http.server.BaseHTTPRequestHandler):
    """Serves one connection that came through the tunnel."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection, context):
        self.context = context
        super().__init__(connection, ("api-server", 0), None)

    def answer(self, status, text, content_type="text/plain; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, value):
        self.answer(200, json.dumps(value), "application/json")

    def log_message(self, *arguments):
        """Quiet: the API server has a log of its own."""
