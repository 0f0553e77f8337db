"""Making remarks of a letter: stretches of its text become remarks or courtesies until nothing is open.

A remark's words are always the letter's own; what staff adds is the section, the stance, and the wording that the letter
asks for. Each act is one transaction on the locked letter, so that two people never cut at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from ikb.capture import queries
from ikb.capture.model import Letter, LetterState
from ikb.core import letter_parts
from ikb.core.letter_parts import Part
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks import queries as remark_queries
from ikb.remarks import service as remarks
from ikb.remarks.model import Remark
from ikb.remarks.service import Said


@dataclass(frozen=True)
class Stretch:
    """A piece of a letter's text. start, end: offsets, end exclusive."""

    start: int
    end: int


def hold(letter: Letter, row_version: int) -> Letter:
    """Lock a letter's row for an act.

    Raises NotReady while it is on the pile or once it is finished, Conflict if somebody cut it since.
    """
    db.session.refresh(letter, with_for_update=True)
    if letter.statement_id is None:
        raise NotReady("Dieses Schreiben ist noch nicht erfasst. Sagen Sie zuerst, von wem es ist.")
    if letter.state == LetterState.SPLIT:
        raise NotReady("Dieses Schreiben ist fertig aufgeteilt. Öffnen Sie es wieder, wenn etwas nicht stimmt.")
    if letter.row_version != row_version:
        raise Conflict(
            "Jemand anderes hat dieses Schreiben inzwischen weiter aufgeteilt. Es wurde nichts überschrieben. Die Seite "
            "zeigt jetzt den neuen Stand; wählen Sie die Stelle noch einmal."
        )
    return letter


def make_remark(
    letter: Letter, stretch: Stretch, anchor: str | None, said: Said, *, row_version: int, by: Actor, now: datetime
) -> Remark:
    """A new remark that says what stands in a stretch of the letter.

    said: stance and wish; its comment is not used.
    Raises Implausible for a stretch without words or a wish that the section cannot have, NotFound for an unknown section.
    """
    hold(letter, row_version)
    words = _words(letter, stretch)
    statement = queries.statement_of(letter)
    version_id = statement.invitation.phase.draft_version_id
    _check_place(version_id, anchor, said)
    remark = remarks.add(
        replace(said, comment=words),
        draft_version_id=version_id,
        anchor=anchor,
        statement_id=statement.id,
        now=now,
    )
    _set(letter, _marked(letter, stretch, "remark", remark.id))
    _note(letter, "letter split", by, now, {"remark": remark.id})
    return remark


def add_to_remark(
    letter: Letter, stretch: Stretch, remark_id: int, *, row_version: int, by: Actor, now: datetime
) -> None:
    """Put one more stretch on a remark. Raises NotFound for a remark that is not the letter's."""
    hold(letter, row_version)
    _words(letter, stretch)
    _remark_of(letter, remark_id)
    _set(letter, _marked(letter, stretch, "remark", remark_id))
    _note(letter, "letter split", by, now, {"remark": remark_id})


def set_aside(letter: Letter, stretch: Stretch, *, row_version: int, by: Actor, now: datetime) -> None:
    """Mark a stretch as a courtesy: greeting, thanks, signature."""
    hold(letter, row_version)
    _words(letter, stretch)
    _set(letter, _marked(letter, stretch, "courtesy"))
    _note(letter, "letter split", by, now, {"courtesy": stretch.end - stretch.start})


def lay_open(letter: Letter, stretch: Stretch, *, row_version: int, by: Actor, now: datetime) -> None:
    """Take a stretch back from whatever it was used for."""
    hold(letter, row_version)
    _words(letter, stretch)
    _set(letter, _marked(letter, stretch, "open"))
    _note(letter, "letter split", by, now, {"open": stretch.end - stretch.start})


def change_remark(
    letter: Letter, remark_id: int, anchor: str | None, said: Said, *, row_version: int, by: Actor, now: datetime
) -> Remark:
    """Another section, stance or wish for a remark of the letter; its words stay."""
    hold(letter, row_version)
    remark = _remark_of(letter, remark_id)
    _refuse_if_decided(remark)
    _check_place(remark.draft_version_id, anchor, said)
    remark.anchor = anchor
    remarks.edit(remark, replace(said, comment=remark.comment), row_version=remark.row_version)
    _touch(letter)
    _note(letter, "letter split", by, now, {"remark": remark_id})
    return remark


def take_back(letter: Letter, remark_id: int, *, row_version: int, by: Actor, now: datetime) -> None:
    """Take a remark back; its words are open again. Raises NotReady once somebody decided on it."""
    hold(letter, row_version)
    _remark_of(letter, remark_id)
    _set(letter, letter_parts.released(letter.as_parts(), remark_id))
    _note(letter, "letter split", by, now, {"taken_back": remark_id})


def cut(letter: Letter, at: int, *, row_version: int) -> None:
    """Cut a part in two. Raises Implausible where there are no words on either side."""
    hold(letter, row_version)
    try:
        letter.set_parts(letter_parts.split(letter.as_parts(), at, letter.text))
    except ValueError as fault:
        raise Implausible(
            "Hier lässt sich das Schreiben nicht teilen; wählen Sie eine Stelle zwischen zwei Sätzen."
        ) from fault
    db.session.flush()


