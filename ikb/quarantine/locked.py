"""What a program takes away from itself before it looks at bytes that may be anybody's.

Little memory, little time, no network, no other program, no file but Python's own modules. Each program of the quarantine
calls `lock_up` first; it is started by `process.ask`, never in the web process.
"""

from __future__ import annotations

import ctypes
import mimetypes
import os
import resource
import sys
import zoneinfo
from pathlib import Path
from typing import Any

MEMORY = 300 * 1024 * 1024  # bytes of address space, program and libraries included
SECONDS = 10  # of processor time; as many on the wall are allowed by `process.ask`
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "ctypes.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_ROOT = Path(__file__).resolve().parents[2]


def lock_up() -> None:
    """Give up everything that reading needs not; there is no way back."""
    _leave_the_network()
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(_refuse)


def _leave_the_network() -> None:
    """Into an empty network, where the kernel permits it to everybody; else only the audit hook stands before sockets."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"Reading needs no {event}.")
    if event == "open" and (arguments[2] & WRITING or not _is_module_or_table(arguments[0])):
        raise PermissionError("Reading needs no other file.")


def _readable() -> tuple[str, ...]:
    places: set[str] = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), *map(str, zoneinfo.TZPATH)}
    folders = {folder for place in places for folder in (place, os.path.realpath(place))} | {str(_ROOT / "ikb")}
    return (*(f"{folder}{os.sep}" for folder in folders), *map(str, mimetypes.knownfiles))


def _is_module_or_table(path: object) -> bool:
    # What stands open already is a number; modules are loaded late, time zones and types from the system's tables.
    return isinstance(path, int) or (isinstance(path, str) and ".." not in path and path.startswith(READABLE))


READABLE = _readable()
