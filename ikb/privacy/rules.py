"""How long each kind of data is kept: the usual rules, and what the town decided instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.core.retention import Keeping, Unit
from ikb.db import db
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.privacy.model import RetentionRule, RetentionState
from ikb.web import labels

LIMITED = "Artikel 5 Absatz 1 Buchstabe e DSGVO (Speicherbegrenzung)"
labels.add("retention_unit", {Unit.DAYS: "Tage", Unit.MONTHS: "Monate", Unit.YEARS: "Jahre"})
labels.add(
    "retention",
    {
        RetentionState.DUE: "fällig, gesperrt",
        RetentionState.OFFERED: "dem Archiv angeboten",
        RetentionState.RELEASED: "zum Löschen freigegeben",
        RetentionState.ERASED: "gelöscht",
    },
    tones={RetentionState.DUE: "warning", RetentionState.OFFERED: "info", RetentionState.RELEASED: "info"},
)
labels.add("journal_action", {"retention rule changed": "Aufbewahrungsfrist geändert"})
labels.add("subject", {"retention_rule": "Aufbewahrungsregel"})


@dataclass(frozen=True)
class Rule:
    """How long one kind of data is kept. start: from when it counts, in words; version: of the row, 0 for the usual rule."""

    kind: str
    what: str
    start: str
    keeping: Keeping
    basis: str = LIMITED
    offers_archive: bool = False
    is_held: bool = False
    hold_reason: str = ""
    version: int = 0

    @property
    def in_words(self) -> str:
        return f"{self.keeping.in_words} {self.start}" if self.is_decided else self.keeping.in_words

    @property
    def is_decided(self) -> bool:
        return self.keeping.period is not None

    def as_text(self) -> str:
        """For setting two of them side by side."""
        held = f"ausgesetzt: {self.hold_reason}" if self.is_held else "nein"
        archive = "ja" if self.offers_archive else "nein"
        return f"Frist: {self.in_words}\nGrundlage: {self.basis}\nArchiv: {archive}\nAusgesetzt: {held}"


# The usual rules. What the law of the Land or the town's own orders say of files is not known here: the town decides.
USUAL = (
    Rule("deliveries", "Nachrichten, die gesendet wurden", "nach dem Versand", Keeping(2, Unit.YEARS)),
    Rule("traces", "Anmeldungen, benutzte Einmal-Links und zurückgekommene Nachrichten", "danach", Keeping(30, Unit.DAYS)),
    Rule("drafts", "Entwürfe, die nie abgeschickt wurden", "nach der letzten Änderung", Keeping(6, Unit.MONTHS)),
    Rule(
        "link_use",
        "Ob ein Link benutzt oder ein Entwurf begonnen wurde",
        "nach dem Ende der Beteiligung",
        Keeping(0, Unit.DAYS),
    ),
    Rule(
        "procedure_file",
        "Stellungnahmen, Eingangsbestätigungen und der Schriftwechsel eines Verfahrens",
        "nach der Entscheidung des beschließenden Gremiums",
        Keeping(None),
        basis="",
        offers_archive=True,
    ),
)  # fmt: skip


def all_rules() -> list[Rule]:
    """Every kind with the rule that holds, in a fixed order; one query."""
    rows = {row.kind: row for row in db.session.scalars(select(RetentionRule))}
    return [_with(rule, rows.get(rule.kind)) for rule in USUAL]


def rule_for(kind: str) -> Rule:
    """One of them. Raises NotFound for a kind that there is not."""
    found = next((rule for rule in all_rules() if rule.kind == kind), None)
    if found is None:
        raise NotFound("Diese Regel gibt es nicht.")
    return found


def change(
    kind: str,
    keeping: Keeping,
    *,
    basis: str,
    offers_archive: bool,
    is_held: bool,
    hold_reason: str,
    seen: int,
    by: Actor,
    now: datetime,
) -> None:
    """Decide how long a kind is kept.

    seen: the row's version in the form, 0 where the usual rule held.
    Raises Implausible for a hold without a reason or a period without a basis, Conflict with both texts.
    """
    if is_held and not hold_reason:
        raise Implausible("Schreiben Sie, warum das Löschen ausgesetzt ist.", "hold_reason")
    if keeping.period is not None and not basis:
        raise Implausible("Nennen Sie die Rechtsgrundlage der Frist.", "basis")
    now_holds = rule_for(kind)
    wanted = Rule(kind, now_holds.what, now_holds.start, keeping, basis, offers_archive, is_held, hold_reason)
    if now_holds.version != seen:
        raise Conflict(
            "Jemand anderes hat diese Regel inzwischen geändert. Es wurde nichts überschrieben.",
            theirs=now_holds.as_text(),
            mine=wanted.as_text(),
        )
    row = db.session.scalar(select(RetentionRule).where(RetentionRule.kind == kind)) or RetentionRule(kind=kind)
    row.period, row.unit, row.basis = keeping.period, keeping.unit, basis
    row.offers_archive, row.is_held, row.hold_reason = offers_archive, is_held, hold_reason
    db.session.add(row)
    db.session.flush()
    facts = {"kind": kind, "period": keeping.period, "unit": str(keeping.unit), "held": is_held}
    journal.record("retention rule changed", row, by=by, now=now, facts=facts)


def _with(usual: Rule, row: RetentionRule | None) -> Rule:
    if row is None:
        return usual
    return Rule(
        usual.kind,
        usual.what,
        usual.start,
        Keeping(row.period, Unit(row.unit)),
        row.basis,
        row.offers_archive,
        row.is_held,
        row.hold_reason,
        row.row_version,
    )
