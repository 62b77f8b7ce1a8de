"""HTTP/2 over TLS on 127.0.0.1 for the transport's tests. Prints its port; ends when its standard input does.

http2_server.py CERTIFICATE KEY

/slow answers after 50 ms; /endless sends until the stream is reset; /counts tells connections and resets.
"""

import asyncio
import os
import ssl
import sys
import threading

import h2.config
import h2.connection
import h2.events

counts = {"connections": 0, "resets": 0, "requests:/slow": 0}


class Connection:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.tasks = {}

    async def flush(self):
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()

    async def serve(self):
        counts["connections"] += 1
        self.h2.initiate_connection()
        await self.flush()
        while data := await self.reader.read(65536):
            for event in self.h2.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    path = dict(event.headers)[b":path"].decode()
                    self.tasks[event.stream_id] = asyncio.create_task(self.answer(event.stream_id, path))
                elif isinstance(event, h2.events.StreamReset):
                    counts["resets"] += 1
                    self.tasks[event.stream_id].cancel()
                elif isinstance(event, h2.events.DataReceived):
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            await self.flush()

    async def answer(self, stream, path):
        name = path.split("?")[0]
        counts["requests:" + name] = counts.get("requests:" + name, 0) + 1
        if path == "/slow":
            await asyncio.sleep(0.05)
        self.h2.send_headers(stream, [(":status", "200"), ("x-version", "2")])
        while path == "/endless":
            if self.h2.local_flow_control_window(stream) > 100:
                self.h2.send_data(stream, b"again\n")
            await self.flush()
            await asyncio.sleep(0.05)
        body = "\n".join(f"{key} {value}" for key, value in counts.items()).encode()
        self.h2.send_data(stream, body, end_stream=True)
        await self.flush()


async def handle(reader, writer):
    try:
        await Connection(reader, writer).serve()
    except (OSError, ssl.SSLError):
        pass
    writer.close()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end, daemon=True).start()
asyncio.run(main())
