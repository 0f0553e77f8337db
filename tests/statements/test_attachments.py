"""Files on a statement: sent with a plain form, refused by name, handed in with the rest, given out by permission only."""

from __future__ import annotations

import io
import json
import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.files import service as files
from ikb.files import storage, tasks
from ikb.files.model import FileState, StoredFile
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal.model import JournalEntry
from ikb.statements import attached, attachments, queries, service
from ikb.statements.model import Answer, Attachment, Receipt, Statement, StatementState
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)
from tests.quarantine import honest
from tests.quarantine.hostile import HOSTILE, pdf_encrypted

pytestmark = pytest.mark.usefixtures("wakeups", "disk_as_before")
PDF = b"%PDF-1.7\n" + b"x" * 400


@pytest.fixture
def lead(app: Flask):
    return make_user(roles=[Role.LEAD])


@pytest.fixture
def invitation(lead) -> Invitation:
    phase = make_phase(make_version(make_draft(make_procedure([lead]))))
    return make_invitation(phase, make_institution("Kulturverein Morgenstern"))


@pytest.fixture
def link(invitation) -> str:
    return f"/beteiligung/{token_of(invitation)}"


def sent(*named: tuple[str, bytes], **fields: str) -> dict[str, object]:
    return {"files": [FileStorage(io.BytesIO(data), name) for name, data in named], **fields}


def upload(client, link: str, *named: tuple[str, bytes], to: str = "/dateien", **fields: str):
    # Encoded here: the client's own encoder leaves large bodies open in a file.
    boundary, body = encode_multipart(client._with_token(sent(*named, **fields)))
    return client.post(link + to, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def on_draft(invitation) -> list[Attachment]:
    draft = service.draft_of(invitation)
    return attached.of_statement(draft.id) if draft else []


def names(invitation) -> list[str]:
    return [attachment.file.name for attachment in on_draft(invitation)]


def submit(client, link: str, answer: str = "remarks"):
    return client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": answer})


def submitted(invitation) -> Statement:
    return service.latest_in_force(queries.of_invitation(invitation.id))


def content(statement: Statement) -> dict[str, object]:
    return json.loads(db.session.scalar(select(Receipt.content).where(Receipt.statement_id == statement.id)))


# Attached while writing


def test_files_are_kept_listed_with_size_and_state_and_begin_a_draft(invitation, link, client) -> None:
    answer = upload(client, link, ("Liste.pdf", PDF), ("Foto.jpg", honest.picture()))

    assert (answer.status_code, answer.location) == (303, link + "/dateien")
    page = client.get(answer.location).text
    assert "2 Dateien sind gespeichert." in page
    assert "2 von 20 Dateien" in page
    assert page.count("wird geprüft") == 2
    assert "409 Byte" in page
    assert names(invitation) == ["Liste.pdf", "Foto.jpg"]
    assert db.session.get_one(Invitation, invitation.id, populate_existing=True).state == InvitationState.DRAFTED
    assert "2 Dateien" in client.get(link).text


def test_a_file_belongs_to_one_remark_and_one_comes_back_to_it(invitation, link, client) -> None:
    answer = upload(client, link, ("Liste.pdf", PDF), section="bp-2", back="abschnitt")

    assert answer.location == f"{link}/abschnitte?kapitel=1#bp-2"
    assert [attachment.anchor for attachment in on_draft(invitation)] == ["bp-2"]
    assert upload(client, link, ("Liste.pdf", PDF), section="gibt-es-nicht").status_code == 404


def test_the_form_stands_where_something_was_said(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "Gut."})

    assert client.get(link + "/abschnitte").text.count("Datei zu dieser Anmerkung anhängen") == 1
    assert "Datei zu dieser Anmerkung anhängen" in client.get(link + "/abschnitte/bp-1").text


def test_sent_twice_it_hangs_there_once(invitation, link, client) -> None:
    for _ in range(2):
        upload(client, link, ("Liste.pdf", PDF))

    assert names(invitation) == ["Liste.pdf"]


