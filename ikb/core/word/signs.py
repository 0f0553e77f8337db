"""What the other end of a file is recognised by: bookmarks and content controls that survive editing, and its texts.

A bookmark's name holds at most forty letters, digits and underscores, so anchors and texts go into it as digests.
"""

from __future__ import annotations

import hashlib
import re

from ikb.core.texts import normalise

END = "_ikb_end"
OURS = "ikb"
"""Initials of the comments that ikb wrote itself: they come back unread."""

_SECTION = re.compile(r"_ikb_([0-9a-f]{12})_([0-9a-f]{8})")
_FRONT = re.compile(r"_ikb_front_[0-9]{1,3}")
_VERSION = re.compile(r"_ikb_version_([0-9]{1,10})")
_NO_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def section_key(anchor: str, text: str) -> str:
    """The name of a section's bookmark: which section it is, and which text it had when it was written."""
    return f"{_anchor_key(anchor)}_{_digest(normalise(text), 8)}"


def version_key(version_id: int) -> str:
    """The name of the bookmark on the title: which version the file is of."""
    return f"_ikb_version_{version_id}"


def version_in(name: str) -> int | None:
    """The version that a bookmark's name tells, None for any other bookmark."""
    found = _VERSION.fullmatch(name)
    return int(found[1]) if found else None


def front_key(place: int) -> str:
    """The name of a line that stands before the text, from 0."""
    return f"_ikb_front_{place}"


def is_beside(name: str) -> bool:
    """Whether a name is that of a line which ikb wrote before or behind the text."""
    return name == END or _FRONT.fullmatch(name) is not None or version_in(name) is not None


def is_ours(name: str) -> bool:
    """Whether a bookmark or a content control was put there by ikb."""
    return is_beside(name) or _SECTION.fullmatch(name) is not None


def place_of(name: str) -> str | None:
    """The part of a section's name that tells which section it is; None for any other name."""
    found = _SECTION.fullmatch(name)
    return found[1] if found else None


def place_key(anchor: str) -> str:
    """What `place_of` gives for the names of this section."""
    return _digest(anchor, 12)


def holdable(text: str) -> str:
    """The text without what XML cannot hold; line breaks, tabs and every kind of blank stay."""
    return _NO_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def label_of(kind: str, number: str | None, word: str) -> str:
    """What stands before a section's text: `1.` before a point, `Leitziel 1:` before a goal, else the bare number.

    word: what the kind is called.
    """
    if not number:
        return ""
    if kind in ("goal", "objective", "measure"):
        return f"{word} {number}:"
    return f"{number}." if kind == "point" and number.isdigit() else number


def _anchor_key(anchor: str) -> str:
    return f"_ikb_{place_key(anchor)}"


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
