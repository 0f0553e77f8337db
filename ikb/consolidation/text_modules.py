"""Text modules: written with placeholders that are checked, put into reasons, and kept as long as a reason contains them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from ikb.consolidation.model import Consideration
from ikb.consolidation.module_model import TextModule, TextModuleUse, TextModuleVersion
from ikb.consolidation.voices import Voice
from ikb.core.wording import PLACEHOLDER, faults, fill
from ikb.db import db
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure
from ikb.web import labels
from ikb.web.filters import plural

LONGEST_NAME, LONGEST_BODY = 200, 5_000
PLACEHOLDERS: Mapping[str, str] = {
    "institution": "wer die Anmerkung gemacht hat; bei mehreren ihre Zahl, zum Beispiel „14 Institutionen“",
    "nummer": "Nummer der Anmerkung; bei mehreren ihre Zahl, zum Beispiel „14 Anmerkungen“",
    "abschnitt": "Name des Abschnitts",
    "fassung": "Nummer der Fassung, zu der die Anmerkungen gehören",
    "verfahren": "Titel des Verfahrens",
    "datum": "Tag, an dem der Textbaustein eingefügt wird",
}
# So many characters in a row of a module's own words show that a reason still contains it, however it was edited.
TELLING = 12

labels.add("subject", {"text_module": "Textbaustein"})
labels.add(
    "journal_action",
    {"text module written": "Textbaustein geschrieben", "text module dropped": "Textbaustein gelöscht"},
)


def newest_of(procedure_id: int) -> list[TextModuleVersion]:
    """What each module of a procedure says now, by name."""
    rows = _newest().where(TextModule.procedure_id == procedure_id, TextModule.dropped_at.is_(None))
    return list(db.session.scalars(rows.order_by(func.lower(TextModuleVersion.name), TextModuleVersion.id)))


def versions_of(procedure_id: int, module_id: int) -> list[TextModuleVersion]:
    """Every version of a module, the newest first. Raises NotFound for a foreign or deleted one."""
    rows = (
        select(TextModuleVersion)
        .join(TextModuleVersion.module)
        .where(TextModule.id == module_id, TextModule.procedure_id == procedure_id, TextModule.dropped_at.is_(None))
        .order_by(TextModuleVersion.number.desc())
    )
    found = list(db.session.scalars(rows))
    if not found:
        raise NotFound("Diesen Textbaustein gibt es nicht.")
    return found


def uses_of(procedure_id: int) -> dict[int, int]:
    """How many decisions contain each module of a procedure, by module."""
    rows = (
        select(TextModuleVersion.module_id, func.count(TextModuleUse.consideration_id.distinct()))
        .join(TextModuleUse, TextModuleUse.version_id == TextModuleVersion.id)
        .join(TextModuleVersion.module)
        .where(TextModule.procedure_id == procedure_id)
        .group_by(TextModuleVersion.module_id)
    )
    return dict(db.session.execute(rows).all())


def where_used(module_id: int) -> list[tuple[Consideration, int]]:
    """The decisions whose reason contains a module, each with the version that it has, the newest first."""
    rows = (
        select(Consideration, TextModuleVersion.number)
        .join(TextModuleUse, TextModuleUse.consideration_id == Consideration.id)
        .join(TextModuleVersion, TextModuleVersion.id == TextModuleUse.version_id)
        .where(TextModuleVersion.module_id == module_id)
        .order_by(Consideration.id.desc())
    )
    return [(row, number) for row, number in db.session.execute(rows)]


def write(
    procedure: Procedure,
    name: str,
    body: str,
    *,
    module_id: int | None = None,
    key: UUID,
    seen: int,
    by: Actor,
    now: datetime,
) -> TextModuleVersion:
    """A new module, or the next version of one; reasons that contain an earlier one keep their words.

    key:  of the form; a new module sent twice is one.
    seen: the number of the version that was edited, 0 for a new module.
    Raises Implausible, naming the field; Conflict with both texts if somebody wrote a version meanwhile; NotFound.
    """
    name, body = " ".join(name.split()), body.replace("\r\n", "\n").strip()
    _check(name, body)
    db.session.refresh(procedure, with_for_update={"of": Procedure})
    if module_id is None and (earlier := db.session.scalar(_newest().where(TextModule.key == key))):
        return earlier
    standing = versions_of(procedure.id, module_id)[0] if module_id else None
    if standing is not None and standing.number != seen:
        raise Conflict(
            "Jemand anderes hat diesen Textbaustein inzwischen geändert. Ihr Text ist nicht gespeichert.",
            theirs=f"{standing.name}\n\n{standing.body}",
            mine=f"{name}\n\n{body}",
        )
    if standing is not None and (standing.name, standing.body) == (name, body):
        return standing
    module = standing.module if standing else TextModule(procedure_id=procedure.id, key=key)
    row = TextModuleVersion(module=module, number=seen + 1, name=name, body=body, written_by_id=by.id, written_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"number": row.number}
    journal.record("text module written", module, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return row


def drop(procedure: Procedure, module_id: int, *, by: Actor, now: datetime) -> None:
    """Delete a module that no reason contains. Raises Conflict for one that is used; NotFound."""
    db.session.refresh(procedure, with_for_update={"of": Procedure})
    module = versions_of(procedure.id, module_id)[0].module
    if used := uses_of(procedure.id).get(module_id, 0):
        where = plural(used, "Begründung", "Begründungen")
        raise Conflict(
            f"Dieser Textbaustein steht in {where}. Er bleibt, damit nachvollziehbar ist, woher der Wortlaut kommt. Wenn er "
            "nicht mehr passt, ändern Sie ihn: Frühere Begründungen behalten ihren Wortlaut."
        )
    module.dropped_at = now
    db.session.flush()
    journal.record("text module dropped", module, by=by, now=now, procedure_id=procedure.id)


def filled(version: TextModuleVersion, values: Mapping[str, str]) -> str:
    """A module's words with the placeholders' values."""
    return fill(version.body, values)


def values_for(voices: Sequence[Voice], *, section: str, version: int, procedure: str, today: str) -> dict[str, str]:
    """What the placeholders stand for, in the reason of a decision about these remarks."""
    names = list(dict.fromkeys(voice.name for voice in voices))
    first = voices[0]
    number = (
        f"{first.statement_number} Nr. {first.remark.position}" if not first.is_of_a_body else first.result_in_words
    )
    return {
        "institution": names[0] if len(names) == 1 else f"{len(names)} Institutionen",
        "nummer": number if len(voices) == 1 else f"{len(voices)} Anmerkungen",
        "abschnitt": section,
        "fassung": str(version),
        "verfahren": procedure,
        "datum": today,
    }


def note_uses(decisions: Iterable[Consideration], inserted: str, procedure_id: int) -> None:
    """Remember which modules the reasons of decisions contain.

    inserted: ids of the versions that were put into the form, with commas, as the form tells; what was taken out of the
              reason again, or is of another procedure, is left out.
    """
    ids = {int(one) for one in inserted.split(",") if one.isascii() and one.isdigit() and len(one) < 10}
    if not ids:
        return
    known = db.session.scalars(
        select(TextModuleVersion)
        .join(TextModuleVersion.module)
        .where(TextModuleVersion.id.in_(ids), TextModule.procedure_id == procedure_id)
    ).all()
    db.session.add_all(
        TextModuleUse(version_id=version.id, consideration_id=one.id)
        for one in decisions
        for version in known
        if _contains(one.reason, version.body)
    )
    db.session.flush()


def _contains(reason: str, body: str) -> bool:
    """Whether some of a module's own words still stand in a reason; one without telling words counts once inserted."""
    own = [" ".join(part.split()) for part in PLACEHOLDER.sub("\0", body).split("\0")]
    telling = [part for part in own if len(part) >= TELLING]
    said = " ".join(reason.split())
    return not telling or any(part in said for part in telling)


def _check(name: str, body: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise Implausible(f"Geben Sie dem Textbaustein einen Namen, mit höchstens {LONGEST_NAME} Zeichen.", "name")
    if not body or len(body) > LONGEST_BODY:
        raise Implausible(f"Schreiben Sie den Text, mit höchstens {LONGEST_BODY} Zeichen.", "body")
    if found := faults("", body, PLACEHOLDERS, frozenset()):
        raise Implausible(" ".join(found), "body")


def _newest() -> Select[TextModuleVersion]:
    newest = select(func.max(TextModuleVersion.id)).group_by(TextModuleVersion.module_id)
    return select(TextModuleVersion).join(TextModuleVersion.module).where(TextModuleVersion.id.in_(newest))
