#!/usr/bin/env python3
"""A reverse proxy before an API server that breaks on purpose, and the same way every time.

    fault_proxy.py --upstream https://127.0.0.1:6443 --authority ca.crt [--certificate proxy.crt --key proxy.key]

Listens on loopback, over TLS where it has a certificate, else plain, with HTTP/1.1. Prints one JSON line, `{"port": N}`,
and ends when its standard input does. Commands are JSON lines there, each answered by one line:

    {"rules": [RULE, ...]}    what to do to which requests, in place of all rules before; the first that applies counts.
                              A request that is still held by the rules before is dropped
    {"schedule": {"seed": 1, "rate": 0.2, "kinds": ["reset", "status:503", ...]}}
                              on requests that no rule takes: chosen by seed, method, path and how often that was asked,
                              so that neither the order in which concurrent requests arrive matters nor the name of
                              the namespace, which each run has of its own; null ends it.
                              Optional: "writes" and "watches", kinds for those requests alone, and "headers"
    {"expiry": {"requests": 9, "token": TOKEN, "file": PATH}}
                              the file holds a token that the API server does not know and TOKEN stands for; after so
                              many requests the file gets another one, and the old one is answered 401; null ends it
    {"held": SECONDS}         waits until a request is held; answers {"held": true}, or false when the time is over
    {"release": "pass"}       hands the held request on, and answers when the API server has; "drop" resets it
    {"report": true}          answers {"requests": [{"method", "path", "query", "authorization", "fault"}, ...]}
    {"forget": true}          empties the report, and counts anew how often something was asked

A RULE is {"fault": KIND} with, all optional: "method", "path" (a regular expression that is found in path?query),
"skip" (so many that it would apply to go unharmed first), "times" (applied so often at most), "headers" (of a status),
"bytes" (of a body, before a cut), "seconds" (of slow). A KIND is

    reset           the connection is reset before the API server hears of the request
    lost            the API server answers, and the connection is reset instead of handing that on
    status:CODE     answered with a Status object, without asking the API server
    cut             the head and "bytes" of the body arrive, then the connection is reset
    cut-clean       the same, and the body ends as if it were whole
    slow            the body arrives in 8 pieces, over "seconds" altogether; of a watch, each piece as late as these
    page            answered 200 with an HTML page, as captive portals do
    hold            nothing happens until the command "release"
"""

import argparse
import collections
import http.client
import http.server
import json
import os
import queue
import random
import re
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired",
           429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout"}
