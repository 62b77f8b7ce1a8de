"""A server program that a test run owns: started with a log of its own, ended by process id."""

import ctypes
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None, use_errno=True)


class ProgramFailed(Exception):
    """A program ended, or was not ready in time; the message carries the end of its log."""


class Program:
    """One program, which may be stopped and started again with the same arguments."""

    def __init__(self, name, command, log):
        self.name = name
        self.command = command
        self.log = log
        self.process = None

    @property
    def pid(self):
        return self.process.pid if self.process else None

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def died(self):
        """Whether it ended without having been told to."""
        return self.process is not None and self.process.poll() is not None

    def start(self):
        """Starts it. The kernel kills it when the calling thread, which must be the main one, ends in any way."""
        parent = os.getpid()

        def prepare():
            _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

        # Proxies of the environment are for the way out; everything here is on this machine.
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        with open(self.log, "ab") as log:
            try:
                self.process = subprocess.Popen(
                    self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                    start_new_session=True, preexec_fn=prepare)
            except OSError as error:
                raise ProgramFailed(f"{self.name}: cannot be started: {error}") from None

    def terminate(self):
        if self.running:
            self.process.terminate()

    def reap(self, seconds):
        """Waits for it to end; kills it when that takes longer."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self):
        if self.running:
            self.process.kill()
        self.reap(0)

    def failed(self, what):
        with open(self.log, "rb") as log:
            tail = log.read()[-4000:].decode(errors="replace")
        return ProgramFailed(f"{self.name}: {what}; the end of its log:\n{tail}")
