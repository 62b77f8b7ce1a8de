"""Runs a program on a terminal of its own, and tells as JSON what a person sees of it.

usage: terminal_screen.py COLUMNS ROWS [--answer QUESTION KEYS] [--mark TEXT FILE] [--until TEXT] PROGRAM [ARGUMENT...]

The answer has the exit `code`; `screen`, the lines at the end, with those that scrolled away; and `frames`, the lines
each time before something of them is erased, and at the end. Of the control sequences of ECMA-48 it knows those that
move up and to the first line, and erase below and to the right; colours are left out, and any other one is an error.
Keys are typed once the cursor stands behind the question, that is, on a line that ends with it. The file of `--mark` is
made once the screen shows its text, and the program is interrupted once the screen shows that of `--until`. It ends
after two minutes, as a failure: the program may wait for an answer to what nobody expected.
"""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import sys
import termios

SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


class Screen:
    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.row = 0
        self.column = 0
        self.frames = []

    def shows(self, text):
        return any(text in line for line in self.lines)

    def keep(self):
        self.frames.append(list(self.lines))

    def feed(self, text):
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = SEQUENCE.match(text, at)
                if not match:
                    return text[at:]
                self.control(match.group(1), match.group(2))
                at = match.end()
                continue
            self.write(text[at])
            at += 1
        return ""

    def control(self, argument, letter):
        if letter == "A":
            self.row = max(0, self.row - int(argument or 1))
        elif letter == "H" and argument == "":
            self.row = self.column = 0
        elif letter == "K" and argument in ("", "0"):
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif letter == "J" and argument in ("", "0"):
            self.keep()
            del self.lines[self.row + 1 :]
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif letter != "m":
            raise SystemExit(f"unknown control sequence: CSI {argument}{letter}")

    def write(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            self.column = 0
        else:
            if self.column == self.columns:
                self.row += 1
                self.column = 0
            while len(self.lines) <= self.row:
                self.lines.append("")
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1
        while len(self.lines) <= self.row:
            self.lines.append("")


def main():
    signal.alarm(120)
    arguments = sys.argv[1:]
    columns, rows = int(arguments[0]), int(arguments[1])
    arguments = arguments[2:]
    question = keys = first = mark = last = None
    if arguments[0] == "--answer":
        _, question, keys, *arguments = arguments
    if arguments[0] == "--mark":
        _, first, mark, *arguments = arguments
    if arguments[0] == "--until":
        _, last, *arguments = arguments
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execvp(arguments[0], arguments)
    screen, rest, raw = Screen(columns), "", b""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        raw += data
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            continue
        raw = b""
        rest = screen.feed(rest + text)
        if keys is not None and screen.lines[screen.row].endswith(question):
            os.write(terminal, keys.encode())
            keys = None
        if first is not None and screen.shows(first):
            open(mark, "x", encoding="utf-8").close()
            first = None
        if last is not None and screen.shows(last):
            os.kill(child, signal.SIGINT)
            last = None
    screen.keep()
    _, status = os.waitpid(child, 0)
    json.dump({"code": os.waitstatus_to_exitcode(status), "screen": screen.lines, "frames": screen.frames}, sys.stdout)


main()
