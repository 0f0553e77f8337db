"""One folder per test session, shared by its xdist workers, and gone when the session is.

The session's owner holds a lock on `alive` as long as it lives. The kernel lets go of it however the owner ends, so
a keeper that waits for that lock (keeper.py) knows when to end its server, and the next session knows which folders
are left over. Folders lie short and outside pytest's own: unix socket paths end at 107 bytes.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

PREFIX = f"ikbt{os.getuid()}-"


class Session:
    """The folder, and whether this process is the one to clear it away."""

    def __init__(self, folder: Path, alive: BinaryIO | None = None) -> None:
        self.folder = folder
        self._alive = alive

    @classmethod
    def begin(cls) -> Self:
        """A fresh folder that lives as long as this process."""
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        folder.chmod(0o711)  # root's PostgreSQL runs as somebody else and must pass through
        alive = (folder / "alive.new").open("wb")
        fcntl.flock(alive, fcntl.LOCK_EX)
        (folder / "alive.new").rename(folder / "alive")  # seen only once it is locked
        return cls(folder, alive)

    @classmethod
    def join(cls, folder: Path) -> Self:
        """The session somebody else began: what an xdist worker has."""
        return cls(folder)

    @property
    def is_owner(self) -> bool:
        return self._alive is not None

    def read(self, name: str) -> dict[str, Any] | None:
        """What a worker wrote down about a service, None if nobody has yet."""
        file = self.folder / f"{name}.json"
        return json.loads(file.read_text()) if file.exists() else None

    def write(self, name: str, state: dict[str, Any]) -> None:
        draft = self.folder / f"{name}.json.new"
        draft.touch(mode=0o600)  # it holds the server's password
        draft.write_text(json.dumps(state))
        draft.rename(self.folder / f"{name}.json")

    def forget(self, name: str) -> dict[str, Any] | None:
        """What was written down, which is no longer so."""
        state = self.read(name)
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        return state

    def note(self, name: str, line: str) -> None:
        """Add a line to a list; short lines from several workers stay whole."""
        with (self.folder / name).open("a") as file:
            file.write(line + "\n")

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """One worker at a time, across processes."""
        with (self.folder / f"{name}.lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def wait_for_keeper(self, name: str) -> None:
        """Return when that service's keeper has ended."""
        _wait_for(self.folder / f"{name}.keeper")

    def end(self) -> None:
        """Let go; the keepers see it and end their servers."""
        if self._alive is None:
            return
        self._alive.close()
        self._alive = None
        wait_for_keepers(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


def sweep(farewell: Callable[[Path], None] = lambda folder: None) -> None:
    """Remove the folders of sessions that were killed; `farewell` gets each before it goes."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_over(folder):
            farewell(folder)
            wait_for_keepers(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _is_over(folder: Path) -> bool:
    try:
        with (folder / "alive").open("r+b") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or not written yet: somebody is at work there
        return False
    return True


def wait_for_keepers(folder: Path) -> None:
    """Return when no keeper of this session runs any more; each holds a lock on its own file."""
    for file in folder.glob("*.keeper"):
        _wait_for(file)


def _wait_for(file: Path) -> None:
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
