"""A workload of one file: what a program must do so that `synthdata-infra` can run it."""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open(os.environ["SYNTHDATA_CONFIG"], encoding="utf-8") as file:
    CONFIGURATION = json.load(file)
GREETING = "{} from {}, version {}".format(
    os.environ["GREETING"], os.environ["SYNTHDATA_REPLICA"], CONFIGURATION["version"]
)
stopping = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/healthz":
            self.answer(200, "alive")
        elif self.path == "/readyz":
            self.answer(503, "stopping") if stopping.is_set() else self.answer(200, "ready")
        else:
            self.answer(200, GREETING)

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def stop(*_):
    stopping.set()
    threading.Thread(target=server.shutdown).start()


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, stop)
print(f"listening on {server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()
