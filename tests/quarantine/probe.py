"""A program that tries what no program of the quarantine may: `python -m tests.quarantine.probe ACT`."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from ikb.quarantine.locked import lock_up

# Past Python, as foreign code in a library would go; looked up before the door is shut.
LIBC = ctypes.CDLL(None)
SOCKET, CONNECT = LIBC.socket, LIBC.connect


def _connect_past_python() -> str:
    """What the kernel says to a connection that Python does not hear of."""
    port = int(sys.argv[2])
    address = (2).to_bytes(2, sys.byteorder) + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    handle = SOCKET(2, 1, 0)
    return "connected" if handle >= 0 and CONNECT(handle, address, 16) == 0 else "unreachable"


ACTS = {
    "socket": socket.socket,
    "name": lambda: socket.getaddrinfo("localhost", 80),
    "shell": lambda: os.system("true"),
    "fork": os.fork,
    "program": lambda: subprocess.run(["true"], check=False),
    "read": lambda: Path("/etc/passwd").read_bytes(),
    "climb": lambda: Path(f"{sys.prefix}/../../../etc/passwd").read_bytes(),
    "remove": lambda: os.remove("/tmp/nothing"),
    "write": lambda: Path(sys.prefix, "written-by-a-probe").write_text("x"),
    "memory": lambda: bytearray(400 * 1024 * 1024),
    "wait": lambda: time.sleep(60),
    "talk": lambda: [sys.stdout.write("x" * 1024 * 1024) for _ in range(20)],
    "die": lambda: os._exit(3),
    "echo": lambda: sys.stdout.write(sys.stdin.read()),
    "connect": lambda: sys.stdout.write(_connect_past_python()),
}


if __name__ == "__main__":
    lock_up()
    try:
        ACTS[sys.argv[1]]()
    except (PermissionError, OSError, MemoryError) as refused:
        sys.stdout.write(type(refused).__name__)
