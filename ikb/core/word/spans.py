"""What changed between two texts, so that both can be had back to the last blank: for files that are accepted or rejected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ikb.core.texts import TOKEN

Kind = Literal["keep", "del", "ins"]
_PARTS = re.compile(rf"{TOKEN.pattern}|\s|.", re.DOTALL)
_GAP = 3  # fewer unchanged parts than this between two changes are shown as changed too, as people read it


@dataclass(frozen=True)
class Origin:
    """Where a change comes from. at: aware moment. note: what a comment beside it says, "" for none."""

    author: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch that stays, goes or comes. All keep and del texts in a row are the old text, all keep and ins the new one."""

    kind: Kind
    text: str
    origin: Origin | None = None


def exact_spans(old: str, new: str, origin: Origin | None = None) -> tuple[Span, ...]:
    """The spans between two texts, white space included; each change of one origin."""
    before, after = _PARTS.findall(old), _PARTS.findall(new)
    return tuple(Span(kind, text, None if kind == "keep" else origin) for kind, text in _runs(before, after) if text)


def old_text(spans: Iterable[Span]) -> str:
    """The text before the changes."""
    return "".join(span.text for span in spans if span.kind != "ins")


def new_text(spans: Iterable[Span]) -> str:
    """The text after the changes."""
    return "".join(span.text for span in spans if span.kind != "del")


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Kind, str]]:
    from rapidfuzz.distance import Indel  # late: decision 79

    ids: dict[str, int] = {}
    codes = Indel.opcodes([ids.setdefault(p, len(ids)) for p in before], [ids.setdefault(p, len(ids)) for p in after])
    gone: list[str] = []
    come: list[str] = []
    for number, op in enumerate(codes):
        same = before[op.src_start : op.src_end] if op.tag == "equal" else []
        is_between = bool(gone or come) and number + 1 < len(codes)
        if op.tag != "equal" or (is_between and len(same) < _GAP):
            gone += before[op.src_start : op.src_end]
            come += after[op.dest_start : op.dest_end]
            continue
        yield from (("del", "".join(gone)), ("ins", "".join(come)), ("keep", "".join(same)))
        gone, come = [], []
    yield from (("del", "".join(gone)), ("ins", "".join(come)))
