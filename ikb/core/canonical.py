"""JSON whose bytes can be signed: one way to write it, and one way to read it that lets nothing pass twice."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class NotJson(ValueError):
    """The text is no JSON: cut off, or something else altogether."""


class NotPlain(ValueError):
    """It is JSON, but of a kind that no canonical text has; the message is a German sentence that says what."""


def canonical(value: Any) -> str:
    """A value as canonical JSON: keys sorted, no blanks, every sign as itself; UTF-8 when it becomes bytes.

    Source: the form of RFC 8785 for values without fractions, which all of ours are.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_plain(text: str) -> Any:
    """A JSON text as a value of objects, lists, strings, whole numbers, true, false and null.

    Blanks between the parts and the order of keys say nothing and are let pass. Raises NotJson for what is no JSON, NotPlain
    for a key that stands twice, a fraction, NaN, Infinity, half a surrogate pair, or what is nested beyond reason.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_no_fraction, parse_constant=_no_constant)
        canonical(value).encode()
    except NotPlain:
        raise
    except UnicodeEncodeError as fault:
        raise NotPlain("Die Datei enthält ein halbes Zeichen (Surrogat), das in keinem Text vorkommt.") from fault
    except RecursionError as fault:
        raise NotPlain("Die Datei ist tiefer verschachtelt, als eine Bestätigung es je ist.") from fault
    except ValueError as fault:  # also a number of more digits than Python reads
        raise NotJson(str(fault)) from fault
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotPlain(f"Das Feld „{key}“ steht doppelt in der Datei.")
        found[key] = value
    return found


def _no_fraction(written: str) -> NoReturn:
    raise NotPlain(
        f"In der Datei steht die Zahl {written[:40]}; Zahlen mit Komma kommen in einer Bestätigung nicht vor."
    )


def _no_constant(written: str) -> NoReturn:
    raise NotPlain(f"In der Datei steht {written}; das ist keine Zahl.")
