"""Runs a program and writes JSON about it to an open descriptor: wall time, peak memory and status.

usage: measured.py DESCRIPTOR PROGRAM [ARGUMENT...]

A program starts with the peak of whatever executes it (Linux keeps it across execve), and a child of posix_spawn, too,
begins in its parent's memory. This process has next to none.
"""

import json
import os
import sys
import time

descriptor, *command = int(sys.argv[1]), *sys.argv[2:]
os.set_inheritable(descriptor, False)
started = time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(pid, 0)
seconds = time.monotonic() - started
os.write(descriptor, json.dumps({"seconds": seconds, "kilobytes": usage.ru_maxrss, "status": status}).encode())
