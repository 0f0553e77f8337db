"""Passages as pages read them."""

from __future__ import annotations

import pytest

from ikb.core.redline import word_diff
from ikb.drafts.model import Section
from ikb.remarks.model import Wish
from ikb.statements import changes, reading
from tests.factories import make_remark_row


@pytest.mark.parametrize(("wish", "times"), [(Wish.REPLACE, 1), (Wish.DELETE, 1), (Wish.NONE, 0)])
def test_a_passage_is_compared_with_its_wish_once_however_often_a_page_asks(monkeypatch, wish, times):
    compared: list[tuple[str, str]] = []
    monkeypatch.setattr(changes, "word_diff", lambda old, new: compared.append((old, new)) or word_diff(old, new))
    remark = make_remark_row(wish=wish, proposed_text="Neu.")
    passage = reading.Passage(Section(anchor="bp-1", text="Alt."), remark)

    assert passage.redline == passage.change.segments
    assert (len(compared), bool(passage.redline)) == (times, bool(times))
