"""`ikb demo`: makes the demonstration's data once, then serves it in one process until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import sys
import webbrowser
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from ikb import moment, serve
from ikb.app import create_app
from ikb.config import ROOT, Config
from ikb.core.clock import at_local, berlin_day, system_clock
from ikb.demo.story import ORIGINAL_DAY, Story

SETTINGS = "demo.json"
LOGINS = "demo-logins.json"
HOST = "127.0.0.1"
DATABASE = "ikb.sqlite"


@dataclass
class Settings:
    """What a data directory remembers: keys, its clock, who may sign in. Written once, kept on a second start."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    offset_seconds: float = 0.0
    users: list[dict[str, str]] = field(default_factory=list)
    institution_links: list[dict[str, str]] = field(default_factory=list)  # institution and token
    further_users: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, data: Path) -> Settings:
        return cls(**json.loads((data / SETTINGS).read_text(encoding="utf-8")))

    def write(self, data: Path) -> None:
        _write_private(data / SETTINGS, asdict(self))


def run(options: argparse.Namespace) -> int:
    """Make the data where there is none, then serve. Exit 0 after Ctrl-C, 2 if the port is taken."""
    data = (options.data or ROOT / "var" / "demo").resolve()
    if not (data / SETTINGS).exists():
        _make(data, ORIGINAL_DAY if options.original_dates else options.as_of)
    elif options.as_of or options.original_dates:
        _set_day(data, options.as_of or ORIGINAL_DAY)
    base_url = f"http://{HOST}:{options.port}"
    app = _app(data, base_url)
    logins = _write_logins(data, base_url)
    try:
        return serve.run(app, HOST, options.port, on_ready=lambda: _announce(logins, open_it=not options.no_browser))
    except OSError:
        print(
            f"Port {options.port} ist belegt. Wählen Sie einen anderen: make demo ARGS=--port={options.port + 1}",
            file=sys.stderr,
        )
        return 2


def _make(data: Path, day: date | None) -> None:
    # Made beside its place and moved there when whole: a start that was interrupted leaves nothing half behind.
    making = data.with_name(data.name + ".wird-angelegt")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    settings = Settings(offset_seconds=_offset_to(day))
    settings.write(making)
    print("Die Demonstration wird angelegt …", flush=True)
    app = _app(making, f"http://{HOST}:8000")
    _fill(app, settings)
    settings.write(making)
    data.parent.mkdir(parents=True, exist_ok=True)
    if data.exists():
        data.rmdir()  # an empty folder that somebody prepared; anything else is not ours to remove
    making.rename(data)


def _fill(app: Flask, settings: Settings) -> None:
    from flask_migrate import upgrade

    from ikb.db import db
    from ikb.demo.seed import seed

    with app.app_context():
        # Nobody relies on this file before it stands in its place: a power cut now only means to begin again.
        event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        upgrade()
        seeded = seed(Story.around(moment.today()), moment.now())
        settings.users, settings.institution_links = seeded.users, seeded.institution_links
        settings.further_users = seeded.further_users
        db.session.remove()
        db.engine.dispose()  # the file moves; nobody may hold it open


def _app(data: Path, base_url: str) -> Flask:
    settings = Settings.of(data)
    return create_app(
        Config(
            env="demo",
            secret_key=settings.secret_key,
            database_url=f"sqlite:///{data / DATABASE}",
            redis_url=None,
            smtp_url=None,
            base_url=base_url,
            trusted_hosts=(),
            data_dir=data,
            mail_from="integration@bielefeld.example.org",
            clock_offset=timedelta(seconds=settings.offset_seconds),
        )
    )


def _offset_to(day: date | None) -> float:
    # The demonstration's clock starts at nine in the morning of its day and runs on from there.
    if day is None or day == berlin_day(system_clock()):
        return 0.0
    return (at_local(day, 9) - system_clock()).total_seconds()


def _set_day(data: Path, day: date) -> None:
    settings = Settings.of(data)
    settings.offset_seconds = _offset_to(day)
    settings.write(data)


def _write_logins(data: Path, base_url: str) -> dict[str, Any]:
    settings = Settings.of(data)
    links = [
        {"institution": link["institution"], "url": f"{base_url}/beteiligung/{link['token']}"}
        for link in settings.institution_links
    ]
    logins = {
        "base_url": base_url,
        "login_url": f"{base_url}/anmelden",
        "mailbox_url": f"{base_url}/postfach",
        "users": settings.users,
        "institution_links": links,
        "further_users": settings.further_users,
    }
    _write_private(data / LOGINS, logins)
    return logins


def _write_private(path: Path, content: object) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _announce(logins: dict[str, Any], *, open_it: bool) -> None:
    print(f"\nikb läuft: {logins['base_url']}   (Strg-C beendet)\n")
    for user in logins["users"]:
        print(f"  {user['role']:<14} {user['email']:<42} {user['password']}")
    print(f"\n  Postfach: {logins['mailbox_url']}")
    for link in logins["institution_links"]:
        print(f"  {link['institution']}: {link['url']}")
    print(flush=True)
    if open_it:
        webbrowser.open(logins["base_url"])
