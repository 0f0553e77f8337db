"""ZIP containers, in which Office documents come: opened only after everything about them was believed to be harmless."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from ikb.quarantine import reasons
from ikb.quarantine.reasons import NotTaken

MOST_ENTRIES = 3_000
LARGEST_UNPACKED = 150 * 1024 * 1024  # bytes, of all entries together; letters with photos are packed 1 : 1
LARGEST_MARKUP = 30 * 1024 * 1024  # bytes, of one XML part
MOST_RATIO = 200  # unpacked to packed, of one entry above a megabyte; plain markup reaches 100
PROGRAMS = (
    ".exe",
    ".dll",
    ".js",
    ".vbs",
    ".bat",
    ".cmd",
    ".ps1",
    ".scr",
    ".com",
    ".jar",
    ".msi",
    ".lnk",
    ".hta",
    ".class",
)
ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".iso", ".cab")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """A container whose names, sizes and order are harmless. Raises NotTaken."""
    try:
        container = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as fault:
        raise NotTaken(reasons.DAMAGED) from fault
    entries = container.infolist()
    if not entries:
        raise NotTaken(reasons.DAMAGED)
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise NotTaken(reasons.BOMB)
    if min(entry.header_offset for entry in entries) != 0:
        raise NotTaken(reasons.TWO_IN_ONE)
    for entry in entries:
        _refuse_entry(entry)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise NotTaken(reasons.PATHS)
    return container


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename.lower().replace("\\", "/")
    if name.startswith("/") or "\x00" in name or ":" in name or ".." in name.split("/"):
        raise NotTaken(reasons.PATHS)
    if entry.flag_bits & 1:
        raise NotTaken(reasons.ENCRYPTED)
    if entry.file_size > 1024**2 and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        raise NotTaken(reasons.BOMB)
    if name.endswith(("vbaproject.bin", "vbadata.xml")):
        raise NotTaken(reasons.MACROS)
    if name.endswith(PROGRAMS + ARCHIVES) or "oleobject" in name or "/activex/" in name:
        raise NotTaken(reasons.EMBEDDED)


def markup(container: zipfile.ZipFile) -> Iterator[str]:
    """The names of all parts that are XML."""
    for name in container.namelist():
        if name.lower().endswith((".xml", ".rels", ".rdf", ".vml")):
            yield name


def part(container: zipfile.ZipFile, name: str) -> bytes:
    """One part of a container, unpacked. What it claims of its size is not believed. Raises NotTaken."""
    try:
        with container.open(name) as packed:
            data = packed.read(LARGEST_MARKUP + 1)
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, OSError, RuntimeError) as fault:
        raise NotTaken(reasons.DAMAGED) from fault
    except Exception as fault:  # zlib, bz2 and lzma each have errors of their own
        raise NotTaken(reasons.DAMAGED) from fault
    if len(data) > LARGEST_MARKUP:
        raise NotTaken(reasons.BOMB)
    return data


def tree(data: bytes) -> etree._Element:
    """A part as XML, without entities and without asking anybody for anything. Raises NotTaken."""
    refuse_entities(data)
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise NotTaken(reasons.DAMAGED) from fault


def refuse_entities(data: bytes) -> None:
    """No part of an Office document declares a document type; one that does is made to harm. Raises NotTaken."""
    if _DOCTYPE.search(data.replace(b"\x00", b"")):
        raise NotTaken(reasons.ENTITIES)
