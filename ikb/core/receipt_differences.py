"""Where a receipt was altered, by its check digits: each difference as a German sentence that names the field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from ikb.core.canonical import canonical
from ikb.core.receipt import digit_of, digits_of
from ikb.core.receipt_words import Path, name_of

LONGEST_LIST = 2000  # entries that are compared one by one; a longer list was altered, wherever


def differences(value: Any, digits: Any, path: Path) -> Iterator[str]:
    """One sentence per place where a value does not fit its check digits.

    digits: what `digits_of` gave for the value when it was written.
    """
    if isinstance(value, dict) and isinstance(digits, dict):
        yield from _of_objects(value, digits, path)
    elif isinstance(value, list) and isinstance(digits, list):
        yield from _of_lists(value, digits, path)
    elif isinstance(value, (dict, list)) or digits != digit_of(value):
        yield _changed(value, digits, path)


def _of_objects(value: dict[str, Any], digits: dict[str, Any], path: Path) -> Iterator[str]:
    for key in sorted(value.keys() | digits.keys()):
        here = [*path, key]
        if key not in value:
            yield f"„{name_of(here)}“ fehlt."
        elif key not in digits:
            yield f"„{name_of(here)}“ kam hinzu."
        else:
            yield from differences(value[key], digits[key], here)


def _of_lists(value: list[Any], digits: list[Any], path: Path) -> Iterator[str]:
    now, before = [canonical(digits_of(one)) for one in value], [canonical(one) for one in digits]
    if now == before:
        return
    if sorted(now) == sorted(before):
        yield f"In „{name_of(path)}“ wurde die Reihenfolge verändert."
    elif max(len(now), len(before)) > LONGEST_LIST:
        yield f"„{name_of(path)}“ wurde verändert."
    else:
        yield from _of_entries(value, digits, path, SequenceMatcher(None, before, now, autojunk=False))


def _of_entries(value: list[Any], digits: list[Any], path: Path, matcher: SequenceMatcher[str]) -> Iterator[str]:
    for _, old, old_end, new, new_end in (step for step in matcher.get_opcodes() if step[0] != "equal"):
        both = min(old_end - old, new_end - new)
        for place in range(both):
            yield from differences(value[new + place], digits[old + place], [*path, new + place])
        for place in range(old + both, old_end):
            yield f"„{name_of([*path, place])}“ fehlt."
        for place in range(new + both, new_end):
            yield f"„{name_of([*path, place])}“ kam hinzu."


def _changed(value: Any, digits: Any, path: Path) -> str:
    if isinstance(value, str):
        if any(digit_of(unicodedata.normalize(form, value)) == digits for form in ("NFC", "NFD")):
            return f"In „{name_of(path)}“ wurde die Schreibweise der Zeichen (Unicode-Form) verändert."
        if digits in (digit_of(value.strip()), digit_of(" ".join(value.split()))):
            return f"In „{name_of(path)}“ wurde der Leerraum verändert."
    return f"„{name_of(path)}“ wurde verändert."
