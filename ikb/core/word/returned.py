"""An edited file against the version that was sent out: what becomes of each section, and what was said in comments.

What counts is the text with all changes accepted, so it makes no difference whether they were tracked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ikb.core.texts import normalise
from ikb.core.word.beside import Comment
from ikb.core.word.placing import Base, Placed, names_in
from ikb.core.word.reading import Read
from ikb.core.word.signs import place_key, place_of, section_key
from ikb.core.word.views import text_in

Wish = Literal["", "replace", "delete", "insert_after", "insert_before"]
LONGEST_QUOTE = 120
_Subject = tuple[Literal["section", "line"], int] | None  # what a comment is about; None: the whole document


@dataclass(frozen=True)
class Finding:
    """One thing that somebody wants or says.

    anchor:   the section, None for the whole document.
    text:     the wording, for a replacement or a new passage.
    comment:  what was said about it.
    is_stale: the section had another text when the file was made.
    """

    anchor: str | None
    wish: Wish = ""
    text: str = ""
    comment: str = ""
    is_stale: bool = False


@dataclass(frozen=True)
class Unplaced:
    """Something in the file that belongs to no section. why: one German sentence."""

    text: str
    why: str


@dataclass(frozen=True)
class Returned:
    """Everything that came back, in the order of the text."""

    findings: Sequence[Finding] = field(default_factory=tuple)
    unplaced: Sequence[Unplaced] = field(default_factory=tuple)


class NotOursError(Exception):
    """The file is none of this version. version: of which one it is, None if it does not say."""

    def __init__(self, version: int | None) -> None:
        super().__init__("another version" if version else "no version")
        self.version = version


def compare(base: Sequence[Base], read: Read, version_id: int, lines: Iterable[str]) -> Returned:
    """What an edited file asks for.

    base:  the version's sections in order.
    lines: what ikb put into the file beside the text (`Cover.lines`).
    Raises NotOursError for a file of another version, and for one in which nothing of this version is found.
    """
    if read.version is not None and read.version != version_id:
        raise NotOursError(read.version)
    placed = Placed(base, read)
    if not placed.is_of_this_version:
        raise NotOursError(None)
    return Returned(list(_Findings(placed)), list(_unplaced(placed, lines)))


class _Findings:
    """Goes through the version from top to bottom: what was said about each section, then what is new behind it."""

    def __init__(self, placed: Placed) -> None:
        self.placed, self.base = placed, placed.base
        self.said = _said(placed)
        self._names = names_in(placed.read.paragraphs)
        self._known = {place_of(name) for name in self._names}

    def __iter__(self) -> Iterator[Finding]:
        new = self._new()
        if whole := self._comment(None):
            yield Finding(None, comment=whole)
        yield from new.get(-1, ())
        for number in range(len(self.base)):
            if finding := self._own(number):
                yield finding
            yield from new.get(number, ())

    def _own(self, number: int) -> Finding | None:
        placed, row = self.placed, self.base[number]
        found = Finding(row.anchor, comment=self._comment(("section", number)), is_stale=self._is_stale(row))
        elsewhere = placed.moves.get(number, placed.away.get(number))
        if elsewhere is not None:
            return replace(found, wish="delete", comment=_both(self._told_where(elsewhere), found.comment))
        if number not in placed.home:
            return replace(found, wish="delete")
        text = placed.unlabelled(number, placed.lines[placed.home[number]].text)
        if placed.is_same(number, text):
            return found if found.comment else None
        return replace(found, wish="replace", text=text)

    def _new(self) -> dict[int, list[Finding]]:
        """New passages, under the number of the section behind which they stand; -1 at the very beginning."""
        placed = self.placed
        came_from = {at: number for number, at in (*placed.moves.items(), *placed.away.items())}
        here: dict[int, int] = {at: number for number, at in sorted(placed.emptied.items())}
        here |= {at: number for number, at in placed.home.items() if number not in placed.away}
        found: dict[int, list[Finding]] = defaultdict(list)
        behind = -1
        for at in range(len(placed.lines)):
            behind = here.get(at, behind)
            if at in placed.free or at in came_from:
                found[behind].append(self._passage(behind, at, came_from.get(at)))
        return {number: _counted(new) for number, new in found.items()}

    def _passage(self, behind: int, at: int, came_from: int | None) -> Finding:
        text, comment = self.placed.lines[at].text.strip(), self._comment(("line", at))
        if came_from is not None:
            text = self.placed.unlabelled(came_from, text)
            comment = _both(f"Verschoben: stand bisher als {self.base[came_from].name} im Text.", comment)
        following = behind + 1
        # What comes between a section and the first one under it stands before that one, not behind all of them.
        goes_below = following < len(self.base) and (
            behind < 0 or self.base[following].parent == self.base[behind].anchor
        )
        if goes_below:
            return Finding(self.base[following].anchor, "insert_before", text, comment)
        return Finding(self.base[behind].anchor, "insert_after", text, comment)

    def _told_where(self, at: int) -> str:
        staying = {line: number for number, line in self.placed.home.items() if number not in self.placed.away}
        before = max((line for line in staying if line < at), default=None)
        if before is None:
            return "Verschoben: soll am Anfang stehen."
        return f"Verschoben: soll hinter {self.base[staying[before]].name} stehen."

    def _is_stale(self, row: Base) -> bool:
        return place_key(row.anchor) in self._known and section_key(row.anchor, row.text) not in self._names

    def _comment(self, subject: _Subject) -> str:
        return "\n\n".join(self.said.get(subject, ()))


def _said(placed: Placed) -> dict[_Subject, list[str]]:
    """What was said in comments and footnotes, by what it is about."""
    read = placed.read
    told = {comment.id: comment for comment in read.comments if comment.text and not comment.done}
    places = _places_of_comments(placed)
    found: dict[_Subject, list[str]] = defaultdict(list)
    for comment_id, (place, quote) in places.items():
        if comment := told.get(comment_id):
            found[_subject(placed, place)].append(_in_words(comment, quote))
    for comment in (comment for comment_id, comment in told.items() if comment_id not in places):
        found[None].append(_in_words(comment, ""))
    for place, paragraph in enumerate(read.paragraphs):
        for note in paragraph.notes:
            if text := read.notes.get(note):
                found[_subject(placed, place)].append(f"Fußnote dazu: {text}")
    return found


def _places_of_comments(placed: Placed) -> dict[str, tuple[int, str]]:
    """For each comment the paragraph where it begins, and the words that it is about ("" for a whole paragraph)."""
    begins: dict[str, int] = {}
    words: dict[str, str] = defaultdict(str)
    for place, paragraph in enumerate(placed.read.paragraphs):
        for piece in paragraph.pieces:
            for comment_id in piece.comments:
                begins.setdefault(comment_id, place)
                words[comment_id] += "" if piece.goes else piece.text
        for comment_id in paragraph.comments:
            begins.setdefault(comment_id, place)
    return {one: (place, _quote(placed, place, words[one])) for one, place in begins.items()}


def _quote(placed: Placed, place: int, words: str) -> str:
    quote, whole = normalise(words), text_in(placed.read.paragraphs[place].pieces, accept=True)
    number = placed.number_of(placed.read.paragraphs[place])
    if quote in (normalise(whole), normalise(placed.unlabelled(number, whole)) if number is not None else ""):
        return ""
    return quote if len(quote) <= LONGEST_QUOTE else quote[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _in_words(comment: Comment, quote: str) -> str:
    own = f"Zu „{quote}“: {comment.text}" if quote else comment.text
    return "\n".join((own, *(f"Antwort darauf: {answer}" for answer in comment.answers)))


def _subject(placed: Placed, place: int) -> _Subject:
    line = placed.line_of.get(place, -1)
    if line in placed.free:
        return ("line", line)
    number = placed.number_of(placed.read.paragraphs[place])
    if number is None:
        number = next((one for one, at in placed.home.items() if at == line), None)
    return None if number is None else ("section", number)


def _unplaced(placed: Placed, lines: Iterable[str]) -> Iterator[Unplaced]:
    """What belongs to no section, so that nobody has to look for it."""
    known = {normalise(line) for line in lines}
    for line in placed.lines:
        text = line.text.strip()
        if text and placed.is_beside(line) and normalise(text) not in known:
            yield Unplaced(text, "Das steht bei den Zeilen vor oder hinter dem Text.")
        elif text and placed.is_in_table(line) and not placed.is_beside(line):
            yield Unplaced(text, "Das steht in einer Tabelle; sie gehört zu keinem Abschnitt.")
    for box in placed.read.boxes:
        yield Unplaced(box, "Das steht in einem Textfeld oder in einer Form.")
    for comment in placed.read.comments:
        if comment.done and comment.text:
            yield Unplaced(comment.text, "Dieser Kommentar ist in der Datei als erledigt gekennzeichnet.")
    if pictures := sum(paragraph.pictures for paragraph in placed.read.paragraphs):
        what = "Ein Bild" if pictures == 1 else f"{pictures} Bilder"
        yield Unplaced(what, "Bilder kommen nicht in den Text. Schicken Sie sie mit Ihrem Schreiben.")


def _counted(new: Sequence[Finding]) -> list[Finding]:
    """Several new passages at one place, each with its turn: otherwise their order would be lost."""
    if len(new) < 2:
        return list(new)
    return [
        replace(one, comment=_both(one.comment, f"Absatz {turn} von {len(new)} an dieser Stelle."))
        for turn, one in enumerate(new, 1)
    ]


def _both(first: str, second: str) -> str:
    return "\n\n".join(part for part in (first, second) if part)
