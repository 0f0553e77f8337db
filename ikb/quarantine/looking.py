"""What was found in a file, as the rest of ikb gets to know it: text, a number, and a picture that was drawn anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ikb.quarantine import reasons
from ikb.quarantine.kinds import Kind, Mislabelled
from ikb.quarantine.process import NoAnswer, ask
from ikb.quarantine.reasons import BY_CODE, NotTaken

LONGEST_TEXT = 400_000  # signs
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Seen:
    """text: what can be read, lines apart; pages: of a PDF, or pictures of a TIFF; preview: PNG, empty if there is none."""

    text: str
    pages: int | None
    preview: bytes


def look_into(source: Path | bytes, kind: Kind) -> Seen:
    """Open a file in quarantine and say what is in it.

    kind: what the first look took it for.
    Raises NotTaken with the reason, also where the program was overwhelmed: a file that does that is refused.
    """
    try:
        head, _, preview = ask("ikb.quarantine.document", source, kind.value).partition(b"\n")
        answer = json.loads(head)
        if "refused" in answer:
            raise _refusal(answer, kind)
        return Seen(_text(answer["text"]), _pages(answer["pages"]), preview if preview.startswith(_PNG) else b"")
    except (NoAnswer, ValueError, KeyError, TypeError) as fault:
        raise NotTaken(reasons.TOO_MUCH) from fault


def _refusal(answer: dict[str, object], kind: Kind) -> NotTaken:
    """In our words: a program that was taken over shall not speak to people."""
    if answer.get("is") in set(Kind):
        return Mislabelled(kind.value, Kind(str(answer["is"])))
    return NotTaken(BY_CODE.get(str(answer["refused"]), reasons.DAMAGED))


def _text(told: object) -> str:
    return str(told).replace("\x00", "").encode(errors="replace").decode()[:LONGEST_TEXT]


def _pages(told: object) -> int | None:
    return min(max(0, told), 100_000) if isinstance(told, int) else None
