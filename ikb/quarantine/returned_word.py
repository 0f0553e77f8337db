"""Reads one Word file from standard input and writes what stands in it as JSON: a program of its own, never part of the web
process.

Run as `python -m ikb.quarantine.returned_word`. Output: a `Read` as plain lists and texts, or {"fault": sentence}.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from ikb.core.word.beside import Comment
from ikb.core.word.file import LARGEST_FILE, UnreadableError
from ikb.core.word.reading import Paragraph, Piece, Read, read
from ikb.errors import Faulty
from ikb.quarantine.locked import lock_up
from ikb.quarantine.process import NoAnswer, ask

NOT_TAKEN = "Die Datei wurde nicht übernommen."


def main() -> int:
    """Read, answer, end: 0 with JSON on standard output, whatever the file was."""
    lock_up()
    try:
        answer = asdict(read(sys.stdin.buffer.read(LARGEST_FILE + 1)))
    except UnreadableError as fault:
        answer = {"fault": str(fault)}
    sys.stdout.write(json.dumps(answer))
    return 0


def read_word(data: bytes) -> Read:
    """What stands in a Word file, read in a process of its own.

    Raises Faulty with one German sentence for a file that is none, too large, damaged, protected or hostile.
    """
    try:
        answer = json.loads(ask("ikb.quarantine.returned_word", data))
    except (NoAnswer, ValueError, OSError) as fault:
        raise Faulty(
            NOT_TAKEN,
            ["Die Datei ließ sich nicht lesen. Speichern Sie sie neu als „Word-Dokument (.docx)“, ohne Bilder."],
        ) from fault
    if "fault" in answer:
        raise Faulty(NOT_TAKEN, [str(answer["fault"])])
    return _as_read(answer)


def _as_read(told: dict[str, Any]) -> Read:
    return Read(
        version=told["version"],
        paragraphs=tuple(_as_paragraph(row) for row in told["paragraphs"]),
        comments=tuple(Comment(**(row | {"answers": tuple(row["answers"])})) for row in told["comments"]),
        notes=dict(told["notes"]),
        boxes=tuple(told["boxes"]),
    )


def _as_paragraph(told: dict[str, Any]) -> Paragraph:
    pieces = tuple(Piece(**(row | {"comments": tuple(row["comments"])})) for row in told["pieces"])
    lists = {name: tuple(told[name]) for name in ("names", "comments", "notes")}
    return Paragraph(**(told | lists | {"pieces": pieces}))


if __name__ == "__main__":
    sys.exit(main())
