"""Pages are drawn with less ado than Jinja's own way, and read exactly the same."""

from __future__ import annotations

from enum import StrEnum

import pytest
from markupsafe import Markup, escape

from ikb.web.drawing import PlainEnvironment, shown
from ikb.web.frame import frame_part


class Kind(StrEnum):
    SHARP = "<b>"


class Text(str):
    pass


class Drawn:
    def __html__(self) -> str:
        return "<i>"


@pytest.mark.parametrize(
    "value",
    [
        "<a href=\"?a&b\" title='x'>",
        Text("<i>"),
        Kind.SHARP,
        Markup("<b>&amp;</b>"),
        Drawn(),
        7,
        1.5,
        None,
        True,
        ["<"],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_shown_as_markupsafe_escapes_it(value) -> None:
    assert shown(value) == str(escape(value))


def test_whatever_is_no_markup_is_escaped_wherever_it_stands(app) -> None:
    environment = app.jinja_env
    assert isinstance(environment, PlainEnvironment)
    page = environment.from_string(
        "{% macro cell(x) %}<td>{{ x }}</td>{% endmacro %}{% set kept %}{{ x }}{% endset %}"
        "{{ x }}|{{ cell(x) }}|{{ kept }}|{{ '<' ~ x }}|{{ cell(kept) }}|{{ x|upper }}|{{ d.x }}"
    )

    sharp = "&lt;b&gt;&amp;"
    drawn = page.render(x="<b>&", d={"x": "<b>&"}).split("|")
    assert drawn == [sharp, f"<td>{sharp}</td>", sharp, f"&lt;{sharp}", f"<td>{sharp}</td>", "&lt;B&gt;&amp;", sharp]


def test_of_a_dict_its_own_attributes_come_first_as_in_jinja(app) -> None:
    page = app.jinja_env.from_string(
        "{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %} {{ d.other }} {{ d.none }}|"
    )

    assert page.render(d={"items": 1, "other": 2}) == "items1other2 2 |"


def test_a_part_of_the_frame_is_drawn_once_for_each_place_where_ikb_is_mounted(app) -> None:
    with app.test_request_context("/"):
        first, again = frame_part("foot_links", True), frame_part("foot_links", True)
        nobody = frame_part("foot_links", False)
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/rathaus"}):
        mounted = frame_part("foot_links", True)

    assert first is again
    assert "Meine Nachrichten" in first
    assert "Meine Nachrichten" not in nobody
    assert 'href="/rathaus/' in mounted
    assert 'href="/rathaus/' not in first
