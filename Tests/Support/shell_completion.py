"""Types lines into a real shell with Tab at the end, as a person does, and prints what the shell then shows.

usage: shell_completion.py bash|zsh|fish PROGRAM LINE...

The program's folder is first on PATH, and its completion script is loaded. For each line one line of JSON is printed:
what appeared after Tab, without control sequences.
"""

import json
import os
import pty
import re
import select
import sys
import time

CONTROL = re.compile(r"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78cM]|P[^\x1b]*\x1b\\)")
READY = "ready-for-input> "
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(synthdata-infra completion bash)"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "autoload -U compinit && compinit -u -D && source <(synthdata-infra completion zsh)"
        " && compdef _synthdata-infra synthdata-infra",
    ),
    "fish": (["fish", "--no-config", "-i"], "synthdata-infra completion fish | source"),
}


def read(terminal, quiet, limit, until=None):
    """What is written until nothing comes for a while, or until a text comes."""
    text, end = "", time.monotonic() + limit
    while time.monotonic() < end:
        readable, _, _ = select.select([terminal], [], [], quiet)
        if not readable:
            if until is None:
                break
            continue
        try:
            data = os.read(terminal, 65536).decode(errors="replace")
        except OSError:
            break
        # Fish asks the terminal who it is and where the cursor stands, and waits for the answers.
        if "\x1b[c" in data or "\x1b[0c" in data:
            os.write(terminal, b"\x1b[?1;2c")
        if "\x1b[6n" in data:
            os.write(terminal, b"\x1b[1;1R")
        text += data
        if until and until in CONTROL.sub("", text):
            break
    return CONTROL.sub("", text).replace("\r", "\n")


def main():
    shell, program, lines = sys.argv[1], sys.argv[2], sys.argv[3:]
    command, setup = SHELLS[shell]
    child, terminal = pty.fork()
    if child == 0:
        os.environ["PATH"] = os.path.dirname(program) + ":" + os.environ["PATH"]
        os.environ.update(TERM="xterm", COLUMNS="300", LINES="50", PS1=READY)
        os.execvp(command[0], command)
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
    read(terminal, 0.5, 10)
    os.write(terminal, (setup + "; echo script-was-$((40 + 2)) loaded\r" if shell != "fish" else
                        setup + "; echo script-was-(math 40 + 2) loaded\r").encode())
    answer = read(terminal, 1, 60, until="script-was-42 loaded")
    if "script-was-42 loaded" not in answer:
        raise SystemExit(f"the script was not loaded: {answer}")
    read(terminal, 0.5, 5)
    for line in lines:
        os.write(terminal, line.encode())
        read(terminal, 0.4, 5)
        os.write(terminal, b"\t")
        shown = read(terminal, 2.5, 20)
        os.write(terminal, b"\t")
        shown += read(terminal, 2.5, 20)
        print(json.dumps({"line": line, "shown": shown}), flush=True)
        # Leaves the line, and any menu.
        os.write(terminal, b"\x03")
        read(terminal, 0.3, 5)
    os.close(terminal)
    os.kill(child, 9)
    os.waitpid(child, 0)


main()
