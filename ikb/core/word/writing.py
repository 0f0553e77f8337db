"""A version as a Word file: title, sections with anchors, changes as real tracked changes, a footer with version and page.

Each section is one paragraph: what stands before it, a tab, its text inside a bookmark. There are no content controls:
LibreOffice 7.4 writes a damaged file where a paragraph inside of one was deleted (docs/decisions/0042-word-files.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ikb.core.word.cover import Cover
from ikb.core.word.passages import Passage
from ikb.core.word.sheets import as_bytes, blank, set_footer
from ikb.core.word.signs import END, OURS, front_key, holdable, section_key, version_key
from ikb.core.word.spans import Origin, Span
from ikb.core.word.styles import NUMBER, set_styles

_DEEPEST_HEADING = 4
_INDENT = {"point": 1.0, "bullet": 0.6, "measure": 0.6}  # centimetres that hang


def write(cover: Cover, passages: Iterable[Passage], version_id: int, made_at: datetime) -> bytes:
    """The finished file. version_id: of the version that it holds. made_at: aware moment."""
    return _Writer(cover, version_id, made_at).finished(passages)


class _Writer:
    def __init__(self, cover: Cover, version_id: int, made_at: datetime) -> None:
        self._document = blank(cover.title, made_at, points=11)
        self._cover, self._version_id = cover, version_id
        self._changes = self._marks = 0
        self._notes: dict[str, str] = {}  # text of a comment already written -> its id
        set_styles(self._document)

    def finished(self, passages: Iterable[Passage]) -> bytes:
        self._front()
        for passage in passages:
            self._append(self._paragraph(passage))
        self._end()
        set_footer(self._document, self._cover.footer)
        return as_bytes(self._document)

    def _front(self) -> None:
        cover = self._cover
        lines = [("Ikb Kopf", cover.kicker), ("Title", cover.title)]
        lines += [("Ikb Angabe", f"{name}\t{value}") for name, value in cover.facts]
        lines += [("Ikb Hinweis", note) for note in cover.notes]
        for place, (style, text) in enumerate((style, text) for style, text in lines if text):
            names = (front_key(place), *([version_key(self._version_id)] if place == 0 else []))
            self._append(self._plain(style, text, names))

    def _end(self) -> None:
        # Never the last: Word cannot remove the paragraph mark at the very end, so something of ours has to stand there.
        self._append(self._plain("Ikb Ende", self._cover.end, (END,)))

    def _append(self, paragraph: Any) -> None:
        self._document.element.body.insert_element_before(paragraph, "w:sectPr")

    def _plain(self, style: str, text: str, names: Iterable[str]) -> Any:
        paragraph = _element("w:p")
        _properties(paragraph, style)
        starts = [self._bookmark(name) for name in names]
        paragraph.extend(start for start, _ in starts)
        paragraph.append(_run(text))
        paragraph.extend(end for _, end in starts)
        return paragraph

    def _paragraph(self, passage: Passage) -> Any:
        section = passage.section
        paragraph = _element("w:p")
        properties = _properties(paragraph, _style_of(section.kind, section.level))
        _indent(properties, section.kind, section.level, has_label=bool(section.label))
        if passage.whole is not None:
            mark = _element("w:rPr")
            mark.append(self._change("w:ins" if passage.status == "insert" else "w:del", passage.whole))
            properties.append(mark)
        if any(span.text for span in passage.label_spans):
            paragraph.extend(self._runs([*passage.label_spans, _tab_of(passage)], NUMBER))
        start, end = self._bookmark(section_key(section.anchor, _written(passage)))
        paragraph.append(start)
        paragraph.extend(self._runs(passage.spans, ""))
        paragraph.append(end)
        return paragraph

    def _runs(self, spans: Iterable[Span], style: str) -> Iterator[Any]:
        for span in spans:
            if not span.text:
                continue
            if span.kind == "keep" or span.origin is None:
                yield _run(span.text, style)
                continue
            note = self._comment(span.origin)
            if note is not None:
                yield _element("w:commentRangeStart", id=note)
            change = self._change("w:ins" if span.kind == "ins" else "w:del", span.origin)
            change.append(_run(span.text, style, gone=span.kind == "del"))
            yield change
            if note is not None:
                yield _element("w:commentRangeEnd", id=note)
                reference = _element("w:r")
                reference.append(_element("w:commentReference", id=note))
                yield reference

    def _change(self, name: str, origin: Origin) -> Any:
        self._changes += 1
        at = origin.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return _element(name, id=str(900_000 + self._changes), author=holdable(origin.author)[:250], date=at)

    def _comment(self, origin: Origin) -> str | None:
        """The id of the comment that says where a change comes from; None if there is none, or it stands already."""
        if not origin.note or origin.note in self._notes:
            return None
        comment = self._document.comments.add_comment(
            text=holdable(origin.note), author=holdable(origin.author)[:250], initials=OURS
        )
        comment._comment_elm.set(qn("w:date"), origin.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self._notes[origin.note] = str(comment.comment_id)
        return self._notes[origin.note]

    def _bookmark(self, name: str) -> tuple[Any, Any]:
        number = str(self._next_mark())
        return _element("w:bookmarkStart", id=number, name=name), _element("w:bookmarkEnd", id=number)

    def _next_mark(self) -> int:
        self._marks += 1
        return self._marks


def _written(passage: Passage) -> str:
    return "".join(span.text for span in passage.spans if span.kind != "del") or passage.section.text


def _tab_of(passage: Passage) -> Span:
    """The tab between label and text: it comes and goes with the label."""
    kinds = {span.kind for span in passage.label_spans if span.text}
    kind = kinds.pop() if len(kinds) == 1 else "keep"
    return Span(kind, "\t", next((span.origin for span in passage.label_spans if span.origin), None))


def _run(text: str, style: str = "", *, gone: bool = False) -> Any:
    run = _element("w:r")
    if style:
        properties = _element("w:rPr")
        properties.append(_element("w:rStyle", val=style))
        run.append(properties)
    for place, line in enumerate(holdable(text).split("\n")):
        if place:
            run.append(_element("w:br"))
        for at, part in enumerate(line.split("\t")):
            if at:
                run.append(_element("w:tab"))
            if part:
                run.append(_text(part, gone=gone))
    return run


def _text(text: str, *, gone: bool) -> Any:
    element = _element("w:delText" if gone else "w:t")
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.text = text
    return element


def _element(tag: str, /, **values: str) -> Any:
    element = OxmlElement(tag)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _properties(paragraph: Any, style: str) -> Any:
    properties = paragraph.get_or_add_pPr()
    properties.append(_element("w:pStyle", val=style.replace(" ", "")))
    return properties


def _style_of(kind: str, level: int) -> str:
    if kind == "heading":
        return f"Heading {min(level + 1, _DEEPEST_HEADING)}"
    if kind in ("goal", "objective"):
        return "Ikb Ziel"
    return "List Bullet" if kind in ("bullet", "measure") else "Normal"


def _indent(properties: Any, kind: str, level: int, *, has_label: bool) -> None:
    """Hang a paragraph behind its number or bullet, deeper ones further in."""
    if kind not in _INDENT or (kind == "point" and not has_label):
        return
    hanging = round(_INDENT[kind] * 567)
    left = hanging + (round(0.6 * 567) * max(0, level) if kind != "point" else 0)
    properties.append(_element("w:ind", left=str(left), hanging=str(hanging)))
