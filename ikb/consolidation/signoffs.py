"""Co-signing by departments and release by the head of the administration: asked for, recorded with the day, waited for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from ikb.consolidation.signoff_model import SignOff, SignOffKind
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Immutable, Implausible, NotFound, NotYetDecided
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels

LONGEST_NAME = 200

labels.add("sign_off", {"cosign": "Mitzeichnung", "release": "Freigabe"})
labels.add("subject", {"sign_off": "Mitzeichnung oder Freigabe"})
labels.add(
    "journal_action",
    {
        "sign-off asked for": "Mitzeichnung oder Freigabe verlangt",
        "sign-off recorded": "Mitzeichnung oder Freigabe eingetragen",
        "sign-off dropped": "Mitzeichnung oder Freigabe nicht mehr verlangt",
    },
)


def asked_for(version: DraftVersion) -> list[SignOff]:
    """Everybody whose signature a version waits for or has, departments before the release."""
    rows = select(SignOff).where(SignOff.version_id == version.id, SignOff.dropped_at.is_(None))
    return sorted(db.session.scalars(rows.order_by(SignOff.id)), key=lambda row: row.kind == SignOffKind.RELEASE)


def text_mark(version: DraftVersion) -> str:
    """Tells whether a version's text is still the one that was signed."""
    return mark_of("\n\n".join(f"{row.anchor}\n{row.text}" for row in drafts.sections_of(version.id)))


def missing(version: DraftVersion) -> list[str]:
    """What a version still waits for, one German sentence each."""
    rows = asked_for(version)
    mark = text_mark(version) if rows else ""
    return [_why(row) for row in rows if row.given_on is None or row.text_mark != mark]


def refuse_if_missing(version: DraftVersion) -> None:
    """Raises NotYetDecided naming every signature that is missing or was given for another text."""
    if sentences := missing(version):
        raise NotYetDecided(
            "Die Fassung kann noch nicht herausgegeben werden: Es fehlen Mitzeichnungen oder die Freigabe. "
            "Es wurde nichts geändert.",
            sentences,
        )


def ask(version: DraftVersion, kind: str, who: str, *, by: Actor, now: datetime) -> SignOff:
    """Let a version wait for an office. Asked twice, it is asked once.

    Raises Implausible, naming the field; Immutable for an issued version.
    """
    _refuse_if_issued(version)
    who = " ".join(who.split())
    if kind not in set(SignOffKind):
        raise Implausible("Wählen Sie Mitzeichnung oder Freigabe.", "kind")
    if not who or len(who) > LONGEST_NAME:
        raise Implausible(f"Nennen Sie das Amt oder die Stelle, mit höchstens {LONGEST_NAME} Zeichen.", "who")
    if same := next((row for row in asked_for(version) if (row.kind, row.who) == (kind, who)), None):
        return same
    row = SignOff(version_id=version.id, kind=kind, who=who, asked_by_id=by.id, asked_at=now)
    db.session.add(row)
    db.session.flush()
    _note("sign-off asked for", row, version, by=by, now=now)
    return row


def record(version: DraftVersion, sign_off_id: int, given_on: date, *, seen: str, by: Actor, now: datetime) -> None:
    """Note the day on which an office signed the text as it stands.

    seen: `text_mark` of the text that was on the page.
    Raises Implausible for a day to come or a text that changed meanwhile; NotFound; Immutable for an issued version.
    """
    row = _standing(version, sign_off_id)
    if given_on > berlin_day(now):
        raise Implausible("Dieser Tag liegt in der Zukunft. Tragen Sie den Tag der Unterschrift ein.", "given_on")
    if given_on < berlin_day(version.created_at):
        raise Implausible("An diesem Tag gab es die Fassung noch nicht.", "given_on")
    if (mark := text_mark(version)) != seen:
        raise Implausible(
            "Der Text hat sich inzwischen geändert. Prüfen Sie, ob die Unterschrift auch für ihn gilt, und tragen Sie sie dann "
            "noch einmal ein.",
            "given_on",
        )
    row.given_on, row.recorded_by_id, row.recorded_at, row.text_mark = given_on, by.id, now, mark
    db.session.flush()
    _note("sign-off recorded", row, version, by=by, now=now)


def drop(version: DraftVersion, sign_off_id: int, *, by: Actor, now: datetime) -> None:
    """Wait for an office no longer. Raises NotFound; Immutable for an issued version."""
    row = _standing(version, sign_off_id)
    row.dropped_at = now
    db.session.flush()
    _note("sign-off dropped", row, version, by=by, now=now)


def _standing(version: DraftVersion, sign_off_id: int) -> SignOff:
    _refuse_if_issued(version)
    row = next((one for one in asked_for(version) if one.id == sign_off_id), None)
    if row is None:
        raise NotFound("Diese Mitzeichnung wird nicht mehr verlangt.")
    return row


def _refuse_if_issued(version: DraftVersion) -> None:
    if version.is_issued:
        raise Immutable(f"Fassung {version.number} ist herausgegeben. Wer sie mitgezeichnet hat, steht fest.")


def _why(row: SignOff) -> str:
    what = labels.label("sign_off", row.kind)
    if row.given_on is None:
        return f"{what}: {row.who} hat noch nicht unterschrieben."
    return f"{what}: Seit der Unterschrift von {row.who} hat sich der Text geändert."


def _note(action: str, row: SignOff, version: DraftVersion, *, by: Actor, now: datetime) -> None:
    facts = {"version": version.number, "kind": str(row.kind)}
    journal.record(action, row, by=by, now=now, procedure_id=version.draft.procedure_id, facts=facts)