def join(letter: Letter, start: int, *, row_version: int) -> None:
    """Put a part to the one before it, whose use holds for both."""
    hold(letter, row_version)
    try:
        _set(letter, letter_parts.join(letter.as_parts(), start))
    except ValueError as fault:
        raise Implausible("Davor steht nichts, womit sich dieser Teil verbinden ließe.") from fault


def finish(letter: Letter, *, row_version: int, by: Actor, now: datetime) -> None:
    """Say that every word of the letter is placed. Raises NotReady naming how many are not."""
    hold(letter, row_version)
    waiting = letter_parts.open_parts(letter.as_parts())
    if waiting:
        words = sum(len(part.of(letter.text).split()) for part in waiting)
        many = "1 Wort ist" if words == 1 else f"{words} Wörter sind"
        raise NotReady(
            f"{many} noch keiner Anmerkung zugeordnet und nicht als Höflichkeit gekennzeichnet. Es soll nichts verloren gehen."
        )
    letter.state = LetterState.SPLIT
    db.session.flush()
    _note(letter, "letter split finished", by, now, {"remarks": len(remarks_of(letter))})


def reopen(letter: Letter, *, row_version: int, by: Actor, now: datetime) -> None:
    """Go on with a letter that was finished."""
    db.session.refresh(letter, with_for_update=True)
    if letter.row_version != row_version:
        raise Conflict(
            "Jemand anderes hat dieses Schreiben inzwischen geöffnet. Die Seite zeigt jetzt den neuen Stand."
        )
    if letter.state != LetterState.SPLIT:
        raise NotReady("Dieses Schreiben ist noch nicht fertig aufgeteilt.")
    letter.state = LetterState.RECORDED
    db.session.flush()
    _note(letter, "letter split reopened", by, now, {})


def remarks_of(letter: Letter) -> list[Remark]:
    """The remarks that were made of a letter, in the order of its text."""
    order = list(letter_parts.words_on(letter.as_parts(), letter.text))
    found = {remark.id: remark for remark in remark_queries.of_statement(queries.statement_of(letter).id)}
    return [found[one] for one in order if one in found]


def _words(letter: Letter, stretch: Stretch) -> str:
    words = letter.text[max(stretch.start, 0) : stretch.end].strip()
    if not words or not 0 <= stretch.start < stretch.end <= len(letter.text):
        raise Implausible("Wählen Sie zuerst eine Stelle im Schreiben aus, mit mindestens einem Wort.")
    remarks.refuse_if_too_long(words, "stretch")
    return words


def _marked(letter: Letter, stretch: Stretch, use: letter_parts.Use, remark: int | None = None) -> list[Part]:
    return letter_parts.mark(letter.as_parts(), stretch.start, stretch.end, use, letter.text, remark)


def _set(letter: Letter, parts: Sequence[Part]) -> None:
    """Store the parts, and let each remark say what it has now; one without words goes.

    Raises NotReady before anything is stored where somebody has decided on a remark whose words would change.
    """
    before = letter_parts.words_on(letter.as_parts(), letter.text)
    after = letter_parts.words_on(parts, letter.text)
    changed = {one for one in before if before[one] != after.get(one)}
    found = db.session.scalars(select(Remark).where(Remark.id.in_(changed | after.keys() - before.keys()))).all()
    for remark in found:
        if remark.id in before:
            _refuse_if_decided(remark)
        if remark.id in after:
            remarks.refuse_if_too_long(after[remark.id], "stretch")
            remark.comment = after[remark.id]
        else:
            db.session.delete(remark)
    letter.set_parts(list(parts))
    db.session.flush()


def _touch(letter: Letter) -> None:
    """Raise the letter's version without changing it: whoever has the old page is told."""
    flag_modified(letter, "parts")
    db.session.flush()


def _refuse_if_decided(remark: Remark) -> None:
    if queries.is_decided(remark.id):
        raise NotReady(
            "Über diese Anmerkung ist schon entschieden. Ihre Worte bleiben, wie sie sind; machen Sie aus dem Übrigen eine "
            "weitere Anmerkung."
        )


def _remark_of(letter: Letter, remark_id: int) -> Remark:
    if remark_id not in letter_parts.words_on(letter.as_parts(), letter.text):
        raise NotFound("Diese Anmerkung gibt es in diesem Schreiben nicht mehr.")
    return db.session.get_one(Remark, remark_id)


def _check_place(version_id: int, anchor: str | None, said: Said) -> None:
    if anchor is None:
        if said.wish:
            raise Implausible("Wählen Sie den Abschnitt, dessen Wortlaut geändert werden soll.", "anchor")
    elif drafts.section(version_id, anchor) is None:
        raise NotFound("Diesen Abschnitt gibt es in dieser Fassung nicht.")


def _note(letter: Letter, action: str, by: Actor, now: datetime, facts: dict[str, object]) -> None:
    statement = queries.statement_of(letter)
    announce("remarks_split", statement_id=statement.id, now=now)
    journal.record(action, letter, by=by, now=now, procedure_id=letter.procedure_id, facts=facts)
