"""The form's own rule: reasons of more than three pages begin with a short summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ikb.drafts.importers.paper import REASONS_CHAPTER
from ikb.drafts.importers.parsed import ParsedSection

# A printed page of A4 with the margins of DIN 5008 (25 and 20 mm) holds about 50 lines of 80 signs in 11 points; headings,
# lists and the ends of paragraphs leave a quarter of it empty.
SIGNS_PER_PAGE = 3_000
MOST_PAGES = 3  # from the form of the Beschlussvorlage
_SUMMARY = re.compile(
    r"(?:Kurze\s+)?Zusammenfassung|Kurzfassung|Das Wichtigste|In Kürze|Auf einen Blick|Überblick", re.IGNORECASE
)


@dataclass(frozen=True)
class LongReasons:
    """Reasons that lack a summary. signs: spaces included; first: the section before which the summary belongs."""

    signs: int
    first: ParsedSection

    @property
    def pages(self) -> str:
        """About how many printed pages, in German."""
        return f"{self.signs / SIGNS_PER_PAGE:.1f}".replace(".", ",")


def missing_summary(sections: Sequence[ParsedSection]) -> LongReasons | None:
    """The reasons' length where they are long and do not begin with a summary; else None."""
    reasons = [section for section in sections if section.anchor.split("-")[0] == REASONS_CHAPTER and section.parent]
    signs = sum(len(section.text) + 1 for section in reasons)
    if signs <= MOST_PAGES * SIGNS_PER_PAGE or _SUMMARY.match(reasons[0].text):
        return None
    return LongReasons(signs, reasons[0])