NAMESPACE = re.compile(r"/namespaces/[^/]+")
NOT_HANDED_ON = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class Faults:
    """Decides what becomes of each request, and remembers it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []
        self.schedule = None
        self.expiry = None
        self.asked = collections.Counter()
        self.requests = []
        self.held = queue.Queue()
        self.decision = queue.Queue()
        self.handed_on = queue.Queue()

    def choose(self, method, target, authorization):
        path, _, query = target.partition("?")
        place = NAMESPACE.sub("/namespaces/NS", path)
        with self.lock:
            self.asked[method, place] += 1
            rule = self._by_rule(method, target) or self._by_schedule(method, place, query)
            self.requests.append({"method": method, "path": path, "query": query, "authorization": authorization,
                                  "fault": rule and rule["fault"]})
            return rule

    def _by_rule(self, method, target):
        for rule in self.rules:
            if rule.get("method", method) != method or not re.search(rule.get("path", ""), target):
                continue
            rule["seen"] = rule.get("seen", 0) + 1
            past = rule["seen"] - rule.get("skip", 0)
            if 0 < past <= rule.get("times", past):
                return rule
        return None

    def _by_schedule(self, method, place, query):
        if not self.schedule:
            return None
        dice = random.Random(f"{self.schedule['seed']} {method} {place} {self.asked[method, place]}")
        if dice.random() >= self.schedule["rate"]:
            return None
        kinds = list(self.schedule["kinds"])
        if method != "GET":
            kinds += self.schedule.get("writes") or []
        if "watch=true" in query:
            kinds += self.schedule.get("watches") or []
        return {"fault": dice.choice(kinds), "headers": self.schedule.get("headers") or {}}

    def authorized(self, authorization):
        """What the API server is to be told, or None where the token has expired."""
        with self.lock:
            if not self.expiry:
                return authorization
            if self.expiry["left"] == 0:
                self._renew_token()
            if authorization != f"Bearer {self.expiry['current']}":
                return None
            self.expiry["left"] -= 1
            return f"Bearer {self.expiry['token']}"

    def _renew_token(self):
        self.expiry["number"] = self.expiry.get("number", 0) + 1
        self.expiry["current"] = f"passing-{self.expiry['number']}"
        self.expiry["left"] = self.expiry["requests"]
        path = self.expiry["file"]
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            file.write(self.expiry["current"])
        os.replace(f"{path}.new", path)

    def is_released(self):
        """Holds a request; afterwards, whether it is to be handed on."""
        self.held.put(True)
        return self.decision.get() == "pass"

    def _drop_held(self):
        while not self.held.empty():
            self.held.get()
            self.decision.put("drop")
            self.handed_on.get(timeout=60)

    def obey(self, command):
        (verb, value), = command.items()
        if verb == "held":
            try:
                return {"held": self.held.get(timeout=value)}
            except queue.Empty:
                return {"held": False}
        if verb == "release":
            self.decision.put(value)
            self.handed_on.get(timeout=60)
            return {"release": value}
        with self.lock:
            if verb == "rules":
                self.rules = value
                self._drop_held()
            elif verb == "schedule":
                self.schedule = value
            elif verb == "expiry":
                self.expiry = value
                if value:
                    self._renew_token()
            elif verb == "report":
                return {"requests": self.requests}
            elif verb == "forget":
                self.requests, self.asked = [], collections.Counter()
            else:
                raise ValueError(f"unknown command {verb}")
            return {verb: True}


class Reset(Exception):
    """The connection is to be reset."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.upstream = None

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except Reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # Beneath TLS: closing it would say goodbye first.
            socket.socket(fileno=self.connection.detach()).close()
            self.close_connection = True
        except (OSError, http.client.HTTPException):
            self.close_connection = True

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        faults = self.server.faults
        rule = faults.choose(self.command, self.path, self.headers.get("Authorization")) or {}
        kind, _, code = rule.get("fault", "").partition(":")
        if kind == "hold":
            return self.hold(body)
        if kind == "reset":
            raise Reset
        if kind == "status":
            return self.refuse(int(code), rule.get("headers", {}))
        if kind == "page":
            return self.whole(200, {"Content-Type": "text/html"}, b"<html><body>Please sign in</body></html>")
        authorization = faults.authorized(self.headers.get("Authorization"))
        if authorization is None and self.headers.get("Authorization"):
            return self.refuse(401, {})
        try:
            response = self.ask(body, authorization)
        except OSError:
            raise Reset from None
        if kind == "lost":
            response.read()
            raise Reset
        self.hand_on(response, kind, rule)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def refuse(self, code, headers):
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
                  "reason": REASONS.get(code, ""), "message": f"the fault proxy answers {code}"}
        self.whole(code, {"Content-Type": "application/json", **headers}, json.dumps(status).encode())

    def whole(self, code, headers, body):
        self.send_response_only(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hold(self, body):
        faults = self.server.faults
        try:
            if not faults.is_released():
                raise Reset
            response = self.ask(body, self.headers.get("Authorization"))
        finally:
            faults.handed_on.put(True)
        self.hand_on(response, "", {})

    def ask(self, body, authorization):
        upstream = self.server.connect()
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "authorization"):
                upstream.putheader(name, value)
        if authorization:
            upstream.putheader("Authorization", authorization)
        upstream.endheaders(body or None)
        self.upstream = upstream
        return upstream.getresponse()

    def hand_on(self, response, kind, rule):
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in NOT_HANDED_ON:
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        left = rule.get("bytes", 100) if kind.startswith("cut") else None
        pieces = iter(lambda: response.read1(65536), b"")
        pause = rule.get("seconds", 1) / 8
        if kind == "slow" and "watch=true" not in self.path:
            whole = response.read()
            size = max(1, -(-len(whole) // 8))
            pieces = (whole[start:start + size] for start in range(0, len(whole), size))
        for piece in pieces:
            if kind == "slow":
                time.sleep(pause)
            if left is not None:
                piece, left = piece[:left], left - len(piece)
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if left is not None and left <= 0:
                break
        self.upstream.close()
        if kind == "cut":
            # What was written is to arrive; a reset would overtake it.
            time.sleep(0.05)
            raise Reset
        self.wfile.write(b"0\r\n\r\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults = Faults()
        self.target = urllib.parse.urlsplit(options.upstream)
        self.trust = ssl.create_default_context(cafile=options.authority) if self.target.scheme == "https" else None
        if options.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.certificate, options.key)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def connect(self):
        place = self.target.hostname, self.target.port
        if self.trust:
            return http.client.HTTPSConnection(*place, context=self.trust)
        return http.client.HTTPConnection(*place)

    def handle_error(self, request, client_address):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--authority")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    server = Server(parser.parse_args())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    for line in sys.stdin:
        try:
            answer = server.faults.obey(json.loads(line))
        except (ValueError, KeyError, AttributeError, TypeError, queue.Empty) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    os._exit(0)


main()
