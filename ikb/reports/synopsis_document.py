"""Two versions side by side as PDF: what goes is struck through, what comes is bold and underlined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ikb.config import ROOT
from ikb.consolidation.redlines import Compared
from ikb.core.clock import BERLIN
from ikb.core.redline import Segment
from ikb.drafts.model import DraftVersion
from ikb.tables.typeset import as_pdf
from ikb.web.filters import plural
from ikb.web.labels import label

TEMPLATE = ROOT / "templates" / "reports" / "synopsis.typ"
LEGEND = "So lesen Sie Änderungen: Gestrichenes ist durchgestrichen, Eingefügtes fett und unterstrichen."


def synopsis_pdf(old: DraftVersion, new: DraftVersion, passages: Sequence[Compared], now: datetime) -> bytes:
    """The whole text of both, passage by passage."""
    at = now.astimezone(BERLIN)
    changed = sum(passage.status != "same" for passage in passages)
    page = {
        "title": f"{new.draft.title}: Fassung {old.number} und Fassung {new.number}",
        "lead": [f"{plural(changed, 'Abschnitt ist', 'Abschnitte sind')} anders. {LEGEND}"],
        "head": ["Abschnitt", f"Fassung {old.number}", f"Fassung {new.number}"],
        "rows": [_row(passage) for passage in passages],
        "date": [at.year, at.month, at.day, at.hour, at.minute],
    }
    return as_pdf(TEMPLATE, page)


def _row(passage: Compared) -> list[object]:
    told = "" if passage.status == "same" else f"\n{label('change', passage.status)}"
    older = _parts(passage.older) or [["keep", "gab es nicht"]]
    return [f"{passage.name}{told}", older, _parts(passage.newer) or [["keep", "entfallen"]]]


def _parts(segments: Sequence[Segment]) -> list[list[str]]:
    return [[segment.kind, segment.text] for segment in segments if segment.text]
