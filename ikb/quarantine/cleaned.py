"""Makes a copy of a file that holds nothing but what is seen in it: a program of its own, never part of the web process.

Run as `python -m ikb.quarantine.cleaned KIND`, with a PDF, JPEG or PNG. It answers with one line of JSON, {"text", "images"}
or {"refused": code}, and behind it the copy. `clean_copy` asks it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import BinaryIO

from ikb.quarantine import reasons
from ikb.quarantine.kinds import Kind
from ikb.quarantine.locked import lock_up
from ikb.quarantine.process import NoAnswer, ask
from ikb.quarantine.reasons import BY_CODE, NotTaken

KINDS = frozenset({Kind.PDF, Kind.JPEG, Kind.PNG})
LARGEST = 12 * 1024 * 1024  # bytes of what is brought; an answer has room for a copy that grew
LONGEST_TEXT = 400_000  # signs


@dataclass(frozen=True)
class Clean:
    """A copy. text: what a program can still read in it; images: how many pictures, in which none can."""

    data: bytes
    text: str
    images: int


def main() -> int:
    """Read, answer, end: 0 with an answer on standard output, whatever the file was."""
    lock_up()
    try:
        data, text, images = _made(sys.stdin.buffer, Kind(sys.argv[1]))
        answer: dict[str, object] = {"text": text[:LONGEST_TEXT], "images": images}
    except NotTaken as refusal:
        answer, data = {"refused": refusal.reason.code}, b""
    except MemoryError:
        answer, data = {"refused": reasons.TOO_MUCH.code}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + data)
    return 0


def _made(file: BinaryIO, kind: Kind) -> tuple[bytes, str, int]:
    from ikb.quarantine.document import refuse_two_in_one

    refuse_two_in_one(file, kind)
    if kind is Kind.PDF:
        from ikb.quarantine import clean_pdf  # late: decision 79; here the program only

        return clean_pdf.clean(file)
    from ikb.quarantine import picture

    return picture.redrawn(file, kind), "", 1


def clean_copy(source: bytes, kind: Kind) -> Clean:
    """A clean copy of a file that may be anybody's. kind: what the first look took it for. Raises NotTaken."""
    try:
        head, _, data = ask("ikb.quarantine.cleaned", source, kind.value).partition(b"\n")
        answer = json.loads(head)
        if "refused" in answer:  # in our words: a program that was taken over shall not speak to people
            raise NotTaken(BY_CODE.get(str(answer["refused"]), reasons.DAMAGED))
        text = str(answer["text"]).replace("\x00", "").encode(errors="replace").decode()[:LONGEST_TEXT]
        return Clean(data, text, max(0, int(answer["images"])))
    except (NoAnswer, ValueError, KeyError, TypeError) as fault:
        raise NotTaken(reasons.TOO_MUCH) from fault


if __name__ == "__main__":
    sys.exit(main())
