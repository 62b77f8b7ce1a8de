"""The program in a played pod, as its port shows it: metrics that grow, and health."""

import time

from responder import Responder

RECORDS_PER_SECOND = "played.example/records-per-second"
DEFAULT_RATE = 100
# The shares of CPU, memory and GPU in use: "0.25 0.5 0.75". Without it the program tells none.
USAGE = "played.example/usage"

_METRICS = """\
# HELP synthdata_records_generated_total Total number of synthetic records generated
# TYPE synthdata_records_generated_total counter
synthdata_records_generated_total{{data_type="tabular"}} {records}
# HELP process_resident_memory_bytes Resident memory size in bytes
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 134217728
"""


_USAGE = """\
# HELP synthdata_{resource}_usage Share of the available {resource} in use (0-1)
# TYPE synthdata_{resource}_usage gauge
synthdata_{resource}_usage{{data_type="tabular"}} {share}
"""


class WorkloadHandler(Responder):
    """Serves the pod that it is given as its context."""
    def do_GET(self):
        run = next((each.run for each in self.context.regular if each.running and each.run), None)
        if self.path.partition("?")[0] == "/metrics" and run:
            annotations = self.context.manifest["metadata"].get("annotations", {})
            rate = float(annotations.get(RECORDS_PER_SECOND, DEFAULT_RATE))
            text = _METRICS.format(records=int((time.time() - run.started) * rate))
            for resource, share in zip(("cpu", "memory", "gpu"), annotations.get(USAGE, "").split()):
                text += _USAGE.format(resource=resource, share=share)
            self.answer(200, text)
        elif self.path in ("/healthz", "/health", "/ready", "/livez", "/readyz"):
            healthy = all(each.ready for each in self.context.regular)
            self.answer(200 if healthy else 503, "ok\n" if healthy else "model store unreachable\n")
        else:
            self.answer(404, "not found\n")
