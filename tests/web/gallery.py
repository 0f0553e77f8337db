"""A small town of its own: every macro on a few pages, to be looked at by people, by a browser and by axe."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import TooManyRequests
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Optional

from ikb.config import ROOT, Config
from ikb.errors import Conflict, Faulty, NotAllowed, NotFound, NotYetDecided, PhaseNotOpen
from ikb.web import labels, navigation, paging, setup
from ikb.web.htmx import part_or_page

TOKEN_PAGE = "/beteiligung/abc123"
NEEDED = "Bitte füllen Sie dieses Feld aus."
REDLINE = (
    {"t": "keep", "text": "Die Stadt richtet in jedem Stadtbezirk eine"},
    {"t": "del", "text": " Beratungsstelle", "url": "#grund", "id": "c1"},
    {"t": "ins", "text": " Anlaufstelle mit Sprechzeiten in mehreren Sprachen", "url": "#grund", "current": True},
    {"t": "keep", "text": " ein und berichtet"},
    {"t": "ins", "text": " einmal im Jahr"},
    {"t": "keep", "text": " darüber."},
)
INSTITUTIONS = (
    ("Kulturverein Morgenstern e. V.", "migrant_organisation", "drafted", date(2030, 6, 28)),
    ("Sportbund Ravensberg", "association", "submitted", date(2030, 6, 28)),
    ("Agentur für Ausbildung Ostwestfalen", "authority", "bounced", date(2030, 6, 28)),
    ("Förderkreis Stadtteilbibliothek Brackwede-Süd und Umgebung e. V.", "club", "late", date(2030, 6, 21)),
    ("Jugendwerkstatt am Kanal", "institution", "opened", date(2030, 7, 5)),
    ("Bündnis für Mehrsprachigkeit", "association", "no_remarks", date(2030, 6, 28)),
    ("Nachbarschaftshilfe Sennestadt", "club", "planned", date(2030, 6, 28)),
)


class Vote(Form):
    """One point of a split vote."""

    yes = IntegerField("Ja-Stimmen", validators=[Optional()])


class GalleryForm(FlaskForm):
    """One field of each kind."""

    title = StringField("Titel des Verfahrens", validators=[DataRequired(NEEDED)])
    email = StringField(
        "E-Mail-Adresse", validators=[DataRequired(NEEDED), Email("Das ist keine vollständige E-Mail-Adresse.")]
    )
    password = PasswordField("Passwort", validators=[DataRequired(NEEDED)])
    reason = TextAreaField("Begründung")
    kind = SelectField("Art der Institution", choices=labels.choices("institution_kind"))
    stance = RadioField(
        "Wie stehen Sie zu diesem Abschnitt?",
        choices=labels.choices("stance"),
        validators=[InputRequired("Bitte wählen Sie eine der vier Antworten.")],
    )
    outcome = RadioField("Ergebnis", choices=labels.choices("outcome", "adopted", "rejected"), default="adopted")
    closes_on = DateField("Letzter Tag der Beteiligung", validators=[DataRequired("Bitte nennen Sie einen Tag.")])
    letter = FileField("Schreiben als PDF, Word oder Foto")
    consent = BooleanField("Der Name unserer Institution darf veröffentlicht werden.")
    votes = FieldList(FormField(Vote), min_entries=1)


def make_gallery(env: str = "test", base_url: str = "http://127.0.0.1:8000") -> Flask:
    """An application with the shared parts only, and pages that show them."""
    app = Flask("gallery", static_folder=str(ROOT / "ikb" / "web" / "static"), static_url_path="/static")
    here = Path(__file__).parent / "templates"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(here)])
    app.config.update(
        SECRET_KEY="only for tests, and long enough",
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.extensions["ikb_config"] = Config(
        env=env,
        secret_key="only for tests, and long enough for it",
        database_url="sqlite://",
        redis_url=None,
        smtp_url=None,
        base_url=base_url,
        trusted_hosts=(),
        data_dir=Path("unused"),
        mail_from="ikb@stadt.example.org",
    )
    CSRFProtect(app)
    setup.init_app(app)
    _add_pages(app)
    return app


def make_board() -> navigation._Board:
    """Navigation as a lead sees it, without any real room."""
    board = navigation._Board()
    for area, label, endpoint, order in (
        ("main", "Verfahren", "parts", 10),
        ("main", "Sitzungstermine", "fields", 20),
        ("main", "Hilfe", "workbench", 30),
        ("procedure", "Stand", "parts", 10),
        ("procedure", "Beteiligung", "fields", 20),
        ("procedure", "Beratungsfolge", "demo_pages", 30),
        ("procedure", "Auswertung", "workbench", 40),
    ):
        board.entries[area, label, endpoint] = navigation.Entry(area, label, endpoint, order)
    behind_link = navigation.Entry("institution", "Übersicht", "behind_link", 10, values=_token_values)
    board.entries["institution", "Übersicht", "behind_link"] = behind_link
    board.bars.append(
        lambda: navigation.Bar(
            "Integrationskonzept", "/", "Fassung 2 vom 14.08.2030", "Noch 13 Tage · bis Montag, 05.10., 24 Uhr"
        )
    )
    board.accounts.append(
        lambda: navigation.Account("Kim Beispiel", "Projektleitung", "sign_out") if request.path != "/fehlt" else None
    )
    return board


def _token_values() -> dict[str, object] | None:
    return {"token": "abc123"} if request.endpoint == "behind_link" else None


def _add_pages(app: Flask) -> None:
    app.add_url_rule("/", "parts", _parts)
    app.add_url_rule("/formular", "fields", _fields, methods=["GET", "POST"])
    app.add_url_rule("/werkbank", "workbench", lambda: render_template("gallery/workbench.html", segments=REDLINE))
    app.add_url_rule("/vorfuehrung", "demo_pages", lambda: render_template("gallery/demo.html"))
    app.add_url_rule("/beteiligung/<token>", "behind_link", _behind_link)
    app.add_url_rule("/abmelden", "sign_out", lambda: "", methods=["POST"])
    app.add_url_rule("/teil", "part", lambda: part_or_page("gallery/_part.html", "gallery/part.html", word="Stand"))
    app.add_url_rule("/daten.json", "data", lambda: {"offen": True})
    app.add_url_rule("/fehler/<name>", "fault", _fault, methods=["GET", "POST"])


def _parts() -> str:
    if "gruss" in request.args:
        flash("Die Einladungen sind verschickt.", "success")
    page = paging.cut(range(1, 94), paging.page_number(request.args))
    return render_template("gallery/parts.html", segments=REDLINE, institutions=INSTITUTIONS, page=page)


def _fields() -> ResponseReturnValue:
    form = GalleryForm()
    if form.is_submitted() and not form.validate():
        return render_template("gallery/fields.html", form=form), 422
    return render_template("gallery/fields.html", form=form)


def _behind_link(token: str) -> str:
    segments = [{name: value for name, value in segment.items() if name != "id"} for segment in REDLINE]
    return render_template("gallery/behind_link.html", segments=segments)


FAULTS: dict[str, Any] = {
    "fehlt": NotFound("Diese Einladung gibt es nicht mehr."),
    "verboten": NotAllowed("Das darf nur die Projektleitung."),
    "zu-frueh": PhaseNotOpen("Die Beteiligung beginnt am Montag, 3. Juni 2030."),
    "doppelt": Conflict("Jemand anders hat den Abschnitt geändert.", theirs="Ihre\nZeilen", mine="<b>Meine</b> Zeilen"),
    "offen": NotYetDecided("Zwei Vorschläge sind nicht entschieden.", ["3.2: Vorschlag A", "3.4: Vorschlag B"]),
    "datei": Faulty("Die Datei passt nicht.", ["Zeile 3, Spalte E-Mail: keine Adresse"]),
    "zu-oft": TooManyRequests(retry_after=90),
    "absturz": ZeroDivisionError("secret text of a citizen"),
}


def _fault(name: str) -> str:
    raise FAULTS[name]
