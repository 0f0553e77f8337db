"""Rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, check_every_view_has_a_rule, routes, rule_of

ROOT = Path(__file__).parents[2]
PYTHON = sorted((ROOT / "ikb").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def _some_path(rule: str) -> str:
    """A path that a rule matches: `1` for every number and name, the first of words to choose from."""
    return re.sub(r"<(?:\w+:)?\w+>", "1", re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule))


def test_a_view_without_a_rule_stops_the_start():
    app = Flask("forgotten", static_folder=None)
    app.add_url_rule("/vergessen", "forgotten", lambda: "offen")

    with pytest.raises(RuntimeError, match="forgotten"):
        check_every_view_has_a_rule(app)


def test_a_view_with_a_rule_does_not():
    app = Flask("guarded", static_folder=None)
    app.add_url_rule("/", "guarded", allow(Role.LEAD)(lambda: "zu"))

    check_every_view_has_a_rule(app)

    assert rule_of(app, "guarded") == {Role.LEAD}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_route_names_its_roles(app):
    assert all(route["roles"] for route in routes(app))


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_nobody_without_an_account_enters_a_page_of_the_administration(app, client):
    closed = [route for route in routes(app) if not {"public", "institution"} & set(route["roles"])]
    assert closed, "there must be pages behind the login"

    for route in closed:
        path = _some_path(str(route["rule"]))
        for method in route["methods"]:
            answer = client.open(path, method=method)
            expected = (303, 404) if method == "GET" else (403, 404)
            assert answer.status_code in expected, f"{method} {path} answered {answer.status_code}"
            if answer.status_code == 303:
                assert answer.location.startswith("/anmelden"), path
            if answer.status_code == 403:
                assert "Sie sind nicht angemeldet</h1>" in answer.text, path
                assert 'class="site-head' in answer.text, path
                assert "<form" not in answer.text, path


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_form_that_is_sent_needs_its_token(app, client):
    posts = [route for route in routes(app) if "POST" in route["methods"]]
    assert posts

    for route in posts:
        path = _some_path(str(route["rule"]))
        answer = client.post(path, data={}, csrf=False)
        assert answer.status_code == 400, f"{path} took a form without its token: {answer.status_code}"


def test_only_aware_moments_are_made():
    naive = re.compile(r"datetime\.(?:now\(\)|utcnow\(|today\(|fromtimestamp\([^,)]*\))")

    assert [path for path in PYTHON if naive.search(path.read_text())] == []


# Not a room but a module that grew: callers say `mail.RecipientRefused`, as they did when it was one file.
FACADES = {"ikb/mail/__init__.py"}


def test_no_room_says_more_than_a_docstring():
    talkative = []
    for path in (ROOT / "ikb").rglob("__init__.py"):
        body = ast.parse(path.read_text()).body
        is_docstring = len(body) == 1 and isinstance(body[0], ast.Expr)
        is_list_of_names = all(isinstance(node, ast.Expr | ast.ImportFrom | ast.Assign) for node in body)
        name = str(path.relative_to(ROOT))
        if not is_docstring and not (name in FACADES and is_list_of_names):
            talkative.append(name)

    assert talkative == []


@pytest.mark.parametrize("pattern", [r"<script>", r"\sstyle=", r"\son[a-z]+=", r"\|\s*safe\b"])
def test_templates_hold_nothing_that_the_content_policy_forbids(pattern):
    found = [path.name for path in TEMPLATES if re.search(pattern, path.read_text())]

    assert found == []


def test_no_file_is_unfinished():
    unfinished = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")

    assert [path for path in [*PYTHON, *TEMPLATES] if unfinished.search(path.read_text())] == []
