"""What comes in from outside and cannot be: no crash, a clear answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import Form

from ikb.web.fields import DayField


@pytest.mark.parametrize("number", [2**31, 99999999999999999999])
@pytest.mark.parametrize("path", ["/vorhaben/{}", "/vorhaben/fassung/{}"])
def test_a_number_that_no_row_can_have_is_no_page(client, path, number):
    assert client.get(path.format(number)).status_code == 404


def test_a_nul_in_an_address_is_no_page(client):
    assert client.get("/konto/a%00b").status_code == 404


def test_the_login_takes_an_address_with_a_nul_as_a_wrong_one(client):
    answer = client.post("/anmelden", data={"email": "anna\x00@stadt.example.org", "password": "falsch falsch"})

    assert answer.status_code == 422
    assert "stimmen nicht" in answer.text


@pytest.mark.parametrize("multipart", [False, True])
def test_a_nul_is_taken_out_of_every_field_and_the_rest_stays(gallery: Flask, multipart: bool) -> None:
    found: list[Any] = []
    gallery.config["WTF_CSRF_ENABLED"] = False
    gallery.before_request(lambda: found.extend((request.form.to_dict(flat=False), request.args["wort"])))
    visitor: FlaskClient = gallery.test_client()

    visitor.post(
        "/fehler/fehlt?wort=a%00b",
        data={"text": ["vor\x00her\n", "zwei"], "leer": "\x00"},
        content_type="multipart/form-data" if multipart else "application/x-www-form-urlencoded",
    )

    assert found == [{"text": ["vorher\n", "zwei"], "leer": [""]}, "ab"]


class DayForm(Form):
    day = DayField("Tag")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1990-01-01", date(1990, 1, 1)),
        ("31.12.2100", date(2100, 12, 31)),
        ("28.06.30", date(2030, 6, 28)),
        ("", None),
        ("31.12.9999", None),
        ("0001-01-01", None),
        ("31.12.1989", None),
        ("01.01.2101", None),
    ],
)
def test_a_day_lies_between_1990_and_2100(written: str, day: date | None) -> None:
    form = DayForm(MultiDict({"day": written}))

    assert form.validate() is (day is not None or not written)
    assert form.day.data == day
    assert all("von 1990 bis 2100" in fault for fault in form.day.errors)
