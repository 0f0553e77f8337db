"""Word files are read in the locked-up program, and what comes out is what the reader found."""

from __future__ import annotations

import pytest

from ikb.core.word.reading import read
from ikb.errors import Faulty
from ikb.quarantine.returned_word import read_word
from tests.core.word.editing import DOCUMENT, edited, repacked, run, texted, with_comments
from tests.core.word.town import sent_out


def test_the_program_hands_over_exactly_what_was_read() -> None:
    around = f'<w:commentRangeStart w:id="3"/><w:ins w:id="4">{run("Neu.")}</w:ins><w:commentRangeEnd w:id="3"/>'
    told = '<w:comment w:id="3"><w:p><w:r><w:t>Gut.</w:t></w:r></w:p></w:comment>'
    data = with_comments(edited(sent_out(), texted("p2", around)), told)

    assert read_word(data) == read(data)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "leer"),
        (repacked(sent_out(), {DOCUMENT: b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "Dokumenttyp"),
        (repacked(sent_out(), {DOCUMENT: b"<a>" * 5_000_000}), "lesen"),
    ],
    ids=["empty", "entities", "more than it can hold"],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(Faulty) as refused:
        read_word(data)

    assert word in refused.value.faults[0]
