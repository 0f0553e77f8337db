"""A draft in pages: by chapter, none too long, every section once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.statements.outline import Line, chapter_with, chapters


def line(anchor: str, parent: str | None = None, kind: str = "paragraph", number: str | None = None) -> Line:
    return Line(anchor, kind, number, parent, f"Text von {anchor}")


def book(*sizes: int) -> list[Line]:
    """Chapters with a heading and so many paragraphs below it."""
    lines = []
    for place, size in enumerate(sizes):
        lines.append(line(f"k{place}", kind="heading"))
        lines += [line(f"k{place}-{n}", f"k{place}") for n in range(size)]
    return lines


def sizes(lines: list[Line], most: int = 40) -> list[int]:
    return [len(chapter.lines) for chapter in chapters(lines, most)]


@pytest.mark.parametrize(
    ("lines", "most", "expected"),
    [
        ([], 40, []),
        (book(3), 40, [4]),
        (book(3, 3), 40, [8]),  # a short draft is one page, whatever its chapters
        (book(5, 5), 10, [6, 6]),  # a heading begins a page
        (book(1, 1, 1), 5, [2, 2, 2]),
        (book(12), 5, [5, 5, 3]),
        ([line(str(n)) for n in range(12)], 5, [5, 5, 2]),
        (book(41), 40, [40, 2]),
    ],
)
def test_pages(lines: list[Line], most: int, expected: list[int]) -> None:
    assert sizes(lines, most) == expected


def test_what_belongs_together_stays_together() -> None:
    fields = []
    for field in range(4):
        fields.append(line(f"f{field}", "a3"))
        fields += [line(f"f{field}-m{n}", f"f{field}") for n in range(3)]
    lines = [line("a3", kind="heading"), *fields]

    pages = chapters(lines, 9)

    assert [page.anchors[0] for page in pages] == ["a3", "f2"]
    assert [len(page.lines) for page in pages] == [9, 8]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 30), st.booleans()), max_size=60), st.integers(1, 12))
def test_every_section_stands_on_exactly_one_page(shape: list[tuple[int, bool]], most: int) -> None:
    lines = [
        line(str(n), str(parent) if 0 <= parent < n else None, "heading" if heading else "paragraph")
        for n, (parent, heading) in enumerate(shape)
    ]

    pages = chapters(lines, most)

    assert [anchor for page in pages for anchor in page.anchors] == [entry.anchor for entry in lines]
    assert all(0 < len(page.lines) <= most for page in pages)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))


def test_the_page_of_a_section() -> None:
    pages = chapters(book(5, 5), 10)

    assert [chapter_with(pages, anchor) for anchor in ("k0", "k1-4", "gone", None)] == [1, 2, 1, 1]


def test_titles_are_cut_at_a_word() -> None:
    long = Line(
        "a",
        "goal",
        "3",
        None,
        "Sprachbildung von Anfang an und für alle Kinder der Stadt in jedem Stadtteil und Quartier",
    )

    assert long.title == "3 Sprachbildung von Anfang an und für alle Kinder der Stadt in jedem …"
    assert line("a").title == "Text von a"
