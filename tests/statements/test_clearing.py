"""Attached files leave as clean copies that somebody looked at, or not at all; the file that came never does."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update
from werkzeug.datastructures import FileStorage

from ikb.accounts.model import Role
from ikb.core.redaction import Span
from ikb.db import db, transaction
from ikb.errors import FileRefused, NotReady
from ikb.files import service as files
from ikb.files.model import FileState, StoredFile
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.privacy import procedure_file
from ikb.publications import queries as public
from ikb.publications import service as publications
from ikb.publications.model import Ground
from ikb.remarks import redactions
from ikb.remarks.redaction_model import Part, Reason
from ikb.statements import cleared, clearing, publishing, redacting
from ikb.statements.attachment_model import Attachment
from ikb.statements.attachments import scope_of
from ikb.statements.clearance_model import Clearance
from tests.factories import MADE_AT, make_institution, make_invitation, make_statement, make_user
from tests.quarantine import honest

pytestmark = pytest.mark.usefixtures("wakeups", "disk_as_before")
SENT = "Herr Beispiel wohnt hier. Wir bitten um Bänke."
BLACK = "Wir bitten um Bänke."


@pytest.fixture
def statement(phase, now):
    """Published on a ground, with one file, and a name blacked out of its text."""
    invitation = make_invitation(phase, make_institution("Imkerverein"))
    statement = make_statement(invitation, [{"comment": "Herr Beispiel wohnt hier."}])
    file = files.receive(io.BytesIO(honest.pdf(SENT)), "Brief Beispiel.pdf", scope=scope_of(invitation))
    with transaction():
        publications.set_rule(
            phase.procedure_id, Ground.RESOLUTION, "Beschluss vom 01.03.2030", "", seen=0, by=SYSTEM, now=now
        )
        row = files.enter(file, now=now)
        db.session.add(Attachment(statement_id=statement.id, file=row, created_at=MADE_AT))
        redactions.note_checked(statement.id, procedure_id=phase.procedure_id, by=SYSTEM, now=now)
        [remark] = statement.remarks
        redacting.black_out(statement, remark, Part.COMMENT, [Span(0, 13)], Reason.THIRD_PERSON, by=SYSTEM, now=now)
    everything_is_checked()
    return statement


def everything_is_checked():
    """As a worker leaves it; looking into files has its own tests."""
    with transaction():
        db.session.execute(update(StoredFile).values(state=FileState.CHECKED))
    db.session.expire_all()


def copies(statement):
    [one] = cleared.copies_of(statement)
    return one


def bring(statement, data, now, name="kopie.pdf", key=None):
    ready = clearing.bring(statement, copies(statement), io.BytesIO(data), name)
    with transaction():
        row = clearing.prepare(
            copies(statement), ready, key=key or uuid4(), reason=Reason.THIRD_PERSON, by=SYSTEM, now=now
        )
    everything_is_checked()
    return row


def release(statement, row, now):
    with transaction():
        clearing.release(statement, copies(statement), row.id, by=SYSTEM, now=now)


def publish(statement, now):
    with transaction():
        [seen] = publishing.candidates(statement.invitation.phase.procedure_id, [statement])
        procedure_id = statement.invitation.phase.procedure_id
        publishing.publish(procedure_id, {statement.id: seen.digest}, [statement], by=SYSTEM, now=now)


def public_files(statement):
    row = public.newest_of("statement", [statement.id])[statement.id]
    return row.content.get("files", [])


def status(client, address):
    with client.get(address) as answer:
        return answer.status_code


def test_only_a_released_copy_is_public_and_it_goes_when_taken_back_or_when_more_is_black(client, statement, now):
    publish(statement, now)
    assert public_files(statement) == []

    row = bring(statement, honest.pdf(BLACK), now)
    publish(statement, now)
    assert public_files(statement) == []

    release(statement, row, now)
    publish(statement, now)
    [file] = public_files(statement)
    page = f"/vorhaben/{statement.invitation.phase.procedure_id}/stellungnahmen/{statement.number}"
    assert f"{page}/dateien/{row.id}" in client.get(page).text
    with client.get(f"{page}/dateien/{row.id}") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="Anlage 1.pdf"'
        assert PdfReader(io.BytesIO(answer.data)).pages[0].extract_text() == BLACK
    assert (file["name"], file["redacted"], row.ground) == ("Anlage 1.pdf", True, Ground.RESOLUTION)
    assert status(client, f"{page}/dateien/{row.id + 1}") == 404

    with transaction():
        clearing.take_back(statement, copies(statement), by=SYSTEM, now=now)
    assert public_files(statement) == []
    assert status(client, f"{page}/dateien/{row.id}") == 404

    again = bring(statement, honest.pdf(BLACK), now)
    release(statement, again, now)
    publish(statement, now)
    assert status(client, f"{page}/dateien/{again.id}") == 200
    with transaction():
        [remark] = statement.remarks
        remark_text = remark.comment
        db.session.execute(
            Clearance.__table__.update().where(Clearance.id == again.id).values(readable=f"{BLACK} wohnt hier")
        )
        at = remark_text.index("wohnt hier")
        redacting.black_out(statement, remark, Part.COMMENT, [Span(at, at + 10)], Reason.BUSINESS, by=SYSTEM, now=now)
    assert public_files(statement) == []
    assert status(client, f"{page}/dateien/{again.id}") == 404


def test_a_withdrawn_statement_takes_its_files_along_and_a_new_release_waits_for_its_own_preview(
    client, statement, now
):
    publish(statement, now)
    row = bring(statement, honest.pdf(BLACK), now)
    release(statement, row, now)
    with transaction():
        publishing.follow(statement, by=SYSTEM, now=now)
    assert public_files(statement) == []

    publish(statement, now)
    with transaction():
        publishing.withdraw(statement, by=SYSTEM, now=now)

    page = f"/vorhaben/{statement.invitation.phase.procedure_id}/stellungnahmen/{statement.number}"
    assert status(client, f"{page}/dateien/{row.id}") == 404


def test_a_copy_in_which_a_blacked_out_name_can_still_be_read_is_refused_and_so_is_the_file_itself(statement, now):
    with pytest.raises(FileRefused, match="„Herr Beispiel“") as refused:
        clearing.bring(statement, copies(statement), io.BytesIO(honest.pdf(SENT)), "kopie.pdf")
    assert refused.value.cause == "still_legible"
    with pytest.raises(FileRefused, match="„Herr Beispiel“"):
        clearing.take_over(statement, copies(statement))

    for data, name, cause in ((honest.docx_file(), "kopie.docx", "other_kind"), (b"", "kopie.pdf", "empty")):
        with pytest.raises(FileRefused) as refused:
            clearing.bring(statement, copies(statement), io.BytesIO(data), name)
        assert refused.value.cause == cause

    row = bring(statement, honest.pdf(BLACK), now)
    with transaction():
        db.session.execute(Clearance.__table__.update().values(readable="Herr\nBei-\nspiel"))
    db.session.expire_all()
    with pytest.raises(NotReady, match="Herr Beispiel"):
        release(statement, row, now)


def test_without_a_ground_or_before_it_was_checked_nothing_is_released(statement, now):
    ready = clearing.bring(statement, copies(statement), io.BytesIO(honest.pdf(BLACK)), "kopie.pdf")
    key = uuid4()
    for _ in range(2):  # the same form
        with transaction():
            row = clearing.prepare(copies(statement), ready, key=key, reason=Reason.THIRD_PERSON, by=SYSTEM, now=now)
    assert db.session.scalar(select(func.count(Clearance.id))) == 1
    with pytest.raises(NotReady, match="gerade geprüft"):
        release(statement, row, now)

    everything_is_checked()
    with transaction():
        procedure_id = statement.invitation.phase.procedure_id
        publications.set_rule(procedure_id, Ground.NONE, "", "", seen=1, by=SYSTEM, now=now)
    with pytest.raises(NotReady, match="Grundlage"):
        release(statement, row, now)


def test_what_happens_to_a_copy_is_in_the_journal_without_a_name_and_goes_with_the_file_of_the_case(statement, now):
    row = bring(statement, honest.pdf(BLACK), now)
    release(statement, row, now)
    with transaction():
        clearing.take_back(statement, copies(statement), by=SYSTEM, now=now)

    rows = select(JournalEntry).where(JournalEntry.subject_kind == "clearance").order_by(JournalEntry.id)
    entries = db.session.scalars(rows).all()
    assert [entry.action.rpartition(" ")[2] for entry in entries] == ["prepared", "released", "back"]
    assert all("Beispiel" not in str(entry.facts) for entry in entries)

    with transaction():
        procedure_file.erase(statement.invitation.phase.procedure_id, now.date())
    assert db.session.scalar(select(func.count(Clearance.id))) == 0
    assert db.session.scalar(select(func.count(StoredFile.id))) == 0


def test_the_lead_brings_a_copy_sees_what_can_still_be_read_and_lets_it_go(client, statement, lead, now):
    client.sign_in(lead)
    place = f"/verfahren/{statement.invitation.phase.procedure_id}/stellungnahmen/{statement.id}/schwaerzen"
    here = f"{place}/dateien/{copies(statement).attachment.id}"
    assert "bleibt in der Verwaltung" in client.get(place).text

    def send(data):
        sent = {"key": str(uuid4()), "reason": "third_person", "file": FileStorage(io.BytesIO(data), "kopie.pdf")}
        return client.post(f"{here}/kopie", data=sent)

    refused = send(honest.pdf(SENT))
    assert refused.status_code == 422
    assert "Ein Balken über dem Text genügt nicht" in refused.text
    assert send(honest.pdf(f"{BLACK} Anruf: 0521 512000")).status_code == 303
    everything_is_checked()
    page = client.get(here).text
    assert "Vorschlag: </span>0521 512000" in page
    row = copies(statement).prepared
    assert status(client, f"{here}/kopie/{row.id}") == 200

    client.post(f"{here}/freigeben", data={"copy_id": row.id})
    assert copies(statement).state == "prepared"
    client.post(f"{here}/freigeben", data={"copy_id": row.id, "looked": "y"})
    assert copies(statement).state == "redacted"
    client.post(f"{here}/zuruecknehmen")
    assert copies(statement).state == "inside"

    client.sign_in(make_user([Role.LEAD]))
    assert client.get(here).status_code == 404
    assert client.post(f"{here}/ohne-schwaerzung", data={"key": str(uuid4())}).status_code == 404
