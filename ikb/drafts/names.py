"""What a section is called in a sentence."""

from __future__ import annotations

from ikb.web.labels import label

LONGEST_NAME = 60  # characters


def name_of(kind: str, number: str | None, text: str) -> str:
    """What a section is called: `Beschlusspunkt 2`, or its kind with its first words where it bears no number."""
    if number:
        return f"{label('section_kind', kind)} {number}"
    words = " ".join(text.split())
    if len(words) > LONGEST_NAME:
        words = words[:LONGEST_NAME].rsplit(" ", 1)[0] + " …"
    return f"{label('section_kind', kind)} „{words}“"
