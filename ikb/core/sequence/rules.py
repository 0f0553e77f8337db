"""The rules that findings name, with their sources; paragraphs only as far as the domain notes give them."""

from __future__ import annotations

from ikb.core.sequence.values import Rule, Severity

H, S, W, N = Severity.HARD, Severity.SERIOUS, Severity.SOFT, Severity.NOTE
_PRACTICE = "Praxis der Gremienarbeit"
_LOCAL = "Geschäftsordnung der Stadt"
_ENTERED = "Angaben zur Beratungsfolge"

# Code: how much it weighs, its German name, where it comes from, whether that text was read.
_RULES: dict[str, tuple[Severity, str, str, bool]] = {
    "decision_before_preliminary": (H, "Entscheidung erst nach der Vorberatung", _LOCAL, True),
    "decision_before_district": (S, "Entscheidung erst nach Anhörung der Bezirke", "§ 37 Abs. 5 GO NRW", False),
    "decision_before_advisory": (W, "Entscheidung erst nach Anhörung der Beiräte", _PRACTICE, True),
    "decision_before_introduction": (W, "Entscheidung erst nach der Einbringung", _PRACTICE, True),
    "conclusion_too_early": (W, "Abschließende Vorberatung nach den übrigen Beratungen", _PRACTICE, True),
    "late_hearing": (W, "Anhörungen vor der Einladung des nächsten Gremiums", _PRACTICE, True),
    "notice_missed": (S, "Ladungsfrist", "Geschäftsordnung nach § 47 Abs. 2 GO NRW", False),
    "delivery_day_off": (N, "Letzter Zustellungstag ist ein Werktag", _PRACTICE, True),
    "papers_late": (W, "Abgabeschluss für Vorlagen", _LOCAL, True),
    "in_recess": (W, "Keine Sitzung in der sitzungsfreien Zeit", "Sitzungskalender der Stadt", True),
    "on_holiday": (W, "Keine Sitzung an Sonn- und Feiertagen", "Feiertagsgesetz NW", False),
    "presenter_twice": (S, "Wer vorträgt, ist nur an einem Ort", _PRACTICE, True),
    "presenter_open": (N, "Mehrere Sitzungen an einem Tag", _PRACTICE, True),
    "busy": (N, "Viele Sitzungen in kurzer Zeit", _PRACTICE, True),
    "no_sitting": (N, "Jede Beratung braucht eine Sitzung", _ENTERED, True),
    "result_missing": (S, "Nach der Sitzung steht ein Ergebnis", _ENTERED, True),
    "result_too_early": (H, "Kein Ergebnis vor der Sitzung", _ENTERED, True),
    "same_day": (H, "Ein Gremium berät die Vorlage je Sitzung einmal", _ENTERED, True),
    "successor_before": (H, "Die neue Beratung folgt auf die alte", _ENTERED, True),
    "successor_missing": (S, "Nach Vertagung oder Verweisung folgt eine neue Beratung", _ENTERED, True),
    "sitting_cancelled": (S, "Beraten wird nur in Sitzungen, die stattfinden", _ENTERED, True),
    "overlap": (S, "Sitzungen eines Gremiums überschneiden sich nicht", "Sitzungskalender der Stadt", True),
    "skip_without_reason": (W, "Auslassen nur mit Grund", _PRACTICE, True),
    "decision_missing": (S, "Am Ende steht eine Entscheidung", _PRACTICE, True),
    "role_missing": (N, "Jede Beratung hat eine Rolle", _ENTERED, True),
}
# What was entered cannot be so: corrected, never accepted with a reason.
CONTRADICTIONS = frozenset(
    {"result_too_early", "same_day", "successor_before", "sitting_cancelled", "overlap", "result_missing"}
)
RULES = {code: Rule(name, source, is_read) for code, (_, name, source, is_read) in _RULES.items()}
WEIGHTS = {code: severity for code, (severity, *_) in _RULES.items()}
CODES = {code: name for code, (_, name, *_) in _RULES.items()}
