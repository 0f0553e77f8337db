"""Bytes on the disk: written under a temporary name, forced to the disk, then renamed to their hash. Outside the web root.

Equal bytes lie once per scope, an institution or a procedure: across scopes a hash would tell what others sent.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from ikb.files.model import StoredFile
from ikb.quarantine.kinds import BEGINNING

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Scope:
    """Whose a file is: of one institution in a procedure, or the procedure's own."""

    procedure_id: int
    institution_id: int | None = None

    @property
    def folder(self) -> str:
        if self.institution_id is None:
            return f"procedure-{self.procedure_id}"
        return f"institution-{self.institution_id}"


@dataclass(frozen=True)
class Stored:
    """Bytes that lie on the disk for good. beginning: the first of them, for a first look."""

    sha256: str
    size: int
    beginning: bytes


class TooLarge(Exception):
    """More bytes than allowed; nothing is kept. size: how many came."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def root() -> Path:
    """The folder of all files of this installation; part of every backup."""
    folder: Path = current_app.extensions["ikb_config"].data_dir / "files"
    return folder


def store(stream: BinaryIO, scope: Scope, *, largest: int) -> Stored:
    """Write a stream down, in bounded memory; when this returns, a power cut no longer matters.

    largest: bytes; of more, none are kept. Raises TooLarge.
    """
    folder = root() / scope.folder
    _make(folder)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as target:
            stored = _copy(stream, target, largest)
            target.flush()
            os.fsync(target.fileno())
        place = _place(folder, stored.sha256)
        with _locked(folder, fcntl.LOCK_SH):
            _make(place.parent)
            os.replace(temporary, place)  # also over equal bytes: the sweep goes by the age of what lies there
        _sync(place.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return stored


def scope_of(file: StoredFile) -> Scope:
    """Whose a stored file is."""
    return Scope(file.procedure_id, file.institution_id)


def path_of(file: StoredFile) -> Path:
    """Where a file's bytes lie."""
    return path_in(scope_of(file), file.sha256)


def path_in(scope: Scope, sha256: str) -> Path:
    """Where bytes lie that were stored in a scope, with a row or not yet."""
    return _place(root() / scope.folder, sha256)


def preview_of(file: StoredFile) -> Path | None:
    """Where its picture lies, if it has one."""
    return None if file.preview_sha256 is None else _place(root() / scope_of(file).folder, file.preview_sha256)


def open_bytes(file: StoredFile) -> BinaryIO:
    """A file's bytes, to be read in chunks. Whoever parses them does so in quarantine only (`ikb.quarantine`)."""
    return path_of(file).open("rb")


def sweep(scope: str, wanted: set[str], *, before: float) -> int:
    """Take away what no row of a scope wants; how many files those were.

    scope:  a folder's name; wanted: hashes that rows have; before: seconds since 1970. What is younger stays, since its row
    may not be saved yet.
    """
    folder, gone = root() / scope, 0
    with _locked(folder, fcntl.LOCK_EX):
        for file in [*folder.glob("??/*"), *folder.glob(".incoming-*")]:
            if file.name not in wanted and file.stat().st_mtime < before:
                file.unlink()
                gone += 1
    return gone


def scopes() -> list[str]:
    """The folders that there are, by name."""
    return sorted(folder.name for folder in root().glob("*-*") if folder.is_dir())


def _copy(stream: BinaryIO, target: BinaryIO, largest: int) -> Stored:
    digest, size, beginning = hashlib.sha256(), 0, b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size <= largest:  # of more only the length is of interest
            beginning += chunk[: BEGINNING - len(beginning)]
            digest.update(chunk)
            target.write(chunk)
    if size > largest:
        raise TooLarge(size)
    return Stored(digest.hexdigest(), size, beginning)


def _place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
