"""Letters that tell institutions what became of their remarks: the leads' own Word form filled in, or the built-in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ikb.core.clock import berlin_day
from ikb.core.formatted import as_plain
from ikb.core.word.fields import Value
from ikb.errors import NotReady
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.quarantine import word_form
from ikb.remarks.outgoing import Outgoing, outgoing
from ikb.reports import result as results
from ikb.reports import result_notice, word_forms
from ikb.reports.model import Purpose
from ikb.web.filters import day_long
from ikb.web.labels import label

PURPOSE = Purpose.ANSWER_LETTER
TABLE = "anmerkungen"
TABLES = (TABLE,)
FIELDS: Mapping[str, str] = {
    "institution": "Name der Institution",
    "anschrift": "ihre Anschrift, Zeile für Zeile",
    "anrede": "„Sehr geehrte Damen und Herren“",
    "datum": "Tag, an dem der Brief erstellt wird",
    "verfahren": "Titel des Verfahrens",
    "aktenzeichen": "Aktenzeichen des Verfahrens",
    "nummer": "Eingangsnummer der Stellungnahme",
    "eingang": "Tag, an dem sie eingegangen ist",
    "anzahl": "wie viele Anmerkungen beantwortet sind, mit ihrem Ganzen",
    TABLE: "Tabelle: Nummer, Abschnitt, Anmerkung, Antwort, Begründung",
    "entscheidung": "welches Gremium entscheidet oder entschieden hat",
    "ansprechperson": "Ansprechperson des Verfahrens",
    "telefon": "ihre Telefonnummer",
    "e-mail": "ihre E-Mail-Adresse",
}
PER_LETTER = frozenset({"institution", "anschrift", "anrede", "nummer", "eingang", "anzahl", "entscheidung"})
HEAD = ("Nr.", "Abschnitt", "Ihre Anmerkung", "Antwort", "Begründung")
SALUTATION = "Sehr geehrte Damen und Herren"
MOST_IN_ONE = 500  # letters in one file


@dataclass(frozen=True)
class Letter:
    """One letter, not filled in yet: to whom, and what every field stands for."""

    institution: str
    values: Mapping[str, Value]


def recipients(phase: ParticipationPhase, now: datetime, *, only_post: bool = False) -> list[Invitation]:
    """Institutions with an answered remark, by name. only_post: those without a mailbox."""
    found = result_notice.answered_in(phase.id)
    today = berlin_day(now)
    return [row for row in found if not (only_post and institutions.recipient_of(row.institution, today))]


def refuse(procedure: Procedure, count: int, *, in_one: bool) -> None:
    """Raises NotReady where there is no letter to write, or where they do not go into one file."""
    if not count:
        raise NotReady(
            "Es gibt keinen Brief zu schreiben: Noch hat keine herausgegebene Fassung eine Anmerkung beantwortet, oder alle "
            "Institutionen mit Antwort haben eine E-Mail-Adresse."
        )
    if in_one and count > MOST_IN_ONE:
        raise NotReady(f"Das wären {count} Briefe in einer Datei, erlaubt sind {MOST_IN_ONE}. Nehmen Sie sie einzeln.")
    if in_one and _differs_outside_text(form_bytes(procedure)):
        raise NotReady(
            "In der Kopf- oder Fußzeile Ihrer Vorlage steht ein Feld, das in jedem Brief anders ist. Nehmen Sie die Briefe "
            "einzeln als ZIP-Datei, oder setzen Sie das Feld in den Text."
        )


def _differs_outside_text(form: bytes) -> bool:
    """Whether header or footer differ from letter to letter: a file has one of each."""
    return any(field.part != "document" and field.name in PER_LETTER for field in word_form.fields_of(form))


def letter(invitation: Invitation, now: datetime) -> Letter:
    """The letter to one institution. Raises NotReady where it handed nothing in."""
    return Letter(invitation.institution.name, _values(invitation, now))


def filled(procedure: Procedure, found: Sequence[Letter]) -> Iterator[bytes]:
    """Each letter as a file of its own."""
    return word_form.filled(form_bytes(procedure), [letter.values for letter in found])


def filled_in_one(procedure: Procedure, found: Sequence[Letter]) -> bytes:
    """All letters in one file."""
    return word_form.filled_in_one(form_bytes(procedure), [letter.values for letter in found])


def form_bytes(procedure: Procedure) -> bytes:
    """The form that holds: the leads' own, else the built-in one."""
    own = word_forms.current(procedure.id, PURPOSE)
    return built_in() if own is None else word_forms.bytes_of(own)


def built_in() -> bytes:
    """The form that comes with ikb, to be used as it is or as a beginning for one's own."""
    from ikb.core.word import sheets  # late: decision 79

    document = sheets.blank("Antwort auf Ihre Stellungnahme", datetime(2026, 1, 1, tzinfo=UTC), points=11)
    for line in ("{institution}", "{anschrift}", "", "{datum}", ""):
        document.add_paragraph(line)
    document.add_heading("{verfahren}: Antwort auf Ihre Stellungnahme", level=1)
    for line in (
        "Unser Zeichen: {aktenzeichen}\nIhre Stellungnahme: {nummer} vom {eingang}",
        "{anrede},",
        "vielen Dank für Ihre Stellungnahme. Wir haben jede Anmerkung geprüft. {anzahl} sind beantwortet:",
        "{anmerkungen}",
        "",
        "{entscheidung}",
        "Wenn Sie Fragen haben, wenden Sie sich an {ansprechperson}, {telefon}, {e-mail}.",
        "Mit freundlichen Grüßen",
        "{ansprechperson}",
    ):
        document.add_paragraph(line)
    return sheets.as_bytes(document)


def _values(invitation: Invitation, now: datetime) -> dict[str, Value]:
    procedure, today = invitation.phase.procedure, berlin_day(now)
    found = results.result(invitation, today)
    if found is None:
        raise NotReady(f"{invitation.institution.name} hat nichts abgeschickt, auf das zu antworten wäre.")
    values: dict[str, Value] = {
        "institution": invitation.institution.name,
        "anschrift": invitation.institution.address,
        "anrede": SALUTATION,
        "datum": day_long(today),
        "verfahren": procedure.title,
        "aktenzeichen": procedure.file_reference,
        "ansprechperson": procedure.contact_name,
        "telefon": procedure.contact_phone,
        "e-mail": procedure.contact_email,
    }
    return values | _of_result(found)


def _of_result(found: results.Result) -> dict[str, Value]:
    statement = found.statement
    texts = outgoing([answer.said.remark.id for answer in found.answers])
    rows = [_row(number, answer, texts[answer.said.remark.id]) for number, answer in enumerate(found.answers, 1)]
    return {
        "nummer": statement.number or "",
        "eingang": day_long(statement.submitted_at),
        "anzahl": f"{found.answered} von {len(found.answers)} Anmerkungen",
        "entscheidung": "\n".join(found.sittings),
        TABLE: [HEAD, *rows],
    }


def _row(number: int, answer: results.Answer, text: Outgoing) -> tuple[str, ...]:
    """A row of the table. What is blacked out stays so: a letter goes through more hands than a link."""
    wish = answer.said.remark.wish
    asked = f"{label('wish', wish)}: {text.wording}".removesuffix(": ") if wish else ""
    words = "\n".join(filter(None, (text.said, asked)))
    return str(number), answer.said.name, words, answer.sentence, as_plain(answer.reason)
