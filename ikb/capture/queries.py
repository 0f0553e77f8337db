"""Reads of letters: the pile on the desk, and what is recorded and not split yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload, undefer

from ikb.accounts.policy import Visitor, visible_to
from ikb.capture.model import Letter, LetterFile, LetterState
from ikb.consolidation.holding import stands
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.consolidation.queries import name_of
from ikb.core.names import sort_key
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.files.model import StoredFile
from ikb.institutions.model import Contact, Institution, Invitation
from ikb.procedures.model import ParticipationPhase, PhaseState
from ikb.procedures.queries import led_by
from ikb.statements import attached
from ikb.statements.model import Statement

MOST_OFFERED = 500  # institutions in the list to choose from; further ones are found by typing


@visible_to(Letter)
def _visible_letters(visitor: Visitor) -> Select[Letter]:
    """Letters belong to the leads of their procedure."""
    return select(Letter).where(Letter.procedure_id.in_(led_by(visitor)))


def letters(procedure_id: int, state: LetterState) -> list[Letter]:
    """Letters of a procedure in one state, the oldest first, with their files."""
    rows = (
        select(Letter)
        .where(Letter.procedure_id == procedure_id, Letter.state == state)
        .options(selectinload(Letter.files), selectinload(Letter.statement))
        .order_by(Letter.id)
    )
    return list(db.session.scalars(rows))


def counts(procedure_id: int) -> dict[str, int]:
    """How many letters of a procedure are in which state."""
    rows = select(Letter.state, func.count()).where(Letter.procedure_id == procedure_id).group_by(Letter.state)
    return dict(db.session.execute(rows).all())


def with_key(key: object) -> list[Letter]:
    """Letters that one form brought, in their order."""
    return list(db.session.scalars(select(Letter).where(Letter.key == key)))


def of_statement(statement_id: int) -> Letter | None:
    """The letter that a statement was sent as."""
    return db.session.scalar(select(Letter).where(Letter.statement_id == statement_id))


def text_of_files(letter_id: int) -> str:
    """What can be read in a letter's files, in their order; of a mail only itself, not what is attached to it."""
    rows = (
        select(StoredFile)
        .join(LetterFile, LetterFile.file_id == StoredFile.id)
        .where(LetterFile.letter_id == letter_id, LetterFile.is_original)
        .options(undefer(StoredFile.text))
        .order_by(LetterFile.position)
    )
    return "\n\n".join(file.text.strip() for file in db.session.scalars(rows) if file.text.strip())


def open_phases(procedure_id: int) -> list[ParticipationPhase]:
    """The phases of a procedure in which something can be recorded: those that were opened, the newest first."""
    rows = (
        select(ParticipationPhase)
        .where(ParticipationPhase.procedure_id == procedure_id, ParticipationPhase.state != PhaseState.PLANNED)
        .order_by(ParticipationPhase.id.desc())
    )
    return list(db.session.scalars(rows))


def names_in(phase_ids: Sequence[int]) -> list[str]:
    """The names of the institutions that are heard, for a list to choose from."""
    rows = (
        select(Institution.name)
        .join(Invitation, Invitation.institution_id == Institution.id)
        .where(Invitation.phase_id.in_(phase_ids))
        .distinct()
        .order_by(Institution.name)
        .limit(MOST_OFFERED)
    )
    return sorted(db.session.scalars(rows), key=sort_key)


def invitations_named(phase_ids: Sequence[int], wanted: str) -> list[Invitation]:
    """Invitations of the institution with this name or number, the newest phase first; of several that match, all.

    A name is found whole first, then by all of its words.
    """
    heard = (
        select(Invitation)
        .join(Invitation.institution)
        .where(Invitation.phase_id.in_(phase_ids))
        .order_by(Invitation.phase_id.desc(), Institution.sort_key)
    )
    plain = sort_key(wanted)
    if wanted.strip().isascii() and wanted.strip().isdigit() and len(wanted.strip()) < 10:
        return list(db.session.scalars(heard.where(Institution.number == int(wanted))))
    if found := list(db.session.scalars(heard.where(Institution.sort_key == plain))):
        return found
    words = plain.split()
    if not words:
        return []
    for word in words:
        heard = heard.where(Institution.sort_key.contains(word, autoescape=True))
    return list(db.session.scalars(heard.limit(20)))


def institution_at(address: str) -> str:
    """The name of the one institution that a mail address belongs to; empty where it is none or several."""
    plain = address.strip().lower()
    if not plain:
        return ""
    theirs = select(Contact.institution_id).where(func.lower(Contact.email) == plain)
    rows = select(Institution.name).where((func.lower(Institution.email) == plain) | Institution.id.in_(theirs))
    found = list(db.session.scalars(rows.limit(2)))
    return found[0] if len(found) == 1 else ""


def sections_of(version_id: int) -> list[tuple[str, str]]:
    """Anchor and name of every section of a version, for a list to choose from."""
    return [(row.anchor, name_of(row.kind, row.number, row.text)) for row in drafts.sections_of(version_id)]


def numbered_sections(version_id: int) -> dict[str, str]:
    """The names of those sections that bear a number, by anchor: what a letter may call them."""
    return {row.anchor: name_of(row.kind, row.number, row.text) for row in drafts.sections_of(version_id) if row.number}


def is_decided(remark_id: int) -> bool:
    """Whether somebody decided on a remark, or a version answered it: then its words stay."""
    decided = select(Consideration.id).where(Consideration.remark_id == remark_id, stands()).limit(1)
    answered = select(AnsweredRemark.id).where(AnsweredRemark.remark_id == remark_id).limit(1)
    return db.session.scalar(decided) is not None or db.session.scalar(answered) is not None


def statement_of(letter: Letter) -> Statement:
    """The statement of a recorded letter. Raises LookupError for one on the pile."""
    if letter.statement is None:
        raise LookupError(f"Letter {letter.id} is not recorded.")
    return letter.statement


def text_of_statement(statement_id: int) -> str:
    """What can be read in the files that a statement was handed in with."""
    texts = [one.file.text.strip() for one in attached.of_statement(statement_id, with_text=True) if one.is_letter]
    return "\n\n".join(text for text in texts if text)
