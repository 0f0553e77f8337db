"""Letters with placeholders: `{frist}` stands for the deadline. No logic, no code, nothing that a writer could set off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACES = re.compile(r"[{}]")
_EMPTY_LINES = re.compile(r"\n{3,}")


def placeholders_in(text: str) -> list[str]:
    """The names of the placeholders in a text, each once, in their order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value in its place; a paragraph that was only an empty one vanishes.

    values: by name; what stands in a value is not looked at again, so a name such as "{link}" stays a name.
    Raises KeyError for a placeholder without a value.
    """
    filled = PLACEHOLDER.sub(lambda found: values[found[1]], text)
    lines = "\n".join(line.rstrip() for line in filled.strip().splitlines())
    return _EMPTY_LINES.sub("\n\n", lines)


def faults(subject: str, body: str, known: Mapping[str, str], needed: Set[str]) -> list[str]:
    """What is wrong with a letter's wording, one German sentence each; empty if it can be used.

    known:  every placeholder that this letter has, with what it stands for.
    needed: those that the body must have.
    """
    found = [_unknown(name, known) for name in placeholders_in(f"{subject} {body}") if name not in known]
    found += [_missing(name, known) for name in sorted(needed - set(placeholders_in(body)))]
    if "link" in placeholders_in(subject):
        found.append("Der Betreff enthält {link}. Der persönliche Link gehört nur in den Text.")
    if "\n" in subject.strip():
        found.append("Der Betreff hat mehr als eine Zeile.")
    stray = _BRACES.findall(PLACEHOLDER.sub("", f"{subject}\n{body}"))
    if stray:
        example = "{" + next(iter(known)) + "}"
        found.append(
            f"Geschweifte Klammern stehen nur um Platzhalter, zum Beispiel {example}, in kleinen Buchstaben und ohne "
            "Leerzeichen. Prüfen Sie jede Klammer."
        )
    return found


def _unknown(name: str, known: Mapping[str, str]) -> str:
    offered = ", ".join("{" + one + "}" for one in known)
    return f"Den Platzhalter {{{name}}} gibt es hier nicht. Es gibt: {offered}."


def _missing(name: str, known: Mapping[str, str]) -> str:
    return f"Im Text fehlt der Platzhalter {{{name}}} ({known[name]}). Ohne ihn kann niemand etwas damit anfangen."
