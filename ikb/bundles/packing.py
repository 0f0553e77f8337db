"""Writing an archive to the disk, file by file: plain names, fixed moments, a checksum for each. Nothing is held in memory."""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ikb.core.clock import BERLIN
from ikb.core.names import sort_key

CHUNK = 256 * 1024
_PACKED_ALREADY = frozenset({"pdf", "docx", "xlsx", "jpg", "jpeg", "png", "zip"})
_SAFE = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*")
_PROPERTIES = "docProps/core.xml"
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
LONGEST_NAME = 60
Moment = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Part:
    """One file of an archive.

    name:  its path in there, ASCII; title and group: how the index speaks of it.
    write: gives its bytes, or a stream of them that is closed by whoever reads it.
    note:  what the index says besides.
    """

    name: str
    title: str
    group: str
    write: Callable[[], bytes | BinaryIO]
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """What was written of a part."""

    name: str
    title: str
    group: str
    note: str
    size: int
    sha256: str
    is_archival: bool  # a PDF/A


@dataclass(frozen=True)
class Packed:
    """The finished file. sha256: in hex; size: bytes; files: how many are in it."""

    sha256: str
    size: int
    files: int


def safe(name: str) -> str:
    """A name as it may stand in any archive on any machine: `Kulturverein Öst e. V.` becomes `kulturverein-oest-e-v`."""
    plain = sort_key(name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-") or "ohne-namen"


def still(document: bytes, at: Moment, stamp: bytes) -> bytes:
    """An Office file of ours as if it had been packed at a moment: the libraries that write them look at the clock.

    at: local, as ZIP tells it; stamp: in UTC, as the file's properties tell it.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(_info(name, at), _STAMP.sub(rb"\g<1>" + stamp, data) if name == _PROPERTIES else data)
    return written.getvalue()


class Pack:
    """An archive that is being written."""

    def __init__(self, target: BinaryIO, at: datetime) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        local = at.astimezone(BERLIN)
        self._at: Moment = (local.year, local.month, local.day, local.hour, local.minute, local.second)
        self._stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        self._names: set[str] = set()
        self.entries: list[Entry] = []

    def add(self, part: Part) -> None:
        """Write one part. Raises ValueError for a name that is unsafe or taken."""
        if not _SAFE.fullmatch(part.name) or part.name in self._names:
            raise ValueError(f"No file of an archive can be called {part.name!r}.")
        self._names.add(part.name)
        found = part.write()
        if isinstance(found, bytes) and part.name.endswith((".docx", ".xlsx")):
            found = still(found, self._at, self._stamp)
        with io.BytesIO(found) if isinstance(found, bytes) else found as source:
            size, sha256, is_archival = self._copy(part.name, source)
        self.entries.append(Entry(part.name, part.title, part.group, part.note, size, sha256, is_archival))

    def sums(self) -> bytes:
        """The checksums of all files so far, as `sha256sum --check` reads them."""
        return "".join(f"{entry.sha256}  {entry.name}\n" for entry in self.entries).encode()

    def close(self) -> None:
        """Write the archive's own list of contents."""
        self._zip.close()

    def _copy(self, name: str, source: BinaryIO) -> tuple[int, str, bool]:
        info = _info(name, self._at)
        stored = name.rpartition(".")[2] in _PACKED_ALREADY
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        digest, size, end = hashlib.sha256(), 0, b""
        with self._zip.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                end = end[-CHUNK:] + chunk
                target.write(chunk)
        is_archival = name.endswith(".pdf") and b"pdfaid:part" in end  # a PDF tells its standard near its end
        return size, digest.hexdigest(), is_archival


def put(place: Path, data: bytes) -> Packed:
    """A single file in its place, as `pack` puts an archive there."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = place.with_suffix(".part")
    try:
        temporary.write_bytes(data)
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return Packed(hashlib.sha256(data).hexdigest(), len(data), 1)


def pack(
    place: Path, parts: Iterable[Part], last: Callable[[Pack], Iterable[Part]], at: datetime, told: Callable[[], None]
) -> Packed:
    """Write an archive under a temporary name, then put it in its place.

    last: the parts that speak of all others; at: the moment that every file bears; told: is called after each part.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = place.with_suffix(".part")
    try:
        with temporary.open("wb") as target, closing(Pack(target, at)) as packing:
            for part in parts:
                packing.add(part)
                told()
            for part in last(packing):
                packing.add(part)
            packing.close()
            target.flush()
            os.fsync(target.fileno())
        found = Packed(_digest(temporary), temporary.stat().st_size, len(packing.entries))
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return found


def _info(name: str, at: Moment) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=at)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
    return info


def _digest(place: Path) -> str:
    with place.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
