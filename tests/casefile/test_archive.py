"""The whole case as one file: complete, checkable, the same bytes each time, and nothing in it that was not meant to leave."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from ikb.bundles import packing, shelf, work
from ikb.bundles import service as bundles
from ikb.bundles.model import BundleState
from ikb.casefile import building, service
from ikb.casefile.model import CaseArchive, Variant
from ikb.casefile.tasks import ARCHIVES
from ikb.consolidation import issuing
from ikb.core import receipt_file
from ikb.db import db, transaction
from ikb.files import service as files
from ikb.files.model import FileState
from ikb.files.storage import Scope
from ikb.journal.model import JournalEntry
from ikb.statements import receipts
from ikb.statements.model import Attachment, Statement
from tests.consolidation.cases import Case, make_case
from tests.factories import MADE_AT, make_institution, make_user

NAME = "Kulturverein Östlicher Morgenstern e. V."
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def case(app, now) -> Case:
    """Two issued versions, one statement with its receipt, one file that was looked at and one that was not."""
    case = make_case()
    remark = case.says("Jede Schule bietet drei Kurse am Nachmittag an.", institution=make_institution(NAME))
    wording = case.body_says("Die Ziele gelten für alle Ämter und Betriebe.", anchor="bp-2", name="Sozialausschuss")
    statement = db.session.get_one(Statement, remark.statement_id)
    with transaction():
        case.procedure.file_reference = "501-12/2030"
        receipts.give(statement, [remark], now=now)
        for name, state in (("../../böse: Anlage.pdf", FileState.CHECKED), ("neu.pdf", FileState.RECEIVED)):
            file = files.keep(io.BytesIO(PDF + name.encode()), name, scope=Scope(case.procedure.id), now=now)
            file.state = state
            db.session.add(Attachment(statement_id=statement.id, file_id=file.id, created_at=now))
    case.consolidate(now)
    for one in (remark, wording):
        case.decide(one, "followed", now)
    with transaction():
        issuing.issue(case.working(), "2030/2", by=case.by, now=now)
    return case


def ordered(case: Case, variant: Variant, now) -> CaseArchive:
    with transaction():
        return service.request(case.procedure, variant, uuid4(), by=case.by, now=now)


def built(case: Case, variant: Variant, now) -> tuple[CaseArchive, zipfile.ZipFile]:
    archive = ordered(case, variant, now)
    assert work.take_up(ARCHIVES, archive.id)
    db.session.refresh(archive)
    assert archive.state == BundleState.DONE, archive.fault
    return archive, zipfile.ZipFile(io.BytesIO(shelf.place_of(archive).read_bytes()))


def test_the_complete_one_holds_everything_and_every_file_can_be_checked(case, now):
    archive, packed = built(case, Variant.COMPLETE, now)
    names = packed.namelist()
    data = json.loads(packed.read("inhalt.json"))
    page = packed.read("index.html").decode()

    assert packed.testzip() is None
    assert (archive.files, archive.sha256) == (
        len(names),
        hashlib.sha256(shelf.place_of(archive).read_bytes()).hexdigest(),
    )
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9./-]*", name) and ".." not in name for name in names)
    assert {name.split("/")[0][:2] for name in names} >= {f"0{part}" for part in range(1, 8)}
    for line in packed.read(building.SUMS).decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(packed.read(name)).hexdigest() == digest
    assert {one["name"] for one in data["files"]} == set(names) - {
        "inhalt.csv", "inhalt.json", "index.html", building.SUMS
    }  # fmt: skip
    ours = [one for one in data["files"] if one["name"].endswith(".pdf") and "/anlage-" not in one["name"]]
    assert (len(ours) >= 8, [one["name"] for one in ours if not one["is_archival"]]) == (True, [])
    assert data["facts"]["Aktenzeichen"] == "501-12/2030"
    assert "501-12/2030" in page
    assert ["neu.pdf" in hint for hint in data["hints"]] == [True]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_its_parts_are_what_they_say(case, now):
    _, packed = built(case, Variant.COMPLETE, now)

    def only(pattern: str) -> bytes:
        [name] = [name for name in packed.namelist() if re.search(pattern, name)]
        return packed.read(name)

    receipt = json.loads(receipt_file.read(only(r"eingangsbestaetigung\.pdf$")).text)
    check = json.loads(only("pruefung.json$"))
    entries = json.loads(only("aenderungsverlauf.json$"))
    sequence = json.loads(only("beratungsfolge.json$"))
    synopsis = "".join(page.extract_text() for page in PdfReader(io.BytesIO(only(r"zu-02\.pdf$"))).pages)

    assert receipt["content"]["institution"]["name"] == NAME
    assert only(r"/anlage-01-boese-anlage\.pdf$").startswith(PDF)
    assert check["breaks"] == []
    assert "statement submitted" in {entry["action"] for entry in entries}
    assert [step["body"] for step in sequence] == ["Sozialausschuss"]
    assert "drei" in synopsis


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_one_to_hand_on_names_no_institution_and_holds_no_original(case, now):
    _, packed = built(case, Variant.REDACTED, now)

    assert {name.split("/")[0][:2] for name in packed.namelist() if "/" in name} == {"01", "02", "04", "05"}
    for name in packed.namelist():
        assert "Morgenstern" not in _words(name, packed.read(name)), name


def _words(name: str, data: bytes) -> str:
    if name.endswith(".pdf"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            return "".join(inner.read(part).decode("utf-8", "ignore") for part in inner.namelist())
    return data.decode()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_same_case_gives_the_same_bytes(case, now):
    archive = ordered(case, Variant.COMPLETE, now)

    sums = []
    for _ in range(2):
        building.build(archive, lambda *_: None)
        with zipfile.ZipFile(shelf.place_of(archive)) as packed:
            sums.append(packed.read(building.SUMS).decode().splitlines())

    assert sums[0] == sums[1]


def test_a_lead_asks_for_it_waits_and_takes_it_away_and_nobody_else_does(case, now, as_user):
    lead, here, key = as_user(case.lead), f"/verfahren/{case.procedure.id}/akte", str(uuid4())

    asked = [lead.post(here, data={"key": key, "variant": "complete"}).status_code for _ in range(2)]
    refused = lead.post(here, data={"key": str(uuid4()), "variant": "complete"}, follow_redirects=True).text
    row = db.session.scalars(select(CaseArchive)).one()
    assert work.take_up(ARCHIVES)
    file = lead.get(f"{here}/{row.id}.zip")
    beginning = file.data[:2]
    file.close()
    page = lead.get(here).text

    assert (asked, "Es wird schon ein Archiv" in refused) == ([303, 303], True)
    assert (file.status_code, beginning, "akte-501-12-2030" in file.headers["Content-Disposition"]) == (
        200,
        b"PK",
        True,
    )
    assert "Herunterladen" in page
    assert as_user(make_user()).get(f"{here}/{row.id}.zip").status_code == 404
    acts = "case archive requested", "case archive built", "case archive fetched"
    told = select(func.count()).select_from(JournalEntry).where(JournalEntry.action.in_(acts))
    assert db.session.scalar(told) == 3


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_after_its_days_it_is_gone_from_the_disk_and_says_so(case, now, as_user):
    archive, _ = built(case, Variant.REDACTED, now)

    with transaction():
        shelf.tidy(CaseArchive, now=now + bundles.KEPT + timedelta(minutes=1))

    assert (shelf.place_of(archive).exists(), archive.state) == (False, BundleState.GONE)
    assert as_user(case.lead).get(f"/verfahren/{case.procedure.id}/akte/{archive.id}.zip").status_code == 404


def test_one_whose_worker_died_is_taken_up_again_and_given_up_after_three(case, now, clock):
    archive = ordered(case, Variant.REDACTED, now)
    shelf.place_of(archive).unlink(missing_ok=True)  # numbers begin anew with each test, what lies on the disk does not
    for _ in range(bundles.MOST_ATTEMPTS):
        with transaction():
            assert bundles.claim(CaseArchive, "a worker that dies", now=clock()) is not None
            assert bundles.claim(CaseArchive, "another", now=clock()) is None
        clock.advance(minutes=4)

    assert work.take_up(ARCHIVES)

    db.session.refresh(archive)
    assert (archive.state, archive.fault) == (BundleState.FAILED, work.TOO_LONG)
    assert not shelf.place_of(archive).exists()


@pytest.mark.parametrize("name", ["../oben.txt", "/etc/x", "a//b", "ä.txt", "a/.versteckt", "A.txt", ""])
def test_no_name_leads_out_of_the_archive(name, tmp_path):
    parts = [packing.Part(name, "", "", lambda: b"x")]

    with pytest.raises(ValueError, match="can be called"):
        packing.pack(tmp_path / "x.zip", parts, lambda _: [], MADE_AT, lambda: None)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [("Kulturverein Öst e. V.", "kulturverein-oest-e-v"), ("../..", "ohne-namen"), ("Ελλάδα", "ohne-namen")],
)
def test_names_are_spelled_in_plain_letters(name, told):
    assert packing.safe(name) == told
