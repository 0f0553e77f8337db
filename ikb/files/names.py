"""Names of files: for people to read, never for a path."""

from __future__ import annotations

import re
import unicodedata

from ikb.quarantine.kinds import CLAIMS, Kind

LONGEST_NAME = 120
NAMELESS = "Datei"
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')


def ending_of(name: str) -> str:
    """What stands behind the last dot of a cleaned name, in lower case; empty without one."""
    stem, dot, ending = cleaned(name).rpartition(".")
    return ending.lower() if dot and stem else ""


def cleaned(name: str) -> str:
    """A name as it may be shown: no folders, no line breaks, nothing that turns the direction of reading."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in last)
    return " ".join(_FORBIDDEN.sub(" ", visible).split()).lstrip(". ") or NAMELESS


def display_name(name: str, kind: Kind) -> str:
    """A cleaned name, at most `LONGEST_NAME` signs, that ends as its content does: what it is called, it is."""
    shown = cleaned(name)
    ending = ending_of(shown)
    if CLAIMS.get(ending) != kind:
        return f"{shown[: LONGEST_NAME - len(kind.value) - 1]}.{kind.value}"
    stem = shown[: -len(ending) - 1][: LONGEST_NAME - len(ending) - 1].rstrip()
    return f"{stem}.{ending}"