def test_without_a_file_the_form_says_so(link, client) -> None:
    answer = client.post(link + "/dateien", data={"section": ""}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Wählen Sie mindestens eine Datei aus." in answer.text


def test_the_21st_file_is_refused_by_name_and_the_others_are_kept(invitation, link, client) -> None:
    upload(client, link, *((f"{n}.txt", f"Liste {n}".encode()) for n in range(attachments.MOST_FILES - 1)))

    answer = upload(client, link, ("vorletzte.txt", b"eins"), ("zu viel.txt", b"zwei"))

    assert answer.status_code == 422
    assert (
        "Die Datei „zu viel.txt“ wurde nicht angenommen. Eine Stellungnahme kann höchstens 20 Dateien haben."
        in answer.text
    )
    assert "1 andere Datei ist gespeichert." in answer.text
    assert len(names(invitation)) == 20


def test_a_file_is_taken_off_again_and_its_row_goes(invitation, link, client) -> None:
    upload(client, link, ("Liste.pdf", PDF))
    [attachment] = on_draft(invitation)

    answer = client.post(f"{link}/dateien/{attachment.id}/entfernen")

    assert answer.location == link + "/dateien"
    assert "Die Datei „Liste.pdf“ ist entfernt." in client.get(answer.location).text
    assert names(invitation) == []
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_file_that_is_too_large_is_named_with_both_figures_and_the_rest_is_kept(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "Bleibt stehen."})

    answer = upload(client, link, ("Gutachten.pdf", PDF + bytes(files.LARGEST_FILE)), ("klein.pdf", PDF))

    assert answer.status_code == 413
    assert "„Gutachten.pdf“ wurde nicht angenommen. Sie ist zu groß: 26 MB, erlaubt sind 25 MB." in answer.text
    assert names(invitation) == ["klein.pdf"]
    assert "Bleibt stehen." in client.get(link + "/abschicken").text


def test_more_than_the_page_takes_at_once_is_refused_before_it_is_read(link, client) -> None:
    answer = client.post(
        link + "/dateien",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "900000000"},
    )

    assert answer.status_code == 413
    assert "900,0 MB" in answer.text
    assert "Was vorher gespeichert war, ist unverändert." in answer.text


def test_no_field_beside_the_files_is_larger_than_people_write(link, client) -> None:
    answer = upload(client, link, section="x" * 600_000)

    assert answer.status_code == 413


AT_THE_DOOR = [
    "seite.pdf",
    "programm.pdf",
    "gif und jar.gif",
    "zeichnung.svg",
    "kennwort.docx",
    "archiv.zip",
    "leer.pdf",
]
BY_NAME = {name: (make, code) for name, make, code in HOSTILE}


def test_hostile_files_are_refused_by_name_at_the_door_and_the_honest_one_is_kept(invitation, link, client) -> None:
    answer = upload(client, link, *((name, BY_NAME[name][0]()) for name in AT_THE_DOOR), ("Liste.pdf", PDF))

    assert answer.status_code == 422
    for name in AT_THE_DOOR:
        assert f"Die Datei „{name}“ wurde nicht angenommen." in answer.text
    assert names(invitation) == ["Liste.pdf"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("Brief\u202efdp.exe", "Brief fdp.exe.pdf"),
        ("x" * 3000, "x" * 116 + ".pdf"),
    ],
)
def test_a_name_that_misleads_is_shown_and_given_back_without_that(invitation, link, client, name, shown) -> None:
    upload(client, link, (name, honest.pdf()))
    tasks.sweep.run()
    [attachment] = on_draft(invitation)

    answer = client.get(f"{link}/dateien/{attachment.id}", buffered=True)

    assert shown in client.get(link + "/dateien").text
    assert shown in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment;")


# Handed in


def test_files_are_handed_in_with_the_statement_and_stand_in_its_receipt(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "Siehe Liste."})
    upload(client, link, ("Liste.pdf", PDF), section="bp-1")
    upload(client, link, ("Foto.jpg", honest.picture()))
    assert "1 Anmerkung und 2 Dateien" in client.get(link + "/abschicken").text

    answer = submit(client, link)

    statement = submitted(invitation)
    told = content(statement)["files"]
    assert statement.answer == Answer.REMARKS
    assert [(file["name"], file["section"], file["is_letter"]) for file in told] == [
        ("Liste.pdf", "bp-1", False),
        ("Foto.jpg", None, False),
    ]
    assert [file["sha256"] for file in told] == [each.file.sha256 for each in attached.of_statement(statement.id)]
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "statement submitted")).one()
    assert entry.facts["files"] == 2
    assert "Foto.jpg" in client.get(answer.location).text


