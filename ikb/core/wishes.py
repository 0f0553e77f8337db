"""Amendments as they were handed in, and the text that each of them asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from ikb.core.texts import NO_BLANK_AFTER, NO_BLANK_BEFORE, Token, joined, tokens, words

Place = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an amendment asks for, on the version that its submitter had before them. Equal wishes are equal objects.

    op:          "replace", "delete" or "insert", as in the consolidation format.
    new_text:    the wording asked for; None for deletions.
    find, after, before: quoted words; occurrence: which of them, from 1, or None if they occur once.
    place:       where a new section comes, beside this one; None for every other wish.
    """

    op: Literal["replace", "delete", "insert"]
    base_version: int
    new_text: str | None = None
    find: str | None = None
    after: str | None = None
    before: str | None = None
    occurrence: int | None = None
    place: Place | None = None

    @property
    def kind(self) -> Literal["edit", "insert", "delete"]:
        """What happens to the section: its text changes, another one comes beside it, or it goes."""
        if self.place is not None:
            return "insert"
        if self.op == "delete" and self.find is None:
            return "delete"
        return "edit"


class Member(NamedTuple):
    """One amendment: the statement's id and the position among its amendments, from 0."""

    statement: str
    amendment: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """One wish of one statement for one section.

    submitted_at: aware moment; amendments are put in order by it, then by the statement's id.
    """

    statement: str
    position: int
    submitter: str
    submitted_at: datetime
    wish: Wish

    @property
    def member(self) -> Member:
        return Member(self.statement, self.position)

    @property
    def order(self) -> tuple[datetime, str, int]:
        return self.submitted_at, self.statement, self.position


def wished_tokens(base: Sequence[Token], wish: Wish) -> tuple[Token, ...] | None:
    """The whole text that an edit asks for, or None if its quotation is not there or not unique.

    base: the section's tokens in the version that the wish is on.
    Raises ValueError for a wish that is no edit.
    """
    if wish.kind != "edit":
        raise ValueError(f"a wish to {wish.kind} asks for no text of this section")
    quoted = wish.find if wish.find is not None else wish.after if wish.after is not None else wish.before
    added = tokens(wish.new_text or "")
    if quoted is None:
        return added
    span = _span(base, words(quoted), wish.occurrence)
    if span is None:
        return None
    start, end = span
    if wish.find is not None:
        return _joint(base[:start], _glued(added, base[start].glue), base[end:])
    if wish.after is not None:
        return _joint(base[:end], _glued(added, " "), base[end:])
    return _joint(base[:start], _glued(added, base[start].glue), _glued(base[start:], " "))


def _span(base: Sequence[Token], quoted: Sequence[str], occurrence: int | None) -> tuple[int, int] | None:
    """Where the quoted words stand; words, not letters: "jährlich" does not occur in "zweijährlich"."""
    if not quoted:
        return None
    text = [token.text for token in base]
    found = [at for at in range(len(text) - len(quoted) + 1) if text[at : at + len(quoted)] == list(quoted)]
    if occurrence is None:
        return (found[0], found[0] + len(quoted)) if len(found) == 1 else None
    if not 1 <= occurrence <= len(found):
        return None
    return found[occurrence - 1], found[occurrence - 1] + len(quoted)


def _glued(part: Sequence[Token], glue: str) -> Sequence[Token]:
    """The part with this white space before it, none before a closing sign."""
    if not part:
        return part
    return [Token(part[0].text, "" if part[0].text in NO_BLANK_BEFORE else glue), *part[1:]]


def _joint(*parts: Sequence[Token]) -> tuple[Token, ...]:
    """Parts joined as one reads them: no blank after an opening sign, one between two words."""
    result: list[Token] = []
    for part in parts:
        if result and part:
            part = [Token(part[0].text, _seam(result[-1], part[0])), *part[1:]]
        result += part
    return tokens(joined(result))


def _seam(left: Token, right: Token) -> str:
    if left.text[-1:] in NO_BLANK_AFTER:
        return ""
    both_words = left.text[-1:].isalnum() and right.text[:1].isalnum()
    return right.glue or (" " if both_words else "")
