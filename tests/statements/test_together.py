"""Several people on one statement: who wrote what, and release by a second person."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.errors import NothingToSubmit, NotReady
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.institutions.shared_model import Person, Scope, SharedLink
from ikb.remarks import queries as remark_queries
from ikb.reminders.letters import reminder_letter
from ikb.statements import queries, releasing, service
from ikb.statements.model import Answer, Release, StatementState
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_shared_link,
    make_statement,
    make_user,
    make_version,
    shared_token_of,
)

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def invitation(app) -> Invitation:
    return make_invitation(institution=make_institution("Kulturverein Morgenstern"))


@pytest.fixture
def writer(invitation) -> SharedLink:
    return make_shared_link(invitation, Scope.WRITE, "Mina Sander", email="mina@verein.example.org")


@pytest.fixture
def board(invitation) -> SharedLink:
    return make_shared_link(invitation, Scope.SUBMIT, "Frau Vogt", email="vogt@verein.example.org")


def address(link: SharedLink) -> str:
    return f"/beteiligung/{shared_token_of(link)}"


def write(client, link: str, comment: str, version: int = 0, anchor: str = "bp-1"):
    form = {"row_version": version, "stance": "neutral", "comment": comment, "proposed_text": ""}
    return client.post(f"{link}/abschnitte/{anchor}", data=form)


def draft_of(invitation):
    db.session.expire_all()
    return next(row for row in queries.of_invitation(invitation.id) if row.state == StatementState.DRAFT)


def state_of(invitation) -> str:
    db.session.expire_all()
    return db.session.get_one(Invitation, invitation.id).state


def mails(kind: str) -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)))


def want_release(invitation) -> None:
    with transaction():
        invitation.institution.wants_release = True


def hand_in(client, link: str, answer: str = "remarks"):
    return client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": answer})


# Who wrote what


def test_each_remark_says_who_wrote_it_and_who_changed_it(invitation, writer, board, client) -> None:
    write(client, address(writer), "Erster Satz.")
    write(client, address(board), "Besserer Satz.", version=1)
    write(client, address(board), "Anderes.", anchor="bp-2")

    said = remark_queries.of_statement(draft_of(invitation).id)

    assert [row.authors for row in said] == [["Mina Sander", "Frau Vogt"], ["Frau Vogt"]]
    page = client.get(address(writer) + "/abschnitte").text
    assert "Geschrieben von Mina Sander, dann Frau Vogt." in page
    assert "Geschrieben von Mina Sander, dann Frau Vogt." in client.get(address(board) + "/abschicken").text


def test_two_links_that_edit_one_remark_see_both_texts(invitation, writer, board, client) -> None:
    write(client, address(writer), "Text von Mina.")

    answer = write(client, address(board), "Text des Vorstands.")

    assert answer.status_code == 409
    assert '<p class="as-written">Text von Mina.</p>' in answer.text
    assert "\nText des Vorstands.</textarea>" in answer.text


@pytest.mark.parametrize("shows", [True, False])
def test_the_lead_sees_who_wrote_only_where_the_phase_says_so(app, as_user, shows) -> None:
    lead = make_user([Role.LEAD])
    phase = make_phase(make_version(make_draft(make_procedure([lead]))), shows_authors=shows)
    invitation = make_invitation(phase)
    statement = make_statement(invitation, [{"comment": "Wort", "authors": ["Mina Sander"]}])

    page = as_user(lead).get(f"/verfahren/{phase.procedure_id}/stellungnahmen/{statement.id}").text

    assert ("Mina Sander" in page) == shows
    told = app.test_client().get(f"/beteiligung/{token_of(invitation)}/gemeinsam").text
    assert ("Die Projektleitung der Stadt sieht ihn auch." in told) == shows


def test_who_writes_again_keeps_the_names(invitation, writer, client) -> None:
    write(client, address(writer), "Wort.")
    hand_in(client, f"/beteiligung/{token_of(invitation)}")
    client.post(address(writer) + "/noch-einmal")

    assert remark_queries.of_statement(draft_of(invitation).id)[0].authors == ["Mina Sander"]


# The page


def test_links_are_made_and_ended_behind_a_link_to_hand_in(invitation, client) -> None:
    link = f"/beteiligung/{token_of(invitation)}"
    page = client.get(link + "/gemeinsam").text
    form = {"key": re.search(r'name="key"[^>]*value="([^"]*)"', page)[1], "scope": "read", "name": "", "email": ""}

    made = client.post(link + "/gemeinsam", data=form)
    client.post(link + "/gemeinsam", data=form)

    [shared] = db.session.scalars(select(SharedLink))
    assert made.status_code == 303
    assert shared_token_of(shared) in client.get(link + "/gemeinsam").text
    assert client.get(address(shared) + "/entwurf").status_code == 200
    assert client.post(f"{link}/gemeinsam/{shared.id}/beenden").status_code == 303
    assert client.get(address(shared) + "/entwurf").status_code == 404


def test_what_is_missing_is_said_and_nothing_typed_is_lost(invitation, client) -> None:
    link = f"/beteiligung/{token_of(invitation)}"

    nameless = client.post(link + "/gemeinsam", data={"key": str(uuid4()), "scope": "write", "email": "da@verein.de"})
    wrong = client.post(link + "/gemeinsam", data={"key": str(uuid4()), "scope": "write", "email": "da", "name": "Da"})

    assert (nameless.status_code, "Nennen Sie den Namen" in nameless.text, "da@verein.de" in nameless.text) == (
        422,
        True,
        True,
    )
    assert (wrong.status_code, "keine vollständige E-Mail-Adresse" in wrong.text) == (422, True)


def test_who_writes_along_sees_who_takes_part_and_no_address_or_link_of_others(writer, board, client) -> None:
    page = client.get(address(writer) + "/gemeinsam").text

    assert "Frau Vogt" in page
    for secret in ("vogt@verein.example.org", shared_token_of(board), "/beenden"):
        assert secret not in page


def test_a_link_of_another_institution_is_not_ended(invitation, writer, client) -> None:
    foreign = make_invitation()

    assert client.post(f"/beteiligung/{token_of(foreign)}/gemeinsam/{writer.id}/beenden").status_code == 404
    assert client.get(address(writer)).status_code == 200


def test_a_name_is_given_once_and_stands_at_what_is_written_after(invitation, client) -> None:
    link = f"/beteiligung/{token_of(invitation)}"
    client.post(link + "/gemeinsam/name", data={"name": "Herr Aydin"})
    write(client, link, "Wort.")

    assert remark_queries.of_statement(draft_of(invitation).id)[0].authors == ["Herr Aydin"]
    assert client.post(link + "/gemeinsam/name", data={"name": " "}).status_code == 422


def test_a_link_is_handed_on_and_the_draft_stays(invitation, writer, client) -> None:
    write(client, address(writer), "Bleibt.")

    form = {"name": "Jonas Berg", "email": "berg@verein.example.org"}
    done = client.post(address(writer) + "/gemeinsam/weitergeben", data=form)

    [successor] = db.session.scalars(select(SharedLink).where(SharedLink.name == "Jonas Berg"))
    assert "Ihr Link ist beendet" in client.get(done.location).text
    assert client.get(address(writer)).status_code == 404
    assert "Bleibt." in client.get(address(successor) + "/abschnitte").text
    assert client.get(address(successor) + "/gemeinsam/weitergeben").status_code == 405


# Release


def test_who_writes_asks_and_the_board_reads_and_hands_in(invitation, writer, board, client, now) -> None:
    write(client, address(writer), "Mehr Bäume.")

    asked = client.post(address(writer) + "/freigabe", data={"answer": "remarks", "comment": "Bis Freitag?"})

    assert (asked.status_code, state_of(invitation)) == (303, InvitationState.AWAITS_RELEASE)
    assert "wartet auf Freigabe" in client.get(address(writer)).text
    [mail] = mails("release_asked")
    assert mail.recipient == "vogt@verein.example.org"
    text = kind_of("release_asked").render(mail, now).text
    assert f"{address(board)}/freigabe" in text
    assert "Mina Sander hat" in text
    assert "„Bis Freitag?“" in text
    where = client.get(address(board) + "/freigabe").location
    assert "Zurückgeben statt abschicken" in client.get(where).text
    assert "/bestaetigung/" in hand_in(client, address(board)).location
    assert state_of(invitation) == InvitationState.SUBMITTED
    assert queries.of_invitation(invitation.id)[0].release == Release.GIVEN
    assert not kind_of("release_asked").still_wanted(mail, now)


def test_it_is_returned_with_a_comment_changed_and_asked_for_again(invitation, writer, board, client, now) -> None:
    write(client, address(writer), "Mehr Bäume.")
    client.post(address(writer) + "/freigabe", data={"answer": "remarks"})

    assert client.post(address(board) + "/zurueckgeben", data={"comment": " "}).status_code == 422
    assert client.post(address(board) + "/zurueckgeben", data={"comment": "Wo genau?"}).status_code == 303

    assert state_of(invitation) == InvitationState.RETURNED
    [mail] = mails("release_returned")
    assert (mail.recipient, "„Wo genau?“" in kind_of("release_returned").render(mail, now).text) == (
        "mina@verein.example.org",
        True,
    )
    overview = client.get(address(writer)).text
    assert "zur Überarbeitung zurückgegeben" in overview
    assert "Wo genau?" in overview
    write(client, address(writer), "Mehr Bäume am Markt.", version=1)
    assert state_of(invitation) == InvitationState.RETURNED
    client.post(address(writer) + "/freigabe", data={"answer": "remarks"})
    assert state_of(invitation) == InvitationState.AWAITS_RELEASE
    assert not kind_of("release_returned").still_wanted(mail, now)
    assert client.post(address(board) + "/zurueckgeben", data={"comment": "Gut, aber…"}).status_code == 303
    assert client.post(address(board) + "/zurueckgeben", data={"comment": "Noch mal"}).status_code == 409


def test_where_a_second_person_is_wanted_nobody_hands_in_alone(invitation, writer, board, client) -> None:
    want_release(invitation)
    own = f"/beteiligung/{token_of(invitation)}"
    write(client, own, "Allein geschrieben.")

    alone = hand_in(client, own)
    assert (alone.status_code, "eine zweite Person freigibt" in alone.text) == (409, True)
    assert "Stellungnahme abschicken</button>" not in client.get(own + "/abschicken").text
    client.post(own + "/freigabe", data={"answer": "remarks"})
    still = hand_in(client, own)
    assert (still.status_code, "haben Sie selbst gebeten" in still.text) == (409, True)

    assert hand_in(client, address(board)).status_code == 303


def test_an_answer_without_remarks_is_released_too(invitation, writer, board, client) -> None:
    want_release(invitation)
    assert hand_in(client, address(board), "agrees").status_code == 409
    client.post(address(writer) + "/freigabe", data={"answer": "agrees"})

    where = client.get(address(board) + "/freigabe").location
    assert where.endswith("/ohne-anmerkungen?antwort=agrees")
    assert hand_in(client, address(board), "no_remarks").status_code == 409
    assert hand_in(client, address(board), "agrees").status_code == 303

    assert state_of(invitation) == InvitationState.AGREES


def test_nothing_and_nobody_to_release(invitation, writer, now) -> None:
    mina = Person("Mina Sander", writer.id, Scope.WRITE)
    with pytest.raises(NothingToSubmit), transaction():
        releasing.ask(invitation, Answer.REMARKS, "", mina, now=now)
    with pytest.raises(NotReady, match="niemanden, der freigeben kann"), transaction():
        releasing.ask(invitation, Answer.AGREES, "", Person(), now=now)
    with pytest.raises(NotReady, match="wartet nichts mehr"), transaction():
        releasing.give_back(invitation, "Wort", Person(), now=now)


def test_without_named_releasers_the_address_on_record_is_asked(invitation, writer, now) -> None:
    with transaction():
        releasing.ask(invitation, Answer.AGREES, "", Person("Mina Sander", writer.id, Scope.WRITE), now=now)

    [mail] = mails("release_asked")
    assert mail.recipient == invitation.institution.email
    assert f"/beteiligung/{token_of(invitation)}/freigabe" in kind_of("release_asked").render(mail, now).text


def test_remarks_and_an_answer_without_any_are_not_released_together(invitation, writer, board, client) -> None:
    write(client, address(writer), "Wort.")

    answer = client.post(address(writer) + "/freigabe", data={"answer": "agrees"})

    assert (answer.status_code, "beides zugleich" in answer.text) == (409, True)


def test_the_rule_is_set_behind_a_link_to_hand_in_only(invitation, writer, board, client) -> None:
    assert client.post(address(writer) + "/gemeinsam/freigabe", data={"wants_release": "y"}).status_code == 403
    client.post(address(board) + "/gemeinsam/freigabe", data={"wants_release": "y"})
    db.session.expire_all()
    assert db.session.get_one(Invitation, invitation.id).institution.wants_release

    client.post(address(board) + "/gemeinsam/freigabe", data={})
    db.session.expire_all()
    assert not db.session.get_one(Invitation, invitation.id).institution.wants_release


@pytest.mark.parametrize(
    ("state", "letter"),
    [(InvitationState.AWAITS_RELEASE, "reminder_awaits_release"), (InvitationState.RETURNED, "reminder_returned")],
)
def test_who_waits_for_release_is_reminded_of_that(app, state, letter) -> None:
    assert reminder_letter(make_invitation(state=state)) == letter


def test_releasing_and_handing_in_takes_at_most_eleven_queries(
    invitation, board, writer, client, count_queries
) -> None:
    want_release(invitation)
    write(client, address(writer), "Wort.")
    client.post(address(writer) + "/freigabe", data={"answer": "remarks"})
    link = address(board)
    db.session.expunge_all()

    with count_queries() as seen:
        answer = hand_in(client, link)

    assert answer.status_code == 303
    assert len(seen) <= 11  # one more than for those who need nobody: who asked


def test_a_draft_that_was_returned_begins_anew_once_it_is_handed_in(invitation, board, client) -> None:
    write(client, address(board), "Wort.")
    with transaction():
        draft = draft_of(invitation)
        draft.release = Release.RETURNED
    hand_in(client, address(board))
    client.post(address(board) + "/noch-einmal")

    assert draft_of(invitation).release == Release.NONE
    assert service.latest_in_force(queries.of_invitation(invitation.id)).release == Release.NONE
