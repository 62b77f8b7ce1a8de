"""What a played container writes: a pure function of its scenario and of how long it has run."""

import datetime

INTERVAL = 0.1
_OPENING = (
    "INFO synthdata generator starting",
    "INFO configuration loaded from /etc/synthdata/config.yaml",
    "INFO listening on :8080",
)
_ENDINGS = {
    "crash": (
        "ERROR generator stopped",
        "Traceback (most recent call last):",
        '  File "/app/generator.py", line 42, in <module>',
        "    main()",
        '  File "/app/generator.py", line 31, in main',
        '    schema = load_schema(os.environ["SCHEMA_URI"])',
        '  File "/usr/local/lib/python3.11/os.py", line 679, in __getitem__',
        "    raise KeyError(key) from None",
        "KeyError: 'SCHEMA_URI'",
    ),
    "oom": ("INFO loading model weights: 7.9 GiB",),
    "liveness": ("WARNING worker 3 has not answered for 30 s", "INFO SIGTERM received"),
    "complete": ("INFO done",),
}


class Run:
    """One run of a container; times are seconds since the epoch."""

    def __init__(self, kind, started):
        self.kind = kind
        self.started = started
        self.finished = None

    def line(self, number):
        """Line `number`, from 0, with its time; None when it is not written yet, or never."""
        if self.finished is not None:
            ending = _ENDINGS.get(self.kind, ("INFO SIGTERM received, stopping",))
            index = number - len(_OPENING) - int((self.finished - self.started) / INTERVAL)
            if index >= 0:
                return (self.finished, ending[index]) if index < len(ending) else None
        if number < len(_OPENING):
            return self.started, _OPENING[number]
        done = number - len(_OPENING) + 1
        written = self.started + done * INTERVAL
        if self.kind == "unready":
            return written, f"WARNING readiness: model store unreachable, attempt {done}"
        return written, f"INFO generated {done * 10} records"

    def ended(self, number):
        """Whether there will never be a line `number`."""
        return self.finished is not None and self.line(number) is None

    def written(self, now):
        """The lines until `now`, oldest first."""
        number = 0
        while True:
            line = self.line(number)
            if line is None or line[0] > now:
                return
            yield line
            number += 1


def timestamp(seconds):
    """RFC 3339 with nanoseconds, as the kubelet prefixes lines with."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
