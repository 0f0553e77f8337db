"""A mail that somebody drops on the page, read in quarantine: who wrote when, what it says, and what is attached."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ikb.quarantine.kinds import Kind
from ikb.quarantine.process import NoAnswer, ask

PROGRAM = "ikb.quarantine.letterbox"
MOST_ATTACHMENTS = 20
LONGEST = 300


@dataclass(frozen=True)
class Attached:
    """One file of a mail. data: empty where it was too large to be taken out."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says of itself; none of it is proven. sent_at: aware, None where it says nothing that can be read."""

    sender: str
    address: str
    subject: str
    sent_at: datetime | None
    text: str
    attachments: tuple[Attached, ...] = ()


def read(source: Path, kind: Kind) -> Mail | None:
    """A stored mail with its attachments; None for one that cannot be read: it is then recorded by hand."""
    try:
        head, _, rest = ask(PROGRAM, source, kind.value).partition(b"\n")
        told = json.loads(head)
        return Mail(
            sender=_line(told["sender"]),
            address=_line(told["address"]).lower()[:254],
            subject=_line(told["subject"]),
            sent_at=_moment(told["sent_at"]),
            text=_clean(told["text"]),
            attachments=tuple(_attached(told["attachments"], rest)),
        )
    except (NoAnswer, ValueError, KeyError, TypeError):
        return None


def _attached(told: list[list[object]], rest: bytes) -> list[Attached]:
    found, at = [], 0
    for name, size in told[:MOST_ATTACHMENTS]:
        length = int(str(size))
        found.append(Attached(_line(name), rest[at : at + length]))
        at += length
    return found


def _line(told: object) -> str:
    return " ".join(_clean(told).split())[:LONGEST]


def _clean(told: object) -> str:
    return str(told or "").replace("\x00", "").encode(errors="replace").decode()


def _moment(told: object) -> datetime | None:
    moment = datetime.fromisoformat(str(told)) if told else None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
