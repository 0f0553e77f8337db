"""Whoever works on a procedure sees on each of its pages in which area that page lies."""

from __future__ import annotations

import pytest

from ikb.web import navigation

OF_A_PROCEDURE = ("/verfahren/<int", "/fassungen/<int")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_page_of_a_procedure_lies_in_exactly_one_area(app):
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.rule.startswith(OF_A_PROCEDURE)
    }

    lost = {page: areas for page in pages if len(areas := navigation.places_of("procedure", page)) != 1}

    assert len(pages) > 50
    assert lost == {}
