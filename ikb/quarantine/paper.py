"""Reads one paper from standard input and writes its lines as JSON: a program of its own, never part of the web process.

Run as `python -m ikb.quarantine.paper FORM`, with docx, pdf or html. Output: {"lines": [...]} or {"refused": code}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import BinaryIO

from ikb.quarantine import reasons
from ikb.quarantine.kinds import Mislabelled
from ikb.quarantine.locked import lock_up
from ikb.quarantine.papers.parts import Part, to_lines
from ikb.quarantine.process import NoAnswer, ask
from ikb.quarantine.reasons import BY_CODE, NotTaken

LONGEST_TEXT = 2 * 1024 * 1024  # signs of all lines together


def main() -> int:
    """Read, answer, end: 0 with JSON on standard output, whatever the file was."""
    lock_up()
    try:
        answer: dict[str, object] = {"lines": _lines(sys.stdin.buffer, sys.argv[1])}
    except Mislabelled:
        answer = {"refused": reasons.UNKNOWN.code}
    except NotTaken as refusal:
        answer = {"refused": refusal.reason.code}
    except (MemoryError, RecursionError):
        answer = {"refused": reasons.TOO_MUCH.code}
    sys.stdout.write(json.dumps(answer))
    return 0


def _lines(file: BinaryIO, form: str) -> list[str]:
    lines = to_lines(_parts(file, form))
    if sum(map(len, lines)) > LONGEST_TEXT:
        raise NotTaken(reasons.TOO_MUCH)
    return lines


def _parts(file: BinaryIO, form: str) -> Iterable[Part]:
    """Each form's reader is loaded for itself: the others' libraries cost time."""
    if form == "docx":
        from ikb.quarantine.papers import word

        return word.read(file)
    if form == "pdf":
        from ikb.quarantine.papers import printed

        return printed.read(file)
    from ikb.quarantine.papers import page

    return page.read(file)


def paper_lines(data: bytes, form: str) -> list[str]:
    """The lines of a paper as plain text has them, read in a process of its own.

    form: docx, pdf or html.
    Raises NotTaken with the reason, also where the program was overwhelmed.
    """
    try:
        answer = json.loads(ask("ikb.quarantine.paper", data, form))
        if "refused" in answer:
            raise NotTaken(BY_CODE.get(str(answer["refused"]), reasons.DAMAGED))
        return [str(line).encode(errors="replace").decode() for line in answer["lines"]]
    except (NoAnswer, ValueError, KeyError, TypeError) as fault:
        raise NotTaken(reasons.TOO_MUCH) from fault


if __name__ == "__main__":
    sys.exit(main())
