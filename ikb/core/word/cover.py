"""What stands around the text of a Word file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cover:
    """What stands before the text and on each page.

    kicker: a line above the title, such as `Beschlussvorlage`.
    facts:  lines below it: (name, value).
    notes:  paragraphs with hints.
    footer: what each page says on the left, beside its number.
    end:    the last line, behind the text.
    """

    kicker: str
    title: str
    facts: Sequence[tuple[str, str]]
    footer: str
    end: str
    notes: Sequence[str] = field(default_factory=tuple)

    def lines(self) -> list[str]:
        """Every line that ikb itself put into the file beside the text."""
        return [self.kicker, self.title, *(f"{name}\t{value}" for name, value in self.facts), *self.notes, self.end]
