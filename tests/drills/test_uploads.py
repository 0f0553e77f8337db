"""Many uploads at the same moment, each on a connection of its own, and a real worker that looks into what came."""

from __future__ import annotations

import contextvars
import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from ikb.core.clock import berlin_day, system_clock
from ikb.db import db
from ikb.files import storage
from ikb.files.model import FileState, StoredFile
from ikb.institutions.links import token_of
from ikb.statements.model import Attachment
from tests import factories
from tests.conftest import migrated_app
from tests.drills.plant import Part, environment_of
from tests.quarantine import honest
from tests.quarantine.hostile import pdf_encrypted

pytestmark = pytest.mark.drill

AT_ONCE = 20
PATIENCE = 60.0


def link_of_one() -> str:
    now = system_clock()
    phase = factories.make_phase(opens_at=now, opened_at=now, closes_on=berlin_day(now))
    return f"/beteiligung/{token_of(factories.make_invitation(phase))}"


def upload(app: Flask, link: str, name: str, data: bytes) -> int:
    browser: Any = app.test_client()
    form = browser._with_token({"files": FileStorage(io.BytesIO(data), name), "section": "", "back": ""})
    boundary, body = encode_multipart(form)
    answer = browser.post(f"{link}/dateien", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    return int(answer.status_code)


@pytest.mark.usefixtures("wakeups")
def test_20_uploads_at_once_are_20_files_each_whole(committed_app: Flask) -> None:
    with committed_app.app_context():
        link = link_of_one()
        db.session.remove()
    start = Barrier(AT_ONCE)
    bodies = [b"Brief %d\n" % number * 20_000 for number in range(AT_ONCE)]

    def send(number: int) -> int:
        start.wait(timeout=60)
        return upload(committed_app, link, f"Brief {number}.txt", bodies[number])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(contextvars.Context().run, send, number) for number in range(AT_ONCE)]
        codes = [run.result(timeout=120) for run in runs]

    with committed_app.app_context():
        hanging = list(db.session.scalars(select(Attachment)))
        stored = {each.file.name: storage.path_of(each.file).read_bytes() for each in hanging}
        db.session.remove()
        left = list(storage.root().rglob(".incoming-*"))
    assert codes == [303] * AT_ONCE
    assert len({each.statement_id for each in hanging}) == 1
    assert stored == {f"Brief {number}.txt": bodies[number] for number in range(AT_ONCE)}
    assert left == []


@pytest.fixture
def town(own_postgres: str, valkey: Any, valkey_db: int, tmp_path: Path) -> Iterator[Flask]:
    app = migrated_app(own_postgres, tmp_path, system_clock, redis_url=valkey.url(valkey_db))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_real_worker_looks_into_what_was_sent_and_nobody_waits_for_it(
    town: Flask, own_postgres: str, tmp_path: Path
) -> None:
    environment = environment_of(town, own_postgres, tmp_path) | {"IKB_SMTP_URL": ""}
    worker = Part("worker", environment, tmp_path / "worker.log")
    with town.app_context():
        link = link_of_one()
        assert upload(town, link, "Brief.pdf", honest.pdf()) == 303
        assert upload(town, link, "geheim.pdf", pdf_encrypted()) == 303
        states = set(db.session.scalars(select(StoredFile.state)))
        assert states == {FileState.RECEIVED}, "sent, and not looked into by whoever took it"
        worker.start()
        try:
            ends_at = time.monotonic() + PATIENCE
            while FileState.RECEIVED in states:
                assert time.monotonic() < ends_at, worker.says()
                time.sleep(0.1)
                db.session.rollback()
                states = set(db.session.scalars(select(StoredFile.state)))
        finally:
            worker.kill()
        rows = db.session.execute(
            select(StoredFile.name, StoredFile.state, StoredFile.text).order_by(StoredFile.id)
        ).all()
        db.session.remove()

    assert [(row.name, row.state) for row in rows] == [
        ("Brief.pdf", FileState.CHECKED),
        ("geheim.pdf", FileState.SUSPICIOUS),
    ]
    assert "Sprachkurse" in rows[0].text
