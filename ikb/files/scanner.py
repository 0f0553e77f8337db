"""A virus scanner on its socket, where the town has one: ClamAV's INSTREAM, which sends the bytes instead of a path."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

CHUNK = 256 * 1024
PATIENCE = 60.0  # seconds without a word from the scanner


class ScannerAway(Exception):
    """Nobody answered, or not in words that can be understood: the file is neither clean nor infected."""


def find_virus(address: str, file: Path) -> str | None:
    """The name of what the scanner found in a file, None if it found nothing.

    address: `unix:///run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`.
    Raises ScannerAway. Source: clamd(8), INSTREAM: chunks with their length in four bytes, a length of nothing at the end.
    """
    try:
        with _connected(address) as line, file.open("rb") as opened:
            line.sendall(b"zINSTREAM\0")
            while chunk := opened.read(CHUNK):
                line.sendall(len(chunk).to_bytes(4, "big") + chunk)
            line.sendall(bytes(4))
            said = line.makefile("rb").read(1000).rstrip(b"\0\n").decode(errors="replace")
    except OSError as fault:
        raise ScannerAway(type(fault).__name__) from fault
    if said == "stream: OK":
        return None
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerAway("unknown answer")


def _connected(address: str) -> socket.socket:
    place = urlsplit(address)
    if place.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        line.connect(place.path)
        return line
    return socket.create_connection((place.hostname or "127.0.0.1", place.port or 3310), timeout=PATIENCE)
