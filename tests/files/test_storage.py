"""Bytes on the disk: whole or not at all, once per institution, found again by their row."""

from __future__ import annotations

import hashlib
import io
import os
import stat

import pytest

from ikb.db import db, transaction
from ikb.errors import FileRefused
from ikb.files import queries, service, storage
from ikb.files.model import FileState
from ikb.files.storage import Scope
from ikb.quarantine.kinds import LETTERS, Kind
from tests.factories import make_institution, make_procedure

PDF = b"%PDF-1.7\n" + b"x" * 5000


def on_disk() -> list[str]:
    return sorted(path.name for path in storage.root().rglob("*") if path.is_file())


def test_a_file_is_kept_byte_for_byte_under_its_hash(keep, scope, now) -> None:
    file = keep(PDF, "Brief.pdf")

    assert (file.name, file.kind, file.size, file.state) == ("Brief.pdf", Kind.PDF, len(PDF), FileState.RECEIVED)
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    with storage.open_bytes(file) as opened:
        assert opened.read() == PDF
    assert storage.path_of(file).name == file.sha256
    assert "Brief" not in str(storage.path_of(file))


def test_nobody_else_on_the_machine_may_read_it(keep, scope, now) -> None:
    place = storage.path_of(keep(PDF, "Brief.pdf"))

    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_file_and_folder_are_forced_to_the_disk_before_the_row_is_saved(keep, scope, now, monkeypatch) -> None:
    happened = []
    real_sync, real_replace, real_commit = os.fsync, os.replace, db.session.commit
    monkeypatch.setattr(os, "fsync", lambda handle: (happened.append(_sort(handle)), real_sync(handle)))
    monkeypatch.setattr(os, "replace", lambda *places: (happened.append("renamed"), real_replace(*places)))
    received = service.receive(io.BytesIO(PDF), "Brief.pdf", scope=scope)
    monkeypatch.setattr(db.session, "commit", lambda: (happened.append("saved"), real_commit()))
    with transaction():
        service.enter(received, now=now)

    wanted = [step for step in happened if step != "saved"] + ["saved"]
    assert happened[-1] == "saved"
    file_at, renamed_at = wanted.index("file"), wanted.index("renamed")
    assert file_at < renamed_at < len(wanted) - 1 - wanted[::-1].index("folder")


def _sort(handle: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"


def test_equal_bytes_of_one_institution_lie_once_and_of_two_twice(keep, scope, now) -> None:
    other = Scope(scope.procedure_id, make_institution().id)
    before = len(on_disk())

    first, second = keep(PDF, "eins.pdf"), keep(PDF, "zwei.pdf")
    assert len(on_disk()) == before + 1
    third = keep(PDF, "drei.pdf", other)

    assert len(on_disk()) == before + 2
    assert storage.path_of(first) == storage.path_of(second) != storage.path_of(third)
    assert [file.name for file in (first, second, third)] == ["eins.pdf", "zwei.pdf", "drei.pdf"]


def test_what_is_refused_leaves_nothing_half_behind(keep, scope, now) -> None:
    before = on_disk()

    with pytest.raises(FileRefused) as refusal:
        keep(b"%PDF-" + b"x" * 30, "groß.pdf", largest=20)

    assert refusal.value.cause == "too_large"
    assert on_disk() == before


def test_a_disk_that_is_full_leaves_nothing_half_behind(keep, scope, now, monkeypatch) -> None:
    before = on_disk()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(PDF, "Brief.pdf")

    assert on_disk() == before


def test_a_file_larger_than_25_mb_is_named_with_both_figures(keep, scope, now) -> None:
    with pytest.raises(FileRefused) as refusal:
        keep(PDF + bytes(service.LARGEST_FILE), "Gutachten.pdf")

    assert refusal.value.message == (
        "Die Datei „Gutachten.pdf“ wurde nicht angenommen. Sie ist zu groß: 26 MB, erlaubt sind 25 MB. Verkleinern Sie die "
        "Datei, oder schicken Sie sie per Post."
    )


def test_it_is_written_in_pieces_not_held_in_memory(keep, scope, now) -> None:
    class Reader(io.RawIOBase):
        def __init__(self) -> None:
            self.asked: list[int] = []
            self.pieces = [b"%PDF-1.7"] + [b"x" * 1000] * 50

        def read(self, size: int = -1) -> bytes:
            self.asked.append(size)
            return self.pieces.pop(0) if self.pieces else b""

    reader = Reader()
    with transaction():
        file = service.keep(reader, "Brief.pdf", scope=scope, now=now)

    assert file.size == 50_008
    assert max(reader.asked) == storage.CHUNK
    assert min(reader.asked) > 0


def test_the_room_of_one_institution_ends_and_equal_bytes_count_once(keep, scope, now, monkeypatch) -> None:
    monkeypatch.setattr(service, "QUOTA", 2 * len(PDF) + 20)
    keep(PDF, "eins.pdf")
    keep(PDF, "noch einmal.pdf")
    keep(PDF + b"y", "zwei.pdf")

    with pytest.raises(FileRefused) as refusal:
        keep(PDF + b"zz", "drei.pdf")

    assert refusal.value.cause == "quota"
    assert queries.bytes_used(scope) == 2 * len(PDF) + 1
    keep(PDF + b"zz", "von anderen.pdf", Scope(scope.procedure_id, make_institution().id))


def test_what_was_looked_at_once_is_not_looked_at_again_for_the_same_institution(keep, scope, now) -> None:
    first = keep(PDF, "eins.pdf")
    with transaction():
        first.state, first.text, first.pages, first.checked_at = FileState.CHECKED, "Guten Tag", 2, now
    again = keep(PDF, "zwei.pdf")
    elsewhere = keep(PDF, "drei.pdf", Scope(scope.procedure_id, make_institution().id))

    assert (again.state, again.text, again.pages, again.checked_at) == (FileState.CHECKED, "Guten Tag", 2, now)
    assert elsewhere.state == FileState.RECEIVED


def test_the_sweep_takes_what_no_row_wants_and_only_when_it_is_old(keep, scope, now) -> None:
    kept, forgotten, fresh = (keep(PDF + bytes([n]), f"{n}.pdf") for n in (65, 66, 67))
    places = [storage.path_of(file) for file in (kept, forgotten, fresh)]
    with transaction():
        service.forget(forgotten)
        service.forget(fresh)
    for place in places[:2]:
        os.utime(place, (1000, 1000))

    gone = storage.sweep(scope.folder, queries.wanted_in(scope.folder), before=2000)

    assert gone == 1
    assert [place.exists() for place in places] == [True, False, True]


def test_bytes_that_come_again_are_young_again(keep, scope, now) -> None:
    place = storage.path_of(keep(PDF, "eins.pdf"))
    os.utime(place, (1000, 1000))

    service.receive(io.BytesIO(PDF), "zwei.pdf", scope=scope)  # its row is not saved yet

    assert storage.sweep(scope.folder, set(), before=2000) == 0


def test_a_room_takes_only_the_kinds_that_it_names(keep, scope, now) -> None:
    with pytest.raises(FileRefused) as refusal:
        keep(b"PK\x03\x04" + b"x" * 50, "Liste.xlsx", kinds=LETTERS)

    assert refusal.value.cause == "unknown"


def test_the_procedures_own_files_have_no_institution(keep) -> None:
    scope = Scope(make_procedure().id)

    file = keep(b"Guten Tag", "notiz.txt", scope)

    assert file.institution_id is None
    assert storage.path_of(file).parts[-3] == f"procedure-{scope.procedure_id}"
    assert queries.wanted_in(scope.folder) == {file.sha256}
