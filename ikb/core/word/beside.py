"""What stands beside the text of a Word file: comments with their answers, notes; and how its elements are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ikb.core.word.file import Package
from ikb.core.word.signs import OURS

SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "Strict Open XML" of Word
)
_W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


@dataclass(frozen=True)
class Comment:
    """One comment with the answers to it, oldest first. done: somebody marked it as settled."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    done: bool = False


def comments(package: Package) -> Iterator[Comment]:
    """What was said in comments, each with the answers to it; those that ikb wrote are left out."""
    root = package.beside("comments")
    if root is None:
        return
    threads = _threads(package)
    rows = [row for row in root if name_of(row) == "comment" and value_of(row, "initials") != OURS]
    by_paragraph = {paragraph: value_of(row, "id") for row in rows for paragraph in _paragraph_ids(row)}
    parents: dict[str, str] = {}
    done: set[str] = set()
    for row in rows:
        for paragraph in _paragraph_ids(row):
            above, is_done = threads.get(paragraph, ("", False))
            if above in by_paragraph:
                parents[value_of(row, "id")] = by_paragraph[above]
            if is_done:
                done.add(value_of(row, "id"))
    texts = {value_of(row, "id"): plain(row) for row in rows}
    for one, text in texts.items():
        if one not in parents:
            answers = tuple(texts[other] for other, above in parents.items() if above == one and texts[other])
            yield Comment(one, text, answers, one in done)


def _threads(package: Package) -> dict[str, tuple[str, bool]]:
    """For a comment's paragraph the one that it answers, and whether it is settled."""
    root = package.beside("commentsExtended")
    if root is None:
        return {}
    of = {name: f"{{{_W15}}}{name}" for name in ("paraId", "paraIdParent", "done")}
    return {
        row.get(of["paraId"], ""): (row.get(of["paraIdParent"], ""), row.get(of["done"], "0") in ("1", "true"))
        for row in root
        if name_of(row) == "commentEx"
    }


def _paragraph_ids(comment: Any) -> list[str]:
    found = [row.get(f"{{{_W14}}}paraId", "") for row in comment.iter() if name_of(row) == "p"]
    return [one for one in found if one]


def notes(package: Package, kind: str, letter: str) -> dict[str, str]:
    """The texts of a kind of notes, `footnotes` or `endnotes`, by the letter and their id."""
    root = package.beside(kind)
    if root is None:
        return {}
    return {f"{letter}{value_of(row, 'id')}": plain(row) for row in root if value_of(row, "type") in ("", "normal")}


def plain(element: Any) -> str:
    """The text of a comment, note or box, deleted words left out, a line for each paragraph."""
    lines = []
    for paragraph in (row for row in element.iter() if name_of(row) == "p"):
        runs = (run for run in paragraph.iter() if name_of(run) == "r")
        lines.append("".join(_sign(child) for run in runs for child in run).strip())
    return "\n".join(line for line in lines if line)


def _sign(element: Any) -> str:
    name = name_of(element)
    return element.text or "" if name == "t" else "\n" if name == "br" else SIGNS.get(name, "")


def name_of(element: Any) -> str:
    """The local name; "" for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value_of(element: Any, name: str) -> str:
    """An attribute of Word's own, "" where there is none."""
    for space in _SPACES:
        if (found := element.get(f"{{{space}}}{name}")) is not None:
            return str(found)
    return ""