def test_what_was_not_accepted_is_named_and_left_out_and_all_else_is_handed_in(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "Bleibt."})
    upload(client, link, ("geheim.pdf", pdf_encrypted()), ("Liste.pdf", honest.pdf()))
    tasks.sweep.run()
    page = client.get(link + "/abschicken").text
    assert "Die Datei „geheim.pdf“ wurde nicht angenommen. Sie ist mit einem Kennwort geschützt." in page
    assert "1 Anmerkung und 1 Datei " in page

    submit(client, link)

    statement = submitted(invitation)
    assert [file["name"] for file in content(statement)["files"]] == ["Liste.pdf"]
    assert [each.file.name for each in attached.of_statement(statement.id)] == ["Liste.pdf"]


def test_what_is_found_only_after_handing_in_is_told_and_not_given_out(invitation, link, client, lead, as_user) -> None:
    upload(client, link, ("geheim.pdf", pdf_encrypted()))
    receipt = submit(client, link).location
    tasks.sweep.run()

    statement = submitted(invitation)
    [attachment] = attached.of_statement(statement.id)
    page = f"/verfahren/{invitation.phase.procedure_id}/stellungnahmen/{statement.id}"
    browser = as_user(lead)
    for shown in (client.get(receipt).text, browser.get(page).text):
        assert "nicht angenommen" in shown
        assert "Sie ist mit einem Kennwort geschützt." in shown
    answer = browser.get(f"{page}/dateien/{attachment.id}")
    assert answer.status_code == 409
    assert "Diese Datei wird nicht herausgegeben." in answer.text


def test_a_replacement_begins_with_the_files_and_what_was_handed_in_keeps_its_own(invitation, link, client) -> None:
    upload(client, link, ("Liste.pdf", PDF))
    client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "Eins."})
    submit(client, link)
    first = submitted(invitation)

    client.post(link + "/noch-einmal")
    [copied] = on_draft(invitation)
    assert copied.file_id == attached.of_statement(first.id)[0].file_id
    client.post(f"{link}/dateien/{copied.id}/entfernen")
    upload(client, link, ("Neu.pdf", PDF + b"neu"))
    submit(client, link)

    second = submitted(invitation)
    assert [each.file.name for each in attached.of_statement(first.id)] == ["Liste.pdf"]
    assert [each.file.name for each in attached.of_statement(second.id)] == ["Neu.pdf"]
    assert storage.path_of(attached.of_statement(first.id)[0].file).exists()


def test_a_file_that_was_handed_in_stays(invitation, link, client) -> None:
    upload(client, link, ("Liste.pdf", PDF))
    submit(client, link)
    [attachment] = attached.of_statement(submitted(invitation).id)

    answer = client.post(f"{link}/dateien/{attachment.id}/entfernen")

    assert answer.status_code == 409
    assert attached.of_statement(submitted(invitation).id) != []


def test_an_answer_without_remarks_leaves_a_draft_with_files_alone(invitation, link, client) -> None:
    upload(client, link, ("Liste.pdf", PDF))

    submit(client, link, "agrees")

    assert submitted(invitation).answer == Answer.AGREES
    assert content(submitted(invitation))["files"] == []
    assert names(invitation) == ["Liste.pdf"]


