"""The paper's own number, as towns print it in the head of a paper."""

import re
from collections.abc import Sequence

from ikb.drafts.importers.labels import bare
from ikb.drafts.importers.lines import Line
from ikb.drafts.importers.outline import Outline

_LABEL = re.compile(
    r"(?:\b|^)(?:Drucksachen?|Ds\.?|Dr\.?|DS|Vorlagen?|Beschlussvorlagen?|Sitzungsvorlagen?|Vorgangs)"
    r"(?:\s*-?\s*(?:Nr\b\.?|nummer)|(?=\s*:))\s*:?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_TITLED = re.compile(r"(?:Drucksache|\w*[Vv]orlage)\s+(?P<rest>\S*\d.*)")
# 4400/2020-2025, V/0716/2023/1, IX/416/1, 16051-09-E1
_NUMBER = re.compile(r"(?=[^\s]*\d)[A-Za-z0-9ÄÖÜ]+(?:\s?[/.\-–_]\s?[A-Za-z0-9]+)*")


def read_reference(outline: Outline, lines: Sequence[Line]) -> tuple[str | None, list[Line]]:
    """The number, or None where the head bears none; and the lines that were not needed for it."""
    for index, line in enumerate(lines):
        rest = _rest(line)
        if rest is None:
            continue
        others = [*lines[:index], *lines[index + 1 :]]
        if number := _NUMBER.match(rest):
            return _tidy(number[0]), [Line(line.number, rest[number.end() :]), *others]
        if not rest.strip("_.… "):
            return _from_next_line(outline, lines, index)
    return None, list(lines)


def _rest(line: Line) -> str | None:
    text = bare(line.text)
    match = _LABEL.search(text) or _TITLED.fullmatch(text)
    return match["rest"].strip() if match else None


def _from_next_line(outline: Outline, lines: Sequence[Line], index: int) -> tuple[str | None, list[Line]]:
    following = next((n for n in range(index + 1, len(lines)) if not lines[n].is_blank), None)
    if following is not None and (number := _NUMBER.fullmatch(bare(lines[following].text))):
        return _tidy(number[0]), [line for n, line in enumerate(lines) if n not in (index, following)]
    outline.warn(lines[index].number, "Das Feld für die Drucksachennummer ist leer.")
    return None, [*lines[:index], *lines[index + 1 :]]


def _tidy(number: str) -> str:
    return re.sub(r"\s", "", number)
