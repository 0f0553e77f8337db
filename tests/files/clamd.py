"""A virus scanner of the tests' own: clamd's INSTREAM on a real socket, which finds what the tests hide."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(length)
        self.server.seen.append(data)  # type: ignore[attr-defined]
        answer = b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        self.wfile.write(self.server.says or answer)  # type: ignore[attr-defined]


@contextmanager
def running(place: Path | None = None, says: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """Its address (a path's socket, else a port) and what it got to see; `says`: always that instead."""
    kind = socketserver.ThreadingTCPServer if place is None else socketserver.ThreadingUnixStreamServer
    server = kind(("127.0.0.1", 0) if place is None else str(place), Scanner)  # type: ignore[arg-type]
    server.seen, server.says = [], says  # type: ignore[union-attr]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.server_address[1]}" if place is None else f"unix://{place}", server.seen  # type: ignore[union-attr]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
