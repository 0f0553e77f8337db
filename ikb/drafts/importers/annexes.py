"""Reasons and annexes: where the one ends and the others begin, and what each annex is made of.

Towns print the annexes behind the signature, often without "Anlage 1" above them. So a heading without a number begins
the next annex if it speaks of what the resolution says in the sentence that names this annex, or if a numbered list
follows that no earlier annex can claim.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ikb.drafts.importers.blocks import Block, is_heading, to_blocks
from ikb.drafts.importers.field_table import add_field_table, read_columns
from ikb.drafts.importers.hyphens import Evidence
from ikb.drafts.importers.labels import annex_heading, bare, is_form_note, is_signature
from ikb.drafts.importers.lines import Line
from ikb.drafts.importers.outline import Outline
from ikb.drafts.importers.parsed import excerpt
from ikb.drafts.importers.passages import add_passages

_WORD = re.compile(r"[^\W\d_]{4,}")
_LIST_OF_ANNEXES = re.compile(r"Anlagen(?:verzeichnis)?(?:\s*\(\d+\))?(?::.*|\s*\d*)")


@dataclass
class Annex:
    """One annex before it is read. `printed`: its number stands in the file; otherwise it was concluded."""

    number: str
    title: str
    line: int
    printed: bool
    lines: list[Line] = field(default_factory=list)


def split_annexes(outline: Outline, lines: Sequence[Line]) -> tuple[list[Line], list[Annex]]:
    """The reasons' lines and the annexes behind them. Reads the outline's points to know what each annex is about."""
    listed = _list_of_annexes(lines)
    cut = next((index for index in range(len(lines)) if _ends_body(lines, index, listed)), len(lines))
    body = _readable(outline, lines[:cut], listed)
    behind = _readable(outline, lines[cut:], listed)
    explicit = {heading[0] for line in behind if (heading := annex_heading(line))}
    return body, _Splitter(outline, explicit).split(behind)


def add_annex(outline: Outline, annex: Annex, evidence: Evidence) -> None:
    """Add an annex's heading and everything below it: a table of fields, goals, or running text."""
    chapter = f"a{annex.number.lower()}"
    blocks = to_blocks(annex.lines)
    title = annex.title
    if not title and len(blocks) > 1 and is_heading(blocks[0], blocks[1]):
        title = blocks.pop(0).text
    number = annex.number if annex.printed else None
    chapter = outline.add(chapter, "heading", title or f"Anlage {annex.number}", number=number)
    if not blocks:
        outline.warn(annex.line, f"Anlage {annex.number} hat keinen Text.")
    _add_blocks(outline, chapter, title, blocks, evidence)


def _add_blocks(outline: Outline, chapter: str, title: str, blocks: list[Block], evidence: Evidence) -> None:
    start = next((index for index, block in enumerate(blocks) if read_columns(block)), len(blocks))
    before = blocks[:start]
    add_passages(outline, chapter, before, items_are_goals=_is_about_goals(title, before))
    if start < len(blocks):
        used = add_field_table(outline, chapter, blocks[start:], evidence)
        _add_blocks(outline, chapter, title, blocks[start + used :], evidence)


def _is_about_goals(title: str, blocks: Sequence[Block]) -> bool:
    texts = [title, *(block.text for block in blocks if block.kind == "text")]
    return any(re.search(r"\bZiel(?:e|en|setzung|setzungen)?\b|\w+ziele?n?\b", text) for text in texts)


def _list_of_annexes(lines: Sequence[Line]) -> set[int]:
    """The numbers of lines that only list the annexes: "Anlagen:" and what follows, and headings with nothing below."""
    listed: set[int] = set()
    in_list = has_entries = False
    for index, line in enumerate(lines):
        if _LIST_OF_ANNEXES.fullmatch(bare(line.text)):
            in_list, has_entries = True, False
        elif line.is_blank:
            in_list = in_list and not has_entries
        else:
            has_entries = True
        if not line.is_blank and (in_list or _is_entry(lines, index)):
            listed.add(line.number)
    return listed


def _is_entry(lines: Sequence[Line], index: int) -> bool:
    """Whether an annex is named here without its text: the next annex, the signature or nothing follows."""
    if annex_heading(lines[index]) is None:
        return False
    following = next((line for line in lines[index + 1 :] if not line.is_blank), None)
    return following is None or annex_heading(following) is not None or is_signature(following)


