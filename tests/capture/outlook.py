"""Outlook's `.msg`, written as far as a mail with attachments needs it: [MS-OXMSG] in a compound file, [MS-CFB] version 3."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

SECTOR, MINI = 512, 64
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
TEXT, BINARY, TIME, NUMBER = 0x001F, 0x0102, 0x0040, 0x0003
SUBJECT, BODY, HTML, SENDER, ADDRESS, SENT = 0x0037, 0x1000, 0x1013, 0x0C1A, 0x0C1F, 0x0039
DATA, LONG_NAME, METHOD, CLASS = 0x3701, 0x3707, 0x3705, 0x001A


@dataclass
class Entry:
    """One entry of the directory: a storage with others in it, or a stream of bytes."""

    name: str
    data: bytes | None = None
    inside: list[Entry] = field(default_factory=list)


def msg(
    *, subject: str, body: str = "", sender: str = "", address: str = "", sent_at: datetime | None = None,
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """A mail as Outlook saves it."""
    texts = {CLASS: "IPM.Note", SUBJECT: subject, BODY: body, SENDER: sender, ADDRESS: address}
    fixed = b"" if sent_at is None else _fixed(SENT, TIME, _filetime(sent_at))
    files = list((attachments or {}).items())
    head = struct.pack("<8x4I8x", 0, len(files), 0, len(files))
    inside = [*_texts(texts), Entry("__nameid_version1.0", inside=[])]
    inside += [_attachment(place, name, data) for place, (name, data) in enumerate(files)]
    inside.append(Entry("__properties_version1.0", head + fixed + _declared(texts)))
    return _compound(inside)


def _attachment(place: int, name: str, data: bytes) -> Entry:
    fixed = _fixed(METHOD, NUMBER, struct.pack("<II", 1, 0))
    declared = _declared({LONG_NAME: name}) + _variable(DATA, BINARY, len(data))
    return Entry(
        f"__attach_version1.0_#{place:08X}",
        inside=[
            *_texts({LONG_NAME: name}),
            Entry(f"__substg1.0_{DATA:04X}{BINARY:04X}", data),
            Entry("__properties_version1.0", bytes(8) + fixed + declared),
        ],
    )


def _texts(texts: Mapping[int, str]) -> list[Entry]:
    return [Entry(f"__substg1.0_{tag:04X}{TEXT:04X}", text.encode("utf-16-le")) for tag, text in texts.items() if text]


def _declared(texts: Mapping[int, str]) -> bytes:
    return b"".join(_variable(tag, TEXT, len(text) * 2 + 2) for tag, text in texts.items() if text)


def _variable(tag: int, kind: int, size: int) -> bytes:
    return struct.pack("<HHIII", kind, tag, 6, size, 0)


def _fixed(tag: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<HHI", kind, tag, 6) + value


def _filetime(moment: datetime) -> bytes:
    since_1601 = moment.astimezone(UTC) - datetime(1601, 1, 1, tzinfo=UTC)
    return struct.pack("<Q", int(since_1601.total_seconds() * 10_000_000))


def _compound(inside: list[Entry]) -> bytes:
    """A compound file with every stream in the mini stream; enough for what is shorter than 4,096 bytes."""
    entries = [Entry("Root Entry", inside=inside)]
    for entry in entries:  # grows while it runs: each storage's content stands behind it
        entries.extend(entry.inside)
    mini, chain, starts = b"", list[int](), dict[int, int]()
    for place, entry in enumerate(entries):
        if entry.data is None:
            continue
        assert len(entry.data) < 4096, "Only short streams can be written."
        count = -(-len(entry.data) // MINI)
        starts[place] = len(chain) if count else END
        chain += [len(chain) + step + 1 for step in range(count - 1)] + ([END] if count else [])
        mini += entry.data.ljust(count * MINI, b"\0")
    directory = _directory(entries, starts, len(mini))
    mini_fat = _padded(b"".join(struct.pack("<I", one) for one in chain), b"\xff")
    parts = [_padded(mini, b"\0"), _padded(directory, b"\0"), mini_fat]
    return _with_table(parts)


def _directory(entries: list[Entry], starts: Mapping[int, int], mini_size: int) -> bytes:
    places = {id(entry): place for place, entry in enumerate(entries)}
    after = {
        id(one): places[id(two)] for entry in entries for one, two in zip(entry.inside, entry.inside[1:], strict=False)
    }
    written = b""
    for place, entry in enumerate(entries):
        name = entry.name.encode("utf-16-le")
        kind = ROOT if place == 0 else STORAGE if entry.data is None else STREAM
        child = places[id(entry.inside[0])] if entry.inside else NONE
        start = 0 if kind == ROOT else starts.get(place, 0)
        size = mini_size if kind == ROOT else len(entry.data or b"")
        written += name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, kind, 1)
        written += struct.pack("<III", NONE, after.get(id(entry), NONE), child) + bytes(36)
        written += struct.pack("<IQ", start, size)
    return written


def _with_table(parts: list[bytes]) -> bytes:
    table, first = list[int](), list[int]()
    for part in parts:
        first.append(len(table))
        count = len(part) // SECTOR
        table += [len(table) + step + 1 for step in range(count - 1)] + [END]
    fats = -(-(len(table) + 1) // (SECTOR // 4 - 1))
    at = len(table)
    table += [FAT] * fats
    packed = _padded(b"".join(struct.pack("<I", one) for one in table), b"\xff")
    mini_start, directory_start, mini_fat_start = first
    assert mini_start == 0
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIII", 0, fats, directory_start, 0, 4096, mini_fat_start)
    head += struct.pack("<III", len(parts[2]) // SECTOR, END, 0)
    head += b"".join(struct.pack("<I", at + step) for step in range(fats))
    return head.ljust(SECTOR, b"\xff") + b"".join(parts) + packed


def _padded(data: bytes, with_: bytes) -> bytes:
    return data.ljust(max(1, -(-len(data) // SECTOR)) * SECTOR, with_)
