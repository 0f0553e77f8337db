"""Reasons: what may be formatted is, whatever else was typed stays harmless characters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.core.formatted import as_html, as_plain

CASES = [
    # typed, as a page, as plain text
    ("", "", ""),
    ("Dafür fehlt das Geld.", "<p>Dafür fehlt das Geld.</p>", "Dafür fehlt das Geld."),
    ("Eins.\nZwei.\n\nDrei.", "<p>Eins.<br>\nZwei.</p>\n<p>Drei.</p>", "Eins.\nZwei.\n\nDrei."),
    ("**Nicht** *so*", "<p><strong>Nicht</strong> <em>so</em></p>", "Nicht so"),
    ("Weil:\n\n- a\n- b", "<p>Weil:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "Weil:\n• a\n• b"),
    ("3. drei\n4. vier", '<ol start="3">\n<li>drei</li>\n<li>vier</li>\n</ol>', "3. drei\n4. vier"),
    ("- a\n  1. b\n- c\n\nEnde", None, "• a\n  1. b\n• c\n\nEnde"),
    (
        "[Ratsbeschluss](https://rat.example.org/1)",
        '<p><a href="https://rat.example.org/1" rel="noopener noreferrer">Ratsbeschluss</a></p>',
        "Ratsbeschluss (https://rat.example.org/1)",
    ),
    ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>", "[x](javascript:alert(1))"),
    ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<script>alert(1)</script>"),
    ("# Kein Titel", "<p># Kein Titel</p>", "# Kein Titel"),
    ("![b](https://x.example.org/b.png)", None, "!b (https://x.example.org/b.png)"),
    (r"2 \* 3 \* 4", "<p>2 * 3 * 4</p>", "2 * 3 * 4"),
    ("5 * 3 = 15, § 3_a_b", "<p>5 * 3 = 15, § 3_a_b</p>", "5 * 3 = 15, § 3_a_b"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "page", "plain"), CASES)
def test_a_reason_as_a_page_and_as_plain_text(typed, page, plain) -> None:
    assert as_plain(typed) == plain
    if page is not None:
        assert as_html(typed) == page


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab<>&\"'*_-[]()!`#\n 1.\\:/", max_size=60))
def test_whatever_is_typed_only_known_elements_come_out(typed) -> None:
    import re

    assert set(re.findall(r"</?([a-z]+)", as_html(typed))) <= {"p", "br", "ul", "ol", "li", "strong", "em", "a"}
    as_plain(typed)