def _ends_body(lines: Sequence[Line], index: int, listed: set[int]) -> bool:
    """Whether the signature, the form's note or the first printed annex stands here."""
    line = lines[index]
    return is_signature(line) or is_form_note(line) or (annex_heading(line) is not None and line.number not in listed)


def _readable(outline: Outline, lines: Sequence[Line], listed: set[int]) -> list[Line]:
    """The lines, with signatures, notes and the list of annexes blanked; a warning names each."""
    kept: list[Line] = []
    in_signature = False
    for line in lines:
        in_signature = is_signature(line) or (in_signature and not line.is_blank)
        reason = None
        if in_signature:
            reason = "Die Unterschriftszeile"
        elif is_form_note(line):
            reason = "Der Hinweis des Vordrucks"
        elif line.number in listed:
            reason = "Das Verzeichnis der Anlagen"
        if reason:
            outline.warn(line.number, f"{reason} wurde nicht übernommen: {excerpt(line.text)}")
        kept.append(Line(line.number, "") if reason else line)
    return kept


class _Splitter:
    """Puts the lines behind the signature into annexes."""

    def __init__(self, outline: Outline, explicit: set[str]) -> None:
        self.outline, self.explicit = outline, explicit
        self.annexes: list[Annex] = []

    def split(self, lines: Sequence[Line]) -> list[Annex]:
        blocks = to_blocks(lines)
        headings = self._concluded_headings(blocks)
        for line in lines:
            if heading := annex_heading(line):
                self.annexes.append(Annex(*heading, line.number, printed=True))
            elif number := headings.get(line.number):
                self._conclude(number, line)
            elif self.annexes:
                self.annexes[-1].lines.append(line)
            elif not line.is_blank:
                self._warn_of_stray(line)
        return self.annexes

    def _conclude(self, number: str, line: Line) -> None:
        title = bare(line.text)
        self.annexes.append(Annex(number, title, line.number, printed=False))
        self.outline.warn(
            line.number,
            f"„Anlage {number}“ steht nicht in der Datei; der Text ab {excerpt(title)} wurde als Anlage {number} gelesen. "
            "Bitte prüfen Sie das.",
        )

    def _warn_of_stray(self, line: Line) -> None:
        self.outline.warn(
            line.number, f"Dieser Text gehört zu keiner Anlage und wurde nicht gelesen: {excerpt(line.text)}"
        )

    def _concluded_headings(self, blocks: Sequence[Block]) -> dict[int, str]:
        """Line numbers of headings that begin an annex whose number is not printed, with that number."""
        found: dict[int, str] = {}
        number, has_items, in_printed = 1, False, False
        for index, block in enumerate(blocks):
            has_items = has_items or block.kind == "item"
            in_printed = in_printed or annex_heading(Line(block.line, block.text)) is not None
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if in_printed or str(number) in self.explicit or not is_heading(block, following):
                continue
            if not found or self._is_named(block, number) or (not has_items and _items_follow(blocks[index + 1 :])):
                found[block.line] = str(number)
                number += 1
        return found

    def _is_named(self, block: Block, number: int) -> bool:
        """Whether the point that names annex `number` speaks of what the heading says."""
        mention = re.compile(rf"\bAnlage\s+{number}\b")
        naming = [s.text for s in self.outline.sections if s.kind != "heading" and mention.search(s.text)]
        said = {word.casefold() for text in naming for word in _WORD.findall(text)}
        words = [word.casefold() for word in _WORD.findall(block.text)]
        known = [word for word in words if any(_same_stem(word, other) for other in said)]
        return bool(words) and 2 * len(known) > len(words)


def _same_stem(word: str, other: str) -> bool:
    stem = word[: max(4, len(word) - 3)]
    return other.startswith(stem) and len(other) - len(stem) <= 6


def _items_follow(blocks: Sequence[Block]) -> bool:
    """Whether a numbered list comes next, with at most one introduction before it."""
    return any(block.kind == "item" for block in blocks[:1]) or (
        len(blocks) > 1
        and blocks[0].kind == "text"
        and blocks[1].kind == "item"
        and not is_heading(blocks[0], blocks[1])
    )
