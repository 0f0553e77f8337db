"""Runs one server as a child, and ends it when the test session is over, even if that was killed.

    python keeper.py SESSION NAME USER SIGNAL -- PROGRAM ARGUMENT…

SESSION: the session's folder; its `alive` file is locked while the session lives (session.py).
NAME:    files NAME.keeper (locked while this runs) and NAME.out (what the server says) in that folder.
USER:    whom the server runs as, "-" for nobody else.
SIGNAL:  the number that asks the server to end; after GRACE seconds it is killed.
Prints the server's process id and goes on in the background, as nobody's child, so that whoever started it may end
before it. SIGTERM ends the server early. Imports nothing of ours: it must start fast.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

GRACE = 10.0
PR_SET_PDEATHSIG = 1


def main(folder: Path, name: str, user: str, ask: int, command: list[str]) -> int:
    """Start the server and stay until it has ended; its exit code."""
    with (folder / f"{name}.keeper").open("wb") as held, (folder / f"{name}.out").open("ab") as out:
        fcntl.flock(held, fcntl.LOCK_EX)
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent,
            **run_as(user),
        )
        signal.signal(signal.SIGTERM, lambda *_: _end(server, ask))
        print(server.pid, flush=True)
        _let_go_of_pipes()
        threading.Thread(target=_wait_for_the_end, args=(folder,), daemon=True).start()
        return server.wait()


def run_as(user: str) -> dict[str, Any]:
    """What subprocess needs to run as somebody else: all groups of ours dropped."""
    if user == "-":
        return {}
    import pwd

    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    """Should the keeper itself be killed, Linux ends the server; elsewhere the next session's port is simply another."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _let_go_of_pipes() -> None:
    """Whoever started us may read our output to its end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _wait_for_the_end(folder: Path) -> None:
    try:
        with (folder / "alive").open("r+b") as alive:
            fcntl.flock(alive, fcntl.LOCK_SH)
    except FileNotFoundError:
        pass  # swept away: over too
    os.kill(os.getpid(), signal.SIGTERM)


def _end(server: subprocess.Popen[bytes], ask: int) -> None:
    server.send_signal(ask)
    killer = threading.Timer(GRACE, server.kill)
    killer.daemon = True
    killer.start()


if __name__ == "__main__":
    _folder, _name, _user, _ask, _, *_command = sys.argv[1:]
    if os.fork():
        os._exit(0)
    os.setsid()
    sys.exit(main(Path(_folder), _name, _user, int(_ask), _command))
