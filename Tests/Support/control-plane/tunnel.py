"""What is behind the API server's egress: kubelets of the nodes, services, programs in pods, on one Unix socket.

The API server sends `CONNECT address:port` for each connection (apiserver.k8s.io EgressSelectorConfiguration,
HTTPConnect), and then speaks as if to the address itself.
"""

import os
import socketserver
import ssl
import threading

import services
from kubelet_api import KubeletHandler
from node import KUBELET_PORT
from workload import WorkloadHandler

# The longest name that a Unix socket can have, less the ending while it is made.
LONGEST_PATH = 107 - len(".new")


def _read_head(connection):
    """The request's head. Byte by byte: what follows it belongs to somebody else."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return None
        head += byte
    return head.decode("ascii", "replace")


class Tunnel(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path, certificate, key, pods):
        self._pods = pods
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        # It appears under its name only when it answers.
        super().__init__(f"{path}.new", None)
        os.rename(f"{path}.new", path)

    def serve_in_background(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        head = _read_head(request)
        if not head:
            return
        host, _, port = head.split()[1].rpartition(":")
        handler, context, secure = self._find(host, int(port))
        if handler is None:
            request.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if not secure:
            handler(request, context)
            return
        with self._tls.wrap_socket(request, server_side=True) as secured:
            handler(secured, context)

    def _find(self, host, port):
        """Who answers there, with what, and whether by TLS."""
        if port == KUBELET_PORT and host in self._pods.node_addresses:
            return KubeletHandler, self._pods, True
        if (host, port) == (services.POLICY_ADDRESS, 443):
            return services.PolicyHandler, None, True
        if (host, port) == (services.METRICS_ADDRESS, 443):
            return services.MetricsHandler, self._pods, True
        pod = self._pods.at(host)
        return (WorkloadHandler, pod, False) if pod and pod.listens(port) else (None, None, False)

    def handle_error(self, request, client_address):
        """A client that went away is no error."""
