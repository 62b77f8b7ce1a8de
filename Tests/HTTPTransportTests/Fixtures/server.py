"""The other side of the transport's tests: HTTP/1.1 on 127.0.0.1, with faults on request. Prints its port.

server.py http [CERTIFICATE KEY [CLIENT_CA]]   answers by path, see Handler; with a certificate, over TLS
server.py proxy [USER:PASSWORD]                a CONNECT proxy that also forwards absolute-form requests
server.py socks                                a SOCKS5 proxy that resolves names
server.py mute                                 takes connections and says nothing
server.py reset|close                          takes connections and ends them after the first bytes

Ends when its standard input does: with the tests, whatever becomes of them.
"""

import base64
import os
import socket
import ssl
import struct
import sys
import threading
import time

lock = threading.Lock()
counts = {}
sent = {}
seen = {}


def count(name, by=1):
    with lock:
        counts[name] = counts.get(name, 0) + by
        return counts[name]


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.reader = sock.makefile("rb")
        self.number = count("connections")
        self.requests = 0

    def serve(self):
        try:
            while self.once():
                pass
        except (OSError, ssl.SSLError, ValueError):
            pass
        finally:
            count("closed")
            for close in (self.reader.close, self.sock.close):
                try:
                    close()
                except OSError:
                    pass

    def once(self):
        line = self.reader.readline().decode().split()
        if not line:
            return False
        method, target = line[0], line[1]
        headers = []
        while (field := self.reader.readline().decode("latin-1").rstrip("\r\n")) != "":
            headers.append(field)
        length = 0
        for field in headers:
            name, _, value = field.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        body = self.reader.read(length)
        self.requests += 1
        path, _, query = target.partition("?")
        count("requests:" + path)
        handler = getattr(self, "get_" + path.strip("/").split("/")[0].replace("-", "_"), None)
        if handler is None:
            return self.reply(404, b"no such path")
        return handler(method, target, query, headers, body)

    def reply(self, status, body, fields=(), method="GET"):
        head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *fields]
        data = "\r\n".join(head).encode() + b"\r\n\r\n"
        self.sock.sendall(data if method == "HEAD" else data + body)
        return True

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def get_echo(self, method, target, query, headers, body):
        text = "\n".join([f"{method} {target}", *headers, "", ""]).encode() + body
        return self.reply(200, text, ["X-Two: a", "x-two:  b ", "X-Empty:"], method)

    def get_status(self, method, target, query, headers, body):
        status, *fields = query.split(",")
        return self.reply(int(status), b"body", [field.replace("=", ": ").replace("_", " ") for field in fields])

    def get_slow(self, method, target, query, headers, body):
        time.sleep(float(query))
        return self.reply(200, b"slow")

    def get_meet(self, method, target, query, headers, body):
        """Answers when so many have come, and closes the connection."""
        count("met")
        for _ in range(200):
            if counts["met"] >= int(query):
                break
            time.sleep(0.05)
        met = counts["met"] >= int(query)
        self.reply(200 if met else 503, b"met", ["Connection: close"])
        return False

    def get_silent(self, method, target, query, headers, body):
        time.sleep(30)
        return False

    def get_chunks(self, method, target, query, headers, body):
        number, pause = query.split(",")
        self.sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for index in range(int(number)):
            data = f"chunk {index}\n".encode()
            self.sock.sendall(b"%x\r\n%s\r\n" % (len(data), data))
            time.sleep(float(pause))
        self.sock.sendall(b"0\r\n\r\n")
        return True

    def get_flood(self, method, target, query, headers, body):
        """Sends so many MiB and counts what the other side took."""
        self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (int(query) << 20))
        piece = b"x" * 65536
        for _ in range(int(query) << 4):
            self.sock.sendall(piece)
            count("flooded", len(piece))
        return True

    def get_reset(self, method, target, query, headers, body):
        return self.reset()

    def get_reset_amid(self, method, target, query, headers, body):
        self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
        time.sleep(0.1)
        return self.reset()

    def get_close_amid(self, method, target, query, headers, body):
        self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
        return False

    def get_close_when_reused(self, method, target, query, headers, body):
        return self.reply(200, b"first") if self.requests == 1 else False

    def get_rubbish(self, method, target, query, headers, body):
        self.sock.sendall(b"SSH-2.0-rubbish\r\n\r\n")
        return False

    def get_interim(self, method, target, query, headers, body):
        self.sock.sendall(b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n")
        return self.reply(200, b"final", ["X-Final: yes"])

    def get_secret(self, method, target, query, headers, body):
        if [field for field in headers if field.lower().startswith("authorization")] == [f"authorization: Bearer {query}"]:
            return self.reply(200, b"welcome")
        return self.reply(401, b"who are you")

    def get_busy(self, method, target, query, headers, body):
        """Turns the first ones away."""
        return self.reply(429 if count("busy") <= int(query) else 200, b"x", ["Retry-After: 0"])

    def get_counts(self, method, target, query, headers, body):
        return self.reply(200, "\n".join(f"{name} {value}" for name, value in counts.items()).encode())


def pipe(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def tunnel(sock, host, port, first=b""):
    # Every name is this machine: what a proxy reaches is not the client's business.
    other = socket.create_connection(("127.0.0.1", port))
    other.sendall(first)
    threading.Thread(target=pipe, args=(other, sock), daemon=True).start()
    pipe(sock, other)


def proxy(sock, credentials):
    reader = sock.makefile("rb", buffering=0)
    line = reader.readline().decode().split()
    headers = []
    while (field := reader.readline().decode().rstrip("\r\n")) != "":
        headers.append(field)
    wanted = credentials and "Proxy-Authorization: Basic " + base64.b64encode(credentials.encode()).decode()
    if wanted and wanted not in headers:
        sock.sendall(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        sock.close()
        return
    if line[0] == "CONNECT":
        host, _, port = line[1].rpartition(":")
        sock.sendall(b"HTTP/1.1 200 OK\r\nX-Proxy: yes\r\n\r\n")
        tunnel(sock, host, int(port))
    else:
        authority, _, path = line[1].removeprefix("http://").partition("/")
        host, _, port = authority.rpartition(":")
        kept = [field for field in headers if not field.startswith("Proxy-")]
        head = "\r\n".join([f"{line[0]} /{path} HTTP/1.1", "Via: 1.1 tests", *kept]) + "\r\n\r\n"
        tunnel(sock, host, int(port), head.encode())


def socks(sock, _):
    _, methods = sock.recv(2)
    sock.recv(methods)
    sock.sendall(b"\x05\x00")
    _, _, _, kind = sock.recv(4)
    host = sock.recv(sock.recv(1)[0]) if kind == 3 else sock.recv(4)
    port = struct.unpack("!H", sock.recv(2))[0]
    assert kind == 3, "the name was not resolved here"
    sock.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
    tunnel(sock, host, port)


def end(sock, isReset):
    sock.recv(65536)
    if isReset:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def secure(sock, context):
    sock = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
    try:
        sock.do_handshake()
    except ssl.SSLError:
        # Closing with bytes unread would reset the connection, and the alert would not arrive.
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(5)
        while sock.recv(4096):
            pass
        raise
    return sock


def main():
    mode, *arguments = sys.argv[1:]
    context = None
    if mode == "http" and arguments:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments[0], arguments[1])
        if len(arguments) > 2:
            context.load_verify_locations(arguments[2])
            context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def handle(sock):
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if mode == "http":
                Connection(secure(sock, context) if context else sock).serve()
            elif mode in ("reset", "close"):
                end(sock, mode == "reset")
            else:
                {"proxy": proxy, "socks": socks}[mode](sock, arguments[0] if arguments else None)
        except (OSError, ssl.SSLError, ValueError, IndexError):
            sock.close()

    def accept():
        while True:
            threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()

    if mode != "mute":
        threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()
    os._exit(0)


main()
