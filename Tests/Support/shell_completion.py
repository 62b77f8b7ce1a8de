"""Types lines into a real shell with Tab at the end, as a person does, and prints what the shell then shows.

usage: shell_completion.py bash|zsh|fish PROGRAM {"line": LINE, "until": [TEXT, ...]}...

The program's folder is first on PATH, and its completion script is loaded. Tab is pressed again and again until all
texts of a line have come, half a minute at most. For each line one line of JSON is printed: what appeared after the
first Tab, without control sequences.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
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
    "fish": (
        ["fish", "--no-config", "-i"],
        f"function fish_prompt; echo -n '{READY}'; end; synthdata-infra completion fish | source",
    ),
}


def read(terminal, quiet, limit, until=()):
    """What is written until these texts have come; without any, until nothing comes for a while."""
    text, end = "", time.monotonic() + limit
    while time.monotonic() < end:
        readable, _, _ = select.select([terminal], [], [], quiet)
        if not readable:
            if not until:
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
        if until and has_all(text, until):
            break
    return CONTROL.sub("", text).replace("\r", "\n")


def has_all(text, parts):
    text = CONTROL.sub("", text)
    return all(part in text for part in parts)


def shown(shell, program, case):
    """What a shell of its own shows: what is left of one line could get in the way of the next."""
    command, setup = SHELLS[shell]
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
        os.environ["PATH"] = os.path.dirname(program) + ":" + os.environ["PATH"]
        os.environ.update(TERM="xterm", COLUMNS="300", LINES="50", PS1=READY)
        os.execvp(command[0], command)
    try:
        # Fish has a prompt of its own.
        read(terminal, 0.5, 30, until=[READY] if shell != "fish" else [])
        sum_of_both = "$((40 + 2))" if shell != "fish" else "(math 40 + 2)"
        os.write(terminal, f"{setup}; echo script-was-{sum_of_both} loaded\r".encode())
        answer = read(terminal, 0.1, 60, until=["script-was-42 loaded"])
        if "script-was-42 loaded" not in answer:
            raise SystemExit(f"the script was not loaded: {answer}")
        if READY not in answer.split("script-was-42 loaded")[1]:
            read(terminal, 0.1, 30, until=[READY])
        os.write(terminal, case["line"].encode())
        read(terminal, 0.1, 30, until=[case["line"]])
        text = ""
        for _ in range(10):
            os.write(terminal, b"\t")
            # The program behind Tab gives up after two seconds.
            text += read(terminal, 0.1, 3, until=case["until"])
            if has_all(text, case["until"]):
                break
        return text
    finally:
        os.close(terminal)
        os.kill(child, 9)
        os.waitpid(child, 0)


def main():
    signal.alarm(300)
    shell, program, cases = sys.argv[1], sys.argv[2], [json.loads(case) for case in sys.argv[3:]]
    for case in cases:
        print(json.dumps({"line": case["line"], "shown": shown(shell, program, case)}), flush=True)


main()
