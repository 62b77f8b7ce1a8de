"""The program in a played pod, as its port shows it: metrics that grow, and health."""

import http.server
import time

RECORDS_PER_SECOND = "played.example/records-per-second"
DEFAULT_RATE = 100

_METRICS = """\
# HELP synthdata_records_generated_total Total number of synthetic records generated
# TYPE synthdata_records_generated_total counter
synthdata_records_generated_total{{data_type="tabular"}} {records}
# HELP process_resident_memory_bytes Resident memory size in bytes
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 134217728
"""


class WorkloadHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, request, server, pod):
        self._pod = pod
        super().__init__(request, ("api-server", 0), server)

    def do_GET(self):
        run = next((each.run for each in self._pod.regular if each.running and each.run), None)
        if self.path.partition("?")[0] == "/metrics" and run:
            annotations = self._pod.manifest["metadata"].get("annotations", {})
            rate = float(annotations.get(RECORDS_PER_SECOND, DEFAULT_RATE))
            self._answer(200, _METRICS.format(records=int((time.time() - run.started) * rate)))
        elif self.path in ("/healthz", "/health", "/ready", "/livez", "/readyz"):
            healthy = all(each.ready for each in self._pod.regular)
            self._answer(200 if healthy else 503, "ok\n" if healthy else "model store unreachable\n")
        else:
            self._answer(404, "not found\n")

    def _answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Quiet: the API server has a log of its own."""
