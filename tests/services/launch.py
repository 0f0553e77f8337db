"""Starts a server under a keeper (keeper.py), and waits until it can be used."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")
PATIENCE = 60.0


class ServiceUnavailable(Exception):
    """A real service cannot be had here; the text says why and what would help."""


def start(
    folder: Path,
    name: str,
    command: Sequence[str | Path],
    *,
    ask: signal.Signals,
    user: str | None,
    env: dict[str, str],
) -> int:
    """Process id of the server that now runs in the session's folder.

    ask:  the signal that asks this server to end.
    user: whom it runs as, None for ourselves.
    """
    line = [sys.executable, "-S", "-E", KEEPER, folder, name, user or "-", str(int(ask)), "--", *command]
    answer = subprocess.run(line, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if answer.returncode or not answer.stdout.strip():
        raise ServiceUnavailable(f"{name} did not start: {answer.stderr.strip() or said(folder, name)}")
    return int(answer.stdout)


def until(ready: Callable[[], bool], folder: Path, name: str, pid: int) -> None:
    """Return as soon as `ready()`; raise with the server's own words if it ends before, or after a minute."""
    give_up = time.monotonic() + PATIENCE
    while not ready():
        if not is_running(pid) or time.monotonic() > give_up:
            raise ServiceUnavailable(f"{name} did not come up: {said(folder, name)}")
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether that process exists and has not ended as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return sys.platform != "linux"


def said(folder: Path, name: str) -> str:
    """The last lines of what the server printed."""
    file = folder / f"{name}.out"
    return "\n".join(file.read_text(errors="replace").splitlines()[-15:]) if file.exists() else "it said nothing"


def find_package(name: str) -> Path:
    """Folder of an installed package, without importing it (that would make files and folders)."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceUnavailable(f"The package {name} is not installed; `make test` installs it.")
    return Path(spec.origin).parent
