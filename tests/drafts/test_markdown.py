"""A written draft becomes sections, and a change in one chapter moves no anchor of another."""

from ikb.drafts.markdown import as_html, read_markdown

TEXT = """Vorab ein Satz.

# 1 Lesen für alle

Ein *wichtiger*
Absatz:

- eine Sache
  - noch genauer
- `zweite` Sache

## 1.1 Ziele

1. Mehr vorlesen.
2. Mehr zuhören.
   - auch abends

# Lesen für alle
"""


def test_headings_paragraphs_and_items_become_sections():
    assert [(s.anchor, s.kind, s.number, s.parent, s.text) for s in read_markdown(TEXT)] == [
        ("text-1", "paragraph", None, None, "Vorab ein Satz."),
        ("lesen", "heading", "1", None, "Lesen für alle"),
        ("lesen-1", "paragraph", None, "lesen", "Ein wichtiger Absatz:"),
        ("lesen-1.a", "bullet", None, "lesen-1", "eine Sache"),
        ("lesen-1.a.a", "bullet", None, "lesen-1.a", "noch genauer"),
        ("lesen-1.b", "bullet", None, "lesen-1", "zweite Sache"),
        ("ziele", "heading", "1.1", "lesen", "Ziele"),
        ("ziele-1", "paragraph", "1", "ziele", "Mehr vorlesen."),
        ("ziele-2", "paragraph", "2", "ziele", "Mehr zuhören."),
        ("ziele-2.a", "bullet", None, "ziele-2", "auch abends"),
        ("lesen~2", "heading", None, None, "Lesen für alle"),
    ]


def test_a_paragraph_more_in_one_chapter_moves_no_anchor_of_another():
    before, after = read_markdown(TEXT), read_markdown(TEXT.replace("## 1.1", "Neu.\n\n## 1.1"))

    assert {s.anchor for s in after} - {s.anchor for s in before} == {"lesen-2"}


def test_nothing_written_is_no_section_and_nothing_harmful_is_shown():
    assert read_markdown(" \n\n") == ()
    shown = as_html("# Titel\n\n<script>böse()</script> [hier](javascript:böse())")
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert "<h1>Titel</h1>" in shown
