"""A small workload whose behaviour the tests choose by environment variables."""
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STARTED = time.monotonic()
TAG = os.environ.get("TAG", "none")
STREAM_ON = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_GET(self):
        self.answered = getattr(self, "answered", 0) + 1
        if os.environ.get("DROP_SECOND") and self.answered == 2:
            # As a server does that closes an idle connection just when it is used again.
            self.close_connection = True
            return None
        path, _, query = self.path.partition("?")
        if path == "/readyz":
            if os.environ.get("NEVER_READY"):
                return self.reply(503, "warming up for ever\n")
            if os.path.exists(os.path.join(os.environ["SYNTHDATA_DATA_DIR"], "unready")):
                return self.reply(503, "told not to be ready\n")
            return self.reply(200, "ok\n")
        if path == "/healthz":
            stuck = os.path.join(os.environ["SYNTHDATA_DATA_DIR"], "stuck")
            return self.reply(500 if os.path.exists(stuck) else 200, "ok\n")
        if path == "/metrics":
            records = (time.monotonic() - STARTED) * 100
            return self.reply(200, 'made_total{kind="a"} %f\nmade_total{kind="b}"} %f\nmade_total_created 5\n' % (records, records))
        if path == "/slow":
            time.sleep(float(query or "0.5"))
            return self.reply(200, TAG)
        if path == "/stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number in range(3):
                event = b"data: %d\n\n" % number
                self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
                self.wfile.flush()
                STREAM_ON.wait(60)
            self.wfile.write(b"0\r\n\r\n")
            return None
        if path == "/stream-on":
            STREAM_ON.set()
            return self.reply(200, "ok\n")
        if path == "/big":
            return self.reply(200, b"x" * int(query))
        if path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
            return None
        if path == "/drop":
            self.close_connection = True
            return None
        if path == "/headers":
            return self.reply(200, json.dumps({k.lower(): v for k, v in self.headers.items()}))
        if path == "/environment":
            return self.reply(200, json.dumps(dict(os.environ)))
        if path == "/configuration":
            with open(os.environ["SYNTHDATA_CONFIG"], encoding="utf-8") as file:
                return self.reply(200, file.read())
        return self.reply(200, json.dumps({"tag": TAG, "pid": os.getpid(), "replica": os.environ["SYNTHDATA_REPLICA"]}))

    do_HEAD = do_GET

    def do_POST(self):
        self.answered = getattr(self, "answered", 0) + 1
        if self.headers.get("Transfer-Encoding") == "chunked":
            total = 0
            while True:
                size = int(self.rfile.readline(), 16)
                self.rfile.read(size)
                self.rfile.readline()
                total += size
                if size == 0:
                    break
            return self.reply(200, str(total))
        length = int(self.headers.get("Content-Length", "0"))
        total = 0
        while total < length:
            part = self.rfile.read(min(65536, length - total))
            if not part:
                break
            total += len(part)
        return self.reply(200, str(total))

    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if os.environ.get("IGNORE_TERM"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
for line in range(int(os.environ.get("LINES", "0"))):
    print("line %d of %s" % (line, TAG), flush=True)
if os.environ.get("EXIT_AT_START"):
    print("the model file is missing", file=sys.stderr, flush=True)
    sys.exit(int(os.environ["EXIT_AT_START"]))
if os.environ.get("CHILD"):
    import subprocess
    subprocess.Popen(["sleep", "300"])
print("%s listens" % TAG, flush=True)
time.sleep(float(os.environ.get("START_DELAY", "0")))
if os.environ.get("CRASH_AFTER"):
    threading.Timer(float(os.environ["CRASH_AFTER"]), lambda: os._exit(7)).start()
# Never outlives its test by much.
threading.Timer(600, lambda: os._exit(9)).start()
Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
