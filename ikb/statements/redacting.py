"""A statement as it is gone through before it leaves: each of its texts with what is black and what may have to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.core.redaction import LEFT_OUT_UNTIL_CHECKED, Piece, Span, Suggestion, pieces, suggestions
from ikb.db import db
from ikb.errors import NotFound
from ikb.institutions.model import Contact
from ikb.journal.service import Actor
from ikb.remarks import redactions
from ikb.remarks.model import Remark
from ikb.remarks.redaction_model import Part, Reason, Redaction, RedactionCheck
from ikb.statements import publishing
from ikb.statements.model import Statement


@dataclass(frozen=True)
class Proposed:
    """One suggestion in one text. value: names it in a form."""

    value: str
    words: str
    around: str
    suggestion: Suggestion

    @property
    def is_urgent(self) -> bool:
        """Whether it is left out of everything as long as nobody has decided."""
        return self.suggestion.likely in LEFT_OUT_UNTIL_CHECKED


@dataclass(frozen=True)
class Text:
    """One text of one remark. number: the remark's place in its statement, from 1."""

    remark: Remark
    number: int
    part: Part
    pieces: Sequence[Piece]
    black: Sequence[Redaction]
    proposed: Sequence[Proposed]

    @property
    def original(self) -> str:
        return redactions.text_of(self.remark, self.part)

    @property
    def name(self) -> str:
        what = "Anmerkung" if self.part == Part.COMMENT else "Vorschlag in Anmerkung"
        return f"{what} {self.number}"

    def words_of(self, row: Redaction) -> str:
        """What one redaction hides; for those inside only."""
        return self.original[row.start : row.end]


@dataclass(frozen=True)
class Gone:
    """A statement with all its texts, and whether a person has gone through it."""

    texts: Sequence[Text]
    check: RedactionCheck | None

    @property
    def proposed(self) -> list[Proposed]:
        """Suggestions that nobody has taken up; none once somebody went through it."""
        return [] if self.check else [one for text in self.texts for one in text.proposed]


def go_through(statement: Statement) -> Gone:
    """Every text of a statement with its redactions and suggestions: four queries."""
    said = _remarks(statement)
    held = redactions.of_remarks([remark.id for remark in said])
    names = known_names(statement, said)
    hidden = _hidden_before(statement)
    texts = [
        _text(
            remark, number, part, [row for row in held if (row.remark_id, row.part) == (remark.id, part)], names, hidden
        )
        for number, remark in enumerate(said, 1)
        for part in Part
        if redactions.text_of(remark, part)
    ]
    check = db.session.scalar(select(RedactionCheck).where(RedactionCheck.statement_id == statement.id))
    return Gone(texts, check)


def text_of(statement: Statement, remark_id: int, part: Part) -> Text:
    """One of them. Raises NotFound for another statement's remark or an empty text."""
    found = next((one for one in go_through(statement).texts if (one.remark.id, one.part) == (remark_id, part)), None)
    if found is None:
        raise NotFound("Diesen Text gibt es in der Stellungnahme nicht.")
    return found


def black_out(
    statement: Statement,
    remark: Remark,
    part: Part,
    spans: Sequence[Span],
    reason: Reason,
    note: str = "",
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Black out parts of a text of this statement; what is public of it follows at once. Returns how many are new."""
    rows = redactions.mark(remark, part, spans, reason, note, by=by, now=now)
    if rows:
        publishing.follow(statement, by=by, now=now)
    return len(rows)


def take_up(statement: Statement, values: Iterable[str], reason: Reason, *, by: Actor, now: datetime) -> int:
    """Black out chosen suggestions, named as `Proposed.value` names them; what is not among them is left alone."""
    offered = {one.value: (text, one) for text in go_through(statement).texts for one in text.proposed}
    count = 0
    for value in values:
        if value in offered:
            text, one = offered[value]
            spans = [Span(one.suggestion.start, one.suggestion.end)]
            count += len(redactions.mark(text.remark, text.part, spans, reason, by=by, now=now))
    if count:
        publishing.follow(statement, by=by, now=now)
    return count


def _text(
    remark: Remark, number: int, part: Part, black: Sequence[Redaction], names: Sequence[str], hidden: Sequence[str]
) -> Text:
    text = redactions.text_of(remark, part)
    spans = [Span(row.start, row.end) for row in black]
    open_ = [one for one in suggestions(text, names, hidden) if not any(one.overlaps(span) for span in spans)]
    proposed = [
        Proposed(f"{remark.id}:{part}:{one.start}:{one.end}", text[one.start : one.end], _around(text, one), one)
        for one in open_
    ]
    return Text(remark, number, part, pieces(text, spans, open_), black, proposed)


def _around(text: str, one: Span) -> str:
    return " ".join(f"… {text[max(0, one.start - 30) : one.end + 30]} …".split())


def _remarks(statement: Statement) -> list[Remark]:
    rows = select(Remark).where(Remark.statement_id == statement.id).order_by(Remark.position, Remark.id)
    return list(db.session.scalars(rows))


def known_names(statement: Statement, said: Iterable[Remark]) -> list[str]:
    """The institution's contacts, who answered, and who wrote a remark."""
    rows = select(Contact.name).where(Contact.institution_id == statement.invitation.institution_id)
    wrote = {name for remark in said for name in remark.authors or []}
    return [name for name in [*db.session.scalars(rows), statement.author_name, *sorted(wrote)] if name.strip()]


def _hidden_before(statement: Statement) -> list[str]:
    """What was blacked out of earlier statements of the same institution: the same words are suggested again."""
    rows = (
        select(Remark, Redaction)
        .join(Redaction, Redaction.remark_id == Remark.id)
        .join(Statement, Statement.id == Remark.statement_id)
        .where(
            Statement.invitation_id == statement.invitation_id,
            Statement.id != statement.id,
            Redaction.lifted_at.is_(None),
        )
    )
    hidden = {
        redactions.text_of(remark, Part(row.part))[row.start : row.end] for remark, row in db.session.execute(rows)
    }
    return sorted(words for words in hidden if words.strip())
