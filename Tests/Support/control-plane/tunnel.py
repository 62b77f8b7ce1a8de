"""What is behind the API server's egress: kubelets of the nodes and programs in the pods, on one Unix socket.

The API server sends `CONNECT address:port` for each connection (apiserver.k8s.io EgressSelectorConfiguration,
HTTPConnect), and then speaks as if to the address itself.
"""

import os
import socketserver
import ssl
import threading

from kubelet_api import KubeletHandler
from node import KUBELET_PORT
from workload import WorkloadHandler


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
        self.pods = pods
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
        if int(port) == KUBELET_PORT and host in self.pods.node_addresses:
            request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self._tls.wrap_socket(request, server_side=True) as secured:
                KubeletHandler(secured, ("api-server", 0), self)
            return
        pod = self.pods.at(host)
        if pod is None or not pod.listens(int(port)):
            request.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        WorkloadHandler(request, self, pod)

    def handle_error(self, request, client_address):
        """A client that went away is no error."""