def test_files_statement_and_receipt_are_saved_together_or_not_at_all(invitation, link, client, monkeypatch) -> None:
    upload(client, link, ("Liste.pdf", PDF))
    monkeypatch.setattr("ikb.statements.receipts.give", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        submit(client, link)

    assert submitted(invitation) is None
    assert [(each.file.name, each.is_letter) for each in on_draft(invitation)] == [("Liste.pdf", False)]


# The letter


def test_a_letter_is_an_answer_of_its_own_with_its_sentence(invitation, link, client) -> None:
    overview = client.get(link).text
    labels = re.findall(r"Zu Abschnitten anmerken|Unser Schreiben schicken|Ohne Anmerkungen antworten", overview)
    assert labels == ["Zu Abschnitten anmerken", "Unser Schreiben schicken", "Ohne Anmerkungen antworten"]
    answer = upload(
        client,
        link,
        ("Brief.docx", honest.docx_file()),
        to="/schreiben",
        note="Vom Vorstand beschlossen.",
        note_seen="",
    )
    assert (answer.status_code, answer.location) == (303, link + "/schreiben")
    page = client.get(answer.location).text
    assert "Noch nicht abgeschickt." in page
    assert "Vom Vorstand beschlossen." in page
    check = client.get(link + "/abschicken").text
    assert "Ihr Schreiben" in check
    assert "Vom Vorstand beschlossen." in check

    receipt = submit(client, link)

    statement = submitted(invitation)
    assert receipt.status_code == 303
    assert (statement.answer, statement.state) == (Answer.LETTER, StatementState.SUBMITTED)
    assert content(statement)["letter_note"] == "Vom Vorstand beschlossen."
    assert [(file["name"], file["is_letter"]) for file in content(statement)["files"]] == [("Brief.docx", True)]
    assert db.session.get_one(Invitation, invitation.id, populate_existing=True).state == InvitationState.SUBMITTED
    assert "eigenes Schreiben" in client.get(receipt.location).text


def test_staff_reads_what_stands_in_the_letter_and_takes_it_away_unchanged(
    invitation, link, client, lead, as_user
) -> None:
    data = honest.docx_file("Wir bitten um <b>mehr</b> Sprachkurse.")
    upload(client, link, ("Brief.docx", data), ("Foto.jpg", honest.picture()), to="/schreiben", note="", note_seen="")
    submit(client, link)
    tasks.sweep.run()
    statement = submitted(invitation)
    letter, photo = attached.of_statement(statement.id)
    browser, page = as_user(lead), f"/verfahren/{invitation.phase.procedure_id}/stellungnahmen/{statement.id}"

    shown = browser.get(page).text
    answer = browser.get(f"{page}/dateien/{letter.id}", buffered=True)
    preview = browser.get(f"{page}/dateien/{photo.id}/vorschau", buffered=True)

    assert "Wir bitten um &lt;b&gt;mehr&lt;/b&gt; Sprachkurse." in shown
    assert shown.count("geprüft, nicht auf Viren untersucht") == 2
    assert "In dieser Datei ist kein Text" in shown
    assert answer.data == data
    assert answer.headers["Content-Disposition"] == "attachment; filename=Brief.docx"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Accept-Ranges" not in answer.headers
    assert letter.file.sha256 not in shown
    assert (preview.mimetype, preview.data[:4]) == ("image/png", b"\x89PNG")
    assert "eigenes Schreiben" in browser.get(page.rpartition("/")[0]).text


def test_with_remarks_the_letter_goes_along_as_the_letter(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "Und außerdem."})
    upload(client, link, ("Brief.pdf", PDF), to="/schreiben", note="", note_seen="")

    submit(client, link)

    assert submitted(invitation).answer == Answer.REMARKS
    assert [each.is_letter for each in attached.of_statement(submitted(invitation).id)] == [True]


def test_files_alone_are_a_letter_through_whichever_door_they_came(invitation, link, client) -> None:
    upload(client, link, ("Brief.pdf", PDF))

    submit(client, link)

    assert submitted(invitation).answer == Answer.LETTER
    assert [each.is_letter for each in attached.of_statement(submitted(invitation).id)] == [True]


def test_a_sentence_alone_is_no_letter(invitation, link, client) -> None:
    upload(client, link, to="/schreiben", note="Kommt noch.", note_seen="")

    answer = submit(client, link)

    assert answer.status_code == 422
    assert "schicken Sie uns Ihr Schreiben" in answer.text
    assert service.draft_of(invitation).letter_note == "Kommt noch."


