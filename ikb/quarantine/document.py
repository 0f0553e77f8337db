"""Opens one document, picture or mail from standard input: a program of its own, never part of the web process.

Run as `python -m ikb.quarantine.document KIND`, with what the first look took the file for. It answers with one line of
JSON, {"text", "pages", "preview"} or {"refused": code, "is": kind}, and behind it `preview` bytes of a PNG.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

from ikb.quarantine import reasons
from ikb.quarantine.kinds import IN_ZIP, PICTURES, Kind, Mislabelled
from ikb.quarantine.locked import lock_up
from ikb.quarantine.reasons import NotTaken

LONGEST_TEXT = 400_000  # signs
HEAD, TAIL = 1024, 66_000  # bytes; a ZIP's directory ends within the last 65,557
ZIP_END = b"PK\x05\x06"


def main() -> int:
    """Read, answer, end: 0 with an answer on standard output, whatever the file was."""
    lock_up()
    try:
        text, pages, preview = look(sys.stdin.buffer, Kind(sys.argv[1]))
        answer: dict[str, object] = {"text": text[:LONGEST_TEXT], "pages": pages, "preview": len(preview)}
    except Mislabelled as refusal:
        answer, preview = {"refused": refusal.reason.code, "is": refusal.kind}, b""
    except NotTaken as refusal:
        answer, preview = {"refused": refusal.reason.code}, b""
    except MemoryError:
        answer, preview = {"refused": reasons.TOO_MUCH.code}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + preview)
    return 0


def look(file: BinaryIO, kind: Kind) -> tuple[str, int | None, bytes]:
    """Text, number of pages and a preview of a file of that kind; what it does not have is empty. Raises NotTaken."""
    refuse_two_in_one(file, kind)
    if kind is Kind.PDF:
        from ikb.quarantine import pdf

        text, pages = pdf.read(file)
        return text, pages, b""
    if kind in IN_ZIP:
        from ikb.quarantine import word

        return word.read(file, kind), None, b""
    if kind in PICTURES:
        from ikb.quarantine import picture

        preview, frames = picture.read(file, kind)
        return "", frames, preview
    from ikb.quarantine import plain

    readers = {Kind.TEXT: plain.read_text, Kind.EML: plain.read_eml, Kind.MSG: plain.read_msg}
    return readers[kind](file), None, b""


def refuse_two_in_one(file: BinaryIO, kind: Kind) -> None:
    """A file that another program would open as something else: it is made to get past a check like this one."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(HEAD)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    file.seek(0)
    if kind is not Kind.PDF and kind is not Kind.TEXT and kind is not Kind.EML and b"%PDF-" in head:
        raise NotTaken(reasons.TWO_IN_ONE)
    if kind not in IN_ZIP and _ends_as_zip(tail):
        raise NotTaken(reasons.TWO_IN_ONE)


def _ends_as_zip(tail: bytes) -> bool:
    """Whether a ZIP's end record stands there, with a comment that ends where the file does (APPNOTE 4.3.16)."""
    at = tail.rfind(ZIP_END)
    return at >= 0 and len(tail) - at >= 22 and int.from_bytes(tail[at + 20 : at + 22], "little") <= len(tail) - at - 22


if __name__ == "__main__":
    sys.exit(main())
