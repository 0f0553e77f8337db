"""Texts written out with their changes: what stays, what goes, what comes, and who asked for it (R9, R10)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from ikb.core.diff import Hunk, edit_script, joined_for_display
from ikb.core.texts import Token, tokens, words

Kind = Literal["keep", "del", "ins"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text with its white space that stays, goes or comes, and for what reasons.

    All `keep` and `del` texts in a row are the base text, all `keep` and `ins` texts the new one.
    statements, proposals: ids, sorted; empty for `keep`.
    """

    kind: Kind
    text: str
    statements: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One hunk that goes into the new text, with everyone behind it.

    support: number of different submitters; the better supported of two co-insertions comes first (R9).
    """

    hunk: Hunk
    statements: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    support: int = 0


@dataclass(slots=True)
class _Piece:
    """One token with its white space in the base text and in the new one; None where it does not occur."""

    text: str
    before: str | None
    now: str | None
    edit: Edit | None


def word_diff(base: str, new: str, join: bool = True) -> tuple[Segment, ...]:
    """Segments between two texts; with `join`, changes less than three words apart are shown as one."""
    old = tokens(base)
    script = edit_script(old, tokens(new))
    return redline(old, [Edit(hunk) for hunk in (joined_for_display(old, script) if join else script)])


def redline(base: Sequence[Token], edits: Iterable[Edit]) -> tuple[Segment, ...]:
    """The base text with all edits written in (R9), each changed word with its statements and proposals (R10).

    base:  tokens of one section.
    edits: hunks that fit together; their order never matters.
    Raises ValueError if two of them overlap.
    """
    ordered = sorted(edits, key=lambda e: (e.hunk.i, e.hunk.j, -e.support, " ".join(e.hunk.words), e.hunk.words))
    pieces = list(_pieces(base, ordered))
    if not _reads_as_meant(pieces):
        _keep_tokens_apart(pieces)
    return tuple(_segments(pieces))


def new_text(segments: Iterable[Segment]) -> str:
    """The text after the changes."""
    return "".join(segment.text for segment in segments if segment.kind != "del")


def base_text(segments: Iterable[Segment]) -> str:
    """The text before the changes."""
    return "".join(segment.text for segment in segments if segment.kind != "ins")


def _pieces(base: Sequence[Token], edits: Sequence[Edit]) -> Iterator[_Piece]:
    done = 0
    last: Edit | None = None
    for edit in edits:
        hunk = edit.hunk
        if not done <= hunk.i <= hunk.j <= len(base):
            raise ValueError(f"hunk [{hunk.i}, {hunk.j}) does not fit after {done} of {len(base)} tokens")
        yield from _kept(base, done, hunk.i, last)
        follows_insertion = last is not None and last.hunk.j == hunk.i
        for token in base[hunk.i : hunk.j]:
            yield _Piece(token.text, token.glue, None, edit)
        for place, (word, glue) in enumerate(zip(hunk.words, hunk.glue, strict=True)):
            yield _Piece(word, None, " " if follows_insertion and place == 0 else glue, edit)
        done, last = hunk.j, edit
    yield from _kept(base, done, len(base), last)


def _kept(base: Sequence[Token], start: int, end: int, last: Edit | None) -> Iterator[_Piece]:
    """Tokens that stay; the first takes its white space from the change before it, which answers for it."""
    for at in range(start, end):
        token = base[at]
        if at == start and last is not None:
            yield _Piece(token.text, token.glue, last.hunk.after, last)
        else:
            yield _Piece(token.text, token.glue, token.glue, None)


def _reads_as_meant(pieces: Sequence[_Piece]) -> bool:
    """False if tokens of different wishes would flow into one word."""
    meant = [piece for piece in pieces if piece.now is not None]
    text = "".join((piece.now or "") + piece.text for piece in meant)
    return words(text) == tuple(piece.text for piece in meant)


def _keep_tokens_apart(pieces: Iterable[_Piece]) -> None:
    """Put a blank at every seam between base and change."""
    written = [piece for piece in pieces if piece.now is not None]
    for left, right in pairwise(written):
        changes_kind = (left.before is None) != (right.before is None)
        if changes_kind or (right.edit is not None and right.edit is not left.edit):
            right.now = right.now or " "


def _segments(pieces: Iterable[_Piece]) -> Iterator[Segment]:
    runs = _merged_runs(_runs(pieces))
    for kind, text, edit in runs:
        if kind == "keep" or edit is None:
            yield Segment("keep", text)
        else:
            yield Segment(kind, text, edit.statements, edit.proposals)


def _runs(pieces: Iterable[_Piece]) -> Iterator[tuple[Kind, str, Edit | None]]:
    """Texts with kind and edit, the white space that changed split off from the word that stays."""
    first = True
    for piece in pieces:
        if piece.now is not None and first:
            piece.now, first = "", False
        if piece.now is None:
            yield "del", (piece.before or "") + piece.text, piece.edit
        elif piece.before is None:
            yield "ins", piece.now + piece.text, piece.edit
        elif piece.before == piece.now:
            yield "keep", piece.now + piece.text, None
        else:
            yield "del", piece.before, piece.edit
            yield "ins", piece.now, piece.edit
            yield "keep", piece.text, None


def _merged_runs(runs: Iterable[tuple[Kind, str, Edit | None]]) -> Iterator[tuple[Kind, str, Edit | None]]:
    """Within one edit: everything that goes, then everything that comes."""
    for _, group in groupby((run for run in runs if run[1]), key=lambda run: id(run[2])):
        parts = list(group)
        kinds: tuple[Kind, ...] = ("keep",) if parts[0][2] is None else ("del", "ins")
        for kind in kinds:
            if text := "".join(text for its_kind, text, _ in parts if its_kind == kind):
                yield kind, text, parts[0][2]
