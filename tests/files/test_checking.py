"""The worker's look into a file: what it finds, what it tells, and that no file is looked at by two or forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ikb.db import db, transaction
from ikb.files import checking, queries, storage, tasks
from ikb.files.model import FileState, StoredFile
from ikb.journal.model import JournalEntry
from ikb.quarantine import reasons
from ikb.quarantine.reasons import NotTaken
from tests.files import clamd
from tests.quarantine import honest
from tests.quarantine.hostile import pdf_encrypted

pytestmark = pytest.mark.usefixtures("wakeups")


def again(file: StoredFile) -> StoredFile:
    return db.session.get(StoredFile, file.id, populate_existing=True)


def test_a_file_is_looked_at_after_the_commit_and_by_the_tick_if_nobody_was_woken(keep, wakeups) -> None:
    file = keep(honest.pdf(), "Brief.pdf")
    assert (file.state, wakeups) == (FileState.RECEIVED, [("files.check", (file.id,))])
    assert queries.waiting_count() == 1

    tasks.sweep.run()

    assert again(file).state == FileState.CHECKED
    assert (again(file).pages, "Sprachkurse" in again(file).text) == (1, True)
    assert queries.waiting_count() == 0


def test_a_picture_gets_a_preview_of_its_own(keep) -> None:
    file = keep(honest.picture(), "Foto.jpg")

    tasks.check.run(file.id)

    assert again(file).state == FileState.CHECKED
    assert storage.preview_of(again(file)).read_bytes().startswith(b"\x89PNG")
    assert queries.wanted_in(storage.scope_of(file).folder) == {file.sha256, again(file).preview_sha256}


def test_what_is_found_is_told_with_its_reason_and_noted_for_good(keep) -> None:
    file = keep(pdf_encrypted(), "Brief.pdf")

    tasks.check.run(file.id)

    file = again(file)
    assert (file.state, file.finding, file.text) == (FileState.SUSPICIOUS, "encrypted", "")
    assert file.finding_text == reasons.ENCRYPTED.text
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.subject_id, entry.facts["finding"]) == ("file not accepted", file.id, "encrypted")
    assert "Brief" not in str(entry.facts)


def test_what_was_checked_is_left_alone(keep) -> None:
    file = keep(b"Guten Tag", "notiz.txt")
    tasks.check.run(file.id)

    assert tasks.take_up(file.id) is False
    assert again(file).attempts == 1


def test_a_claimed_file_is_nobody_elses_until_its_lease_ends(keep, now) -> None:
    keep(b"Guten Tag", "notiz.txt")

    def claimed(owner: str, moment) -> bool:
        with transaction():
            return checking.claim(owner, now=moment) is not None

    assert claimed("a", now)
    assert not claimed("b", now)
    assert claimed("b", now + checking.LEASE)


def test_whoever_lost_the_lease_writes_nothing(keep, now) -> None:
    keep(b"Guten Tag", "notiz.txt")
    with transaction():
        file = checking.claim("a", now=now)
    with transaction():
        checking.claim("b", now=now + checking.LEASE)

    with transaction():
        assert checking.finish(file, "a", checking.Found(FileState.CHECKED), now=now) is False

    assert again(file).state == FileState.RECEIVED


def test_a_file_that_was_removed_meanwhile_is_no_fault(keep, now) -> None:
    file = keep(b"Guten Tag", "notiz.txt")
    with transaction():
        claimed = checking.claim("a", now=now)
    with transaction():
        db.session.delete(db.session.get(StoredFile, file.id))

    with transaction():
        assert checking.finish(claimed, "a", checking.Found(FileState.CHECKED), now=now) is False


def test_a_file_that_overwhelms_the_reader_is_tried_three_times_then_refused(keep, clock, monkeypatch) -> None:
    def too_much(*_: object) -> None:
        raise NotTaken(reasons.TOO_MUCH)

    monkeypatch.setattr(checking, "look_into", too_much)
    file = keep(b"Guten Tag", "notiz.txt")
    states = []
    for _ in range(checking.MOST_ATTEMPTS):
        tasks.sweep.run()
        states.append(again(file).state)
        clock.advance(minutes=5)

    assert states == [FileState.RECEIVED, FileState.RECEIVED, FileState.SUSPICIOUS]
    assert again(file).finding == "too_much"


def test_bytes_that_are_missing_are_looked_for_again_and_hold_up_no_other_file(keep, clock) -> None:
    lost, other = keep(b"Guten Tag", "notiz.txt"), keep(b"Guten Abend", "notiz.txt")
    storage.path_of(lost).unlink()

    tasks.sweep.run()

    assert [again(file).state for file in (lost, other)] == [FileState.RECEIVED, FileState.CHECKED]
    storage.path_of(lost).write_bytes(b"Guten Tag")
    clock.advance(minutes=5)
    tasks.sweep.run()
    assert again(lost).state == FileState.CHECKED


# The virus scanner


@pytest.mark.parametrize("on_a_path", [True, False])
def test_with_a_scanner_a_file_is_clean_or_refused(keep, with_scanner, tmp_path, on_a_path) -> None:
    with clamd.running(tmp_path / "clamd.ctl" if on_a_path else None) as (address, seen):
        with_scanner(address)
        fine, infected = keep(b"Guten Tag", "notiz.txt"), keep(b"Hier: " + clamd.EICAR, "brief.txt")
        tasks.sweep.run()

    assert seen == [b"Guten Tag", b"Hier: " + clamd.EICAR]
    assert again(fine).state == FileState.CLEAN
    assert (again(infected).state, again(infected).finding) == (FileState.SUSPICIOUS, "virus")


def test_a_large_file_is_sent_to_the_scanner_in_full(keep, with_scanner) -> None:
    data = b"Guten Tag. " * 100_000
    with clamd.running() as (address, seen):
        with_scanner(address)
        keep(data, "lang.txt")
        tasks.sweep.run()

    assert seen == [data]


@pytest.mark.parametrize("says", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: nonsense\0"])
def test_without_an_answer_of_the_scanner_a_file_is_never_called_clean(keep, with_scanner, clock, says) -> None:
    states = []
    with clamd.running(says=says or b"\0") as (address, _):
        with_scanner(address if says else "tcp://127.0.0.1:1")
        file = keep(b"Guten Tag", "notiz.txt")
        for _ in range(checking.MOST_ATTEMPTS):
            tasks.sweep.run()
            states.append(again(file).state)
            clock.advance(minutes=5)

    assert states == [FileState.RECEIVED, FileState.RECEIVED, FileState.CHECKED]


def test_the_sweep_of_old_bytes_asks_the_rows(keep, monkeypatch) -> None:
    kept, gone = keep(b"Guten Tag", "notiz.txt"), keep(b"Guten Abend", "notiz.txt")
    with transaction():
        db.session.delete(gone)
    monkeypatch.setattr(tasks, "KEPT_WITHOUT_ROW", timedelta(days=-1))

    tasks.tidy.run()

    assert (storage.path_of(kept).exists(), storage.path_of(gone).exists()) == (True, False)
