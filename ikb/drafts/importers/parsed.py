"""What an importer found in a paper, as plain values; and the refusal of a file that is no paper."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from ikb.errors import Refusal

_INNER_QUOTES = str.maketrans("„“”", "‚‘‘")

SectionKind = Literal["heading", "point", "paragraph", "bullet", "goal", "objective", "measure"]


class NotAPaper(Refusal):
    """The file is no paper that can be read; `reasons` holds, per fault, what is missing and what to do."""

    status = 422
    code = "not_a_paper"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True)
class ParsedWarning:
    """Something in the file that was not read, or read with a doubt. `line` counts from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class ParsedConsultation:
    """One step of the Beratungsfolge as printed; None where the paper says nothing."""

    position: int
    organization: str
    date: date | None
    public: bool | None
    role: str | None
    result: str | None


@dataclass(frozen=True)
class ParsedSection:
    """One addressable passage. `number` as printed without its full stop, `parent` another section's anchor."""

    anchor: str
    kind: SectionKind
    number: str | None
    parent: str | None
    text: str


@dataclass(frozen=True)
class ParsedPaper:
    """A whole paper: what it is about, who deliberates on it, and its text passage by passage."""

    reference: str | None
    subject: str
    consultations: tuple[ParsedConsultation, ...]
    sections: tuple[ParsedSection, ...]
    warnings: tuple[ParsedWarning, ...]

    def to_json(self) -> dict[str, Any]:
        """The paper as `ikb import paper --json` prints it: plain lists and dicts, dates in ISO form."""
        return {
            "reference": self.reference,
            "subject": self.subject,
            "consultations": [_consultation_json(step) for step in self.consultations],
            "sections": [asdict(section) for section in self.sections],
            "warnings": [asdict(warning) for warning in self.warnings],
        }


def _consultation_json(step: ParsedConsultation) -> dict[str, Any]:
    return asdict(step) | {"date": step.date.isoformat() if step.date else None}


def excerpt(text: str, length: int = 60) -> str:
    """A text in German quotes for a message, cut after `length` characters."""
    text = " ".join(text.split()).translate(_INNER_QUOTES)
    return f"„{text}“" if len(text) <= length else f"„{text[:length].rstrip()} …“"
