"""What a section is called in a sentence."""

from __future__ import annotations

from ikb.web.labels import label

LONGEST_NAME = 60  # characters


def name_of(kind: str, number: str | None, text: str) -> str:
    """What a section is called: `Beschlusspunkt 2`, or its kind with its first words where it bears no number."""
    if number:
        return f"{label('section_kind', kind)} {number}"
    return f"{label('section_kind', kind)} „{shorten(text)}“"


def shorten(text: str) -> str:
    """The first words of a text."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rsplit(" ", 1)[0] + " …"
