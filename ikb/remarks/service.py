"""Saying something about a section, saying it differently, taking it back.

The journal hears of remarks when their statement is handed in or their result recorded, not at every save of a draft.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from ikb.db import db
from ikb.errors import Conflict, Implausible
from ikb.remarks import redactions as redactions
from ikb.remarks.model import Remark, Stance, Wish

LONGEST_TEXT = 20_000  # characters, of a comment and of a proposed wording each
NEEDS_TEXT = frozenset({Wish.REPLACE, Wish.INSERT_AFTER, Wish.INSERT_BEFORE})


@dataclass(frozen=True)
class Said:
    """What somebody says about one section: what they think of it, in their words, and what they want the text to be."""

    stance: str | None = None
    comment: str = ""
    wish: str = Wish.NONE
    proposed_text: str = ""

    @property
    def is_empty(self) -> bool:
        return self.stance is None and not self.comment.strip() and self.wish == Wish.NONE

    @classmethod
    def of(cls, remark: Remark) -> Said:
        """What a stored remark says."""
        return cls(remark.stance, remark.comment, remark.wish, remark.proposed_text)


def add(
    said: Said,
    *,
    draft_version_id: int,
    anchor: str | None,
    statement_id: int | None = None,
    agenda_item_id: int | None = None,
    author: str = "",
    now: datetime,
) -> Remark:
    """A new remark at the end of its source's list.

    anchor: the section, None for the whole document.
    author: who wrote it, among several people of one source; empty where nobody is named.
    Exactly one of `statement_id` and `agenda_item_id` is given, else ValueError.
    Raises Implausible where the wish lacks its text, nothing is said at all, or a text is too long.
    """
    if (statement_id is None) == (agenda_item_id is None):
        raise ValueError("A remark has exactly one source.")
    check(said)
    source = Remark.statement_id == statement_id if statement_id else Remark.agenda_item_id == agenda_item_id
    last = db.session.scalar(select(func.max(Remark.position)).where(source)) or 0
    remark = Remark(
        draft_version_id=draft_version_id,
        anchor=anchor,
        statement_id=statement_id,
        agenda_item_id=agenda_item_id,
        position=last + 1,
        created_at=now,
    )
    _say(remark, said, author)
    db.session.add(remark)
    db.session.flush()
    return remark


def edit(remark: Remark, said: Said, *, row_version: int, author: str = "") -> Remark:
    """Say it differently.

    row_version: the version that the editor had before them.
    Raises Conflict with both texts if somebody else saved since; Implausible as `add` does.
    """
    check(said)
    refuse_if_changed(remark, said, row_version)
    _say(remark, said, author)
    db.session.flush()
    return remark


def remove(remark: Remark, *, row_version: int) -> None:
    """Take a remark back. Raises Conflict if somebody else saved since."""
    refuse_if_changed(remark, Said(), row_version)
    db.session.delete(remark)
    db.session.flush()


def refuse_if_changed(remark: Remark, mine: Said, row_version: int) -> None:
    """Raises Conflict with both texts if `row_version` is not the one that is stored."""
    if remark.row_version == row_version:
        return
    raise Conflict(
        "Diese Anmerkung wurde inzwischen an anderer Stelle geändert. Beide Texte stehen hier; es wurde nichts "
        "überschrieben. Wählen Sie, was gelten soll.",
        theirs=in_words(Said.of(remark)),
        mine=in_words(mine),
    )


def copy_all(remarks: Iterable[Remark], statement_id: int, *, now: datetime) -> None:
    """The same remarks once more for another statement, in one insert, however many they are.

    Their versions are the same too: a form that was made from one of them fits its copy.
    """
    rows = [
        {
            "draft_version_id": remark.draft_version_id,
            "anchor": remark.anchor,
            "statement_id": statement_id,
            "position": place,
            "stance": remark.stance,
            "comment": remark.comment,
            "wish": remark.wish,
            "proposed_text": remark.proposed_text,
            "authors": remark.authors,
            "question_id": remark.question_id,
            "language": remark.language,
            "translation": remark.translation,
            "created_at": now,
            "row_version": remark.row_version,
        }
        for place, remark in enumerate(remarks, 1)
    ]
    if rows:
        db.session.execute(insert(Remark.__table__), rows)  # type: ignore[arg-type]


def in_words(said: Said) -> str:
    """A remark as plain text, for setting two of them side by side."""
    parts = [said.comment.strip()]
    if said.wish == Wish.DELETE:
        parts.append("Wunsch: Abschnitt streichen.")
    if said.wish in NEEDS_TEXT:
        parts.append(f"Vorschlag: {said.proposed_text.strip()}")
    return "\n\n".join(part for part in parts if part) or "(ohne Text)"


def check(said: Said) -> None:
    """Raises Implausible where the wish lacks its text, nothing is said at all, or a text is too long."""
    if said.stance is not None and said.stance not in set(Stance):
        raise Implausible("Wählen Sie eine der vier Bewertungen.", "stance")
    if said.wish not in set(Wish):
        raise Implausible("Wählen Sie, was mit dem Text geschehen soll.", "wish")
    if said.is_empty:
        raise Implausible("Ihre Anmerkung ist leer. Schreiben Sie etwas, oder wählen Sie eine Bewertung.", "comment")
    if said.wish in NEEDS_TEXT and not said.proposed_text.strip():
        raise Implausible(
            "Ihr Vorschlag ist leer. Schreiben Sie die gewünschte Formulierung, oder wählen Sie „Abschnitt streichen“.",
            "proposed_text",
        )
    for text, field in ((said.comment, "comment"), (said.proposed_text, "proposed_text")):
        refuse_if_too_long(text, field)


def refuse_if_too_long(text: str, field: str) -> None:
    """Raises Implausible naming both lengths."""
    if len(text) > LONGEST_TEXT:
        raise Implausible(
            f"Der Text ist zu lang: {_thousands(len(text))} Zeichen, erlaubt sind {_thousands(LONGEST_TEXT)}. "
            "Kürzen Sie ihn, oder verteilen Sie ihn auf mehrere Abschnitte.",
            field,
        )


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _say(remark: Remark, said: Said, author: str) -> None:
    if author:
        remark.authors = [*(name for name in remark.authors or [] if name != author), author]
    remark.stance = said.stance
    remark.comment = said.comment.strip()
    remark.wish = said.wish
    remark.proposed_text = said.proposed_text.strip() if said.wish in NEEDS_TEXT else ""
