"""An adopted wording of a body goes into the text sign by sign, its blanks and lines included. Pure; no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ikb.core.texts import normalise
from ikb.core.word.spans import exact_spans

Element = Mapping[str, Any]


def in_their_words(elements: Sequence[Element], bodies: Sequence[Element], current: str) -> list[Any]:
    """What was found for a section, with the texts of bodies that were adopted as these wrote them.

    elements, bodies: as in `SectionOutcome`; the texts of elements are normalised, those of bodies are not.
    current:          the section's text, "" if it is not in the version.
    """
    adopted = [body for body in bodies if body["status"] == "adopted" and body["text"]]
    return [_with_text_of(element, adopted, current) for element in elements]


def _with_text_of(element: Element, adopted: Sequence[Element], current: str) -> Element:
    if element["kind"] not in ("edit", "insert"):
        return element
    changed = [part for part in element["segments"] if part["t"] != "keep"]
    behind = {remark for part in changed for remark in part["remarks"]}
    same = normalise(element["text"])
    words = next(
        (one["text"] for one in adopted if one["remark"] in behind and normalise(one["text"]) == same), element["text"]
    )
    if words == element["text"]:
        return element
    origin = {"remarks": sorted(behind), "proposals": sorted({key for part in changed for key in part["proposals"]})}
    old = current if element["kind"] == "edit" else ""
    none: dict[str, Any] = {"remarks": [], "proposals": []}
    segments = [
        {"t": span.kind, "text": span.text} | (none if span.kind == "keep" else origin)
        for span in exact_spans(old, words)
    ]
    return {**element, "text": words, "segments": segments}