def test_two_who_write_the_sentence_see_both_texts(invitation, link, client) -> None:
    upload(client, link, to="/schreiben", note="Von Mina.", note_seen="")

    answer = upload(client, link, ("Brief.pdf", PDF), to="/schreiben", note="Von Ali.", note_seen="")

    assert answer.status_code == 409
    assert "Von Mina." in answer.text
    assert "Von Ali." in answer.text
    assert service.draft_of(invitation).letter_note == "Von Mina."
    assert names(invitation) == ["Brief.pdf"]
    assert upload(client, link, to="/schreiben", note="Von Ali.", note_seen="Von Mina.").status_code == 303


def test_a_sentence_that_is_too_long_is_refused_and_the_letter_kept(invitation, link, client) -> None:
    answer = upload(client, link, ("Brief.pdf", PDF), to="/schreiben", note="x" * 20_001, note_seen="")

    assert answer.status_code == 422
    assert "20.001 Zeichen" in answer.text
    assert names(invitation) == ["Brief.pdf"]


# Who may


def test_nobody_elses_file_is_there(invitation, link, client, as_user, lead) -> None:
    upload(client, link, ("Brief.pdf", honest.pdf()))
    tasks.sweep.run()
    [attachment] = on_draft(invitation)
    other = make_invitation(invitation.phase)
    theirs = f"/beteiligung/{token_of(other)}/dateien/{attachment.id}"
    page = (
        f"/verfahren/{invitation.phase.procedure_id}/stellungnahmen/{attachment.statement_id}/dateien/{attachment.id}"
    )

    assert client.get(theirs).status_code == 404
    assert client.get(theirs + "/vorschau").status_code == 404
    assert client.post(theirs + "/entfernen").status_code == 404
    assert as_user(lead).get(page).status_code == 404, "a draft belongs to its author"
    submit(client, link)
    assert as_user(lead).get(page, buffered=True).status_code == 200
    assert as_user(lead).get(page.replace("stellungnahmen/", "stellungnahmen/9")).status_code == 404
    assert as_user(make_user(roles=[Role.LEAD])).get(page).status_code == 404
    assert client.get(page).status_code == 303


def test_a_file_that_nobody_looked_into_yet_is_given_to_nobody(invitation, link, client) -> None:
    upload(client, link, ("Brief.pdf", PDF))
    [attachment] = on_draft(invitation)

    assert attachment.file.state == FileState.RECEIVED
    assert client.get(f"{link}/dateien/{attachment.id}").status_code == 409


def test_without_its_token_no_form_brings_a_file(invitation, link, client) -> None:
    for page in ("/dateien", "/schreiben"):
        answer = client.post(link + page, data={"section": ""}, content_type="multipart/form-data", csrf=False)
        assert answer.status_code == 400
    assert names(invitation) == []


def test_before_the_phase_begins_and_after_the_deadline_nothing_is_attached(invitation, link, client, clock) -> None:
    upload(client, link, ("Brief.pdf", PDF))
    submit(client, link)
    clock.advance(days=60)

    answer = upload(client, link, ("Nachtrag.pdf", PDF + b"x"))

    assert answer.status_code == 409
    assert names(invitation) == []


def test_late_a_first_letter_is_still_taken_and_marked(invitation, link, client, clock) -> None:
    clock.advance(days=60)
    upload(client, link, ("Brief.pdf", PDF), to="/schreiben", note="", note_seen="")

    submit(client, link)

    assert submitted(invitation).is_late


def test_quota_counts_what_replaced_statements_keep(invitation, link, client, monkeypatch) -> None:
    monkeypatch.setattr(files, "QUOTA", 1_000)
    upload(client, link, ("eins.pdf", PDF))
    submit(client, link)
    client.post(link + "/noch-einmal")
    upload(client, link, ("zwei.pdf", PDF + b"x"))

    answer = upload(client, link, ("drei.pdf", PDF + b"yy"))

    assert answer.status_code == 422
    assert "Ihre Dateien in diesem Verfahren belegen schon" in answer.text
    assert names(invitation) == ["eins.pdf", "zwei.pdf"]
    with transaction():
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 2
