"""Plays scripts: generators that yield how many seconds of a node's life pass before they go on."""

import heapq
import itertools
import sys
import threading
import time
import traceback


def together(*scripts):
    """One script that plays several at the same time."""
    order = itertools.count()
    waiting = [(0.0, next(order), script) for script in scripts]
    now = 0.0
    while waiting:
        due, _, script = heapq.heappop(waiting)
        if due > now:
            yield due - now
            now = due
        try:
            heapq.heappush(waiting, (now + next(script), next(order), script))
        except StopIteration:
            pass


class Play:
    """A script on stage; `cut_to` replaces it by another one."""

    def __init__(self, stage, script):
        self._stage = stage
        self._lock = threading.Lock()
        self._script = script
        self._turn = 0
        stage.call(self, 0, 0)

    def cut_to(self, script):
        with self._lock:
            self._script = script
            self._turn += 1
            self._stage.call(self, self._turn, 0)

    def go_on(self, turn):
        with self._lock:
            if turn != self._turn:
                return
            try:
                delay = next(self._script)
            except StopIteration:
                return
            self._turn += 1
            self._stage.call(self, self._turn, delay)


class Stage:
    """A few threads that play all scripts, `pace` times as fast as they say."""

    def __init__(self, pace, threads=4):
        self._pace = pace
        self._order = itertools.count()
        self._calls = []
        self._changed = threading.Condition()
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True).start()

    def call(self, play, turn, delay):
        with self._changed:
            heapq.heappush(self._calls, (time.monotonic() + delay / self._pace, next(self._order), play, turn))
            self._changed.notify()

    def _next(self):
        with self._changed:
            while True:
                wait = self._calls[0][0] - time.monotonic() if self._calls else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._calls)
                self._changed.wait(wait)

    def _work(self):
        while True:
            _, _, play, turn = self._next()
            try:
                play.go_on(turn)
            except Exception:  # one pod's mishap must not stop the others; the log tells of it
                traceback.print_exc(file=sys.stderr)
