"""The fields of a Word form, and what they are filled with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = str | Sequence[Sequence[str]] | Mapping[str, Sequence[Sequence[Any]]]
"""A text; the rows of a table, the first one its head; or {"paragraphs": [[heading, is_bullet, label, text], …]}.

heading: its depth from 1, 0 for none. Headings and bullets take the form's own styles, all else the look of the field.
"""


@dataclass(frozen=True)
class Found:
    """One field of a form. part: `document`, `header` or `footer`; paragraph: its number there, from 1; says: its text."""

    name: str
    part: str
    paragraph: int
    says: str
    is_alone: bool
