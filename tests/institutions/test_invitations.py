"""Invitations: their links, how far they are, who gets which message."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.accounts.model import User
from ikb.core.names import same_name_key, sort_key
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import announce
from ikb.institutions import addresses, queries, service
from ikb.institutions.links import UnknownLink, token_of
from ikb.institutions.model import Contact, Invitation, InvitationState
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM, Actor
from ikb.mail import RecipientRefused
from ikb.procedures import service as procedures
from ikb.procedures.model import PhaseState
from tests.deliveries.helpers import Wire
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_user,
    make_version,
    save,
)

DAY = date(2030, 6, 3)
pytestmark = pytest.mark.usefixtures("wakeups")


def deliveries_of(invitation: Invitation, kind: str = "invitation") -> list[Delivery]:
    rows = select(Delivery).where(Delivery.kind == kind, Delivery.subject_id == invitation.id)
    return list(db.session.scalars(rows.order_by(Delivery.id)))


def planned(phase, **values):
    values = {"state": InvitationState.PLANNED, "token_hash": None, "invited_at": None} | values
    return make_invitation(phase, **values)


def fresh(invitation: Invitation) -> Invitation:
    db.session.expire_all()
    return db.session.get_one(Invitation, invitation.id)


# Names


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Öst & Söhne", "oest soehne"),
        ("  Haus  „Straße“ ", "haus strasse"),
        ("Çatı e.V.", "cati e v"),
        ("Éducation", "education"),
        ("!!!", ""),
    ],
)
def test_names_sort_as_people_look_for_them(name: str, key: str) -> None:
    assert sort_key(name) == key


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Brücke e.V.", "Bruecke e. V.", True),
        ("Brücke", "BRÜCKE e. V.", True),
        ("Brücke Ost", "Brücke West", False),
        ("e. V.", "gGmbH", False),
    ],
)
def test_spellings_of_one_name(one: str, other: str, same: bool) -> None:
    assert (same_name_key(one) == same_name_key(other)) is same


# Links


def test_a_link_leads_to_its_invitation_and_is_stored_only_as_a_hash(app: Flask) -> None:
    invitation = make_invitation()
    token = service.token_of(invitation)

    assert service.find_by_token(token).id == invitation.id
    assert service.link_of(invitation) == f"http://127.0.0.1:8000/beteiligung/{token}"
    assert token not in str(vars(invitation))
    assert len(invitation.token_hash) == 64


@pytest.mark.parametrize("typed", [str.upper, lambda token: token + ".", lambda token: f" {token[:8]} {token[8:]}\n"])
def test_a_link_may_be_copied_carelessly(app: Flask, typed) -> None:
    invitation = make_invitation()

    assert service.find_by_token(typed(token_of(invitation))).id == invitation.id


@pytest.mark.parametrize(
    "wrong", [lambda token: token[:-1], lambda token: "a" * 32, lambda token: "", lambda token: "ß"]
)
def test_a_wrong_link_leads_nowhere(app: Flask, wrong) -> None:
    token = token_of(make_invitation())

    with pytest.raises(UnknownLink):
        service.find_by_token(wrong(token))


def test_no_two_invitations_share_a_link_and_generations_differ(app: Flask) -> None:
    phase = make_phase()
    first, second = make_invitation(phase), make_invitation(phase)
    renewed = token_of(first)
    first.generation += 1

    assert len({renewed, token_of(first), token_of(second)}) == 3
    first.generation -= 1


def test_a_renewed_link_replaces_the_old_one_and_keeps_what_was_written(app: Flask, now) -> None:
    invitation = make_invitation(state=InvitationState.DRAFTED)
    old = token_of(invitation)

    with transaction():
        service.renew_link(invitation, row_version=invitation.row_version, by=SYSTEM, now=now)

    with pytest.raises(UnknownLink):
        service.find_by_token(old)
    assert service.find_by_token(token_of(invitation)).state == InvitationState.DRAFTED
    (mail,) = deliveries_of(invitation, "new_link")
    assert (mail.edition, mail.recipient) == ("2", invitation.institution.email)


def test_a_revoked_link_leads_nowhere(app: Flask, now) -> None:
    invitation = make_invitation(revoked_at=now)

    with pytest.raises(UnknownLink):
        service.find_by_token(token_of(invitation))


# Opening


def test_opening_a_phase_invites_everybody_once(app: Flask, now) -> None:
    phase = make_phase(state=PhaseState.PLANNED, opened_at=None)
    by_mail = [planned(phase) for _ in range(3)]
    by_letter = planned(phase, institution=make_institution(email=""))

    with transaction():
        procedures.open_phase(phase, by=SYSTEM, now=now)

    for invitation in map(fresh, by_mail):
        (mail,) = deliveries_of(invitation)
        assert (mail.recipient, mail.edition, mail.due_at) == (invitation.institution.email, "1", now)
        assert mail.stale_at == phase.ends_at
        assert (invitation.state, invitation.invited_at) == (InvitationState.INVITED, now)
        assert service.find_by_token(token_of(invitation)).id == invitation.id
    letter = fresh(by_letter)
    assert (letter.state, deliveries_of(letter)) == (InvitationState.PLANNED, [])
    assert service.find_by_token(token_of(letter)).id == letter.id


def test_opening_takes_as_many_queries_for_9_as_for_93(app: Flask, now, count_queries) -> None:
    def queries_for(size: int) -> int:
        phase = make_phase(state=PhaseState.PLANNED, opened_at=None)
        institutions = [make_institution() for _ in range(size)]
        with transaction():
            service.add_to_phase(phase, institutions, by=SYSTEM, now=now)
        with count_queries() as seen, transaction():
            service.invite_all(phase.id, now)
        return len(seen)

    assert queries_for(9) == queries_for(93) <= 6


def test_an_open_phase_invites_whoever_is_added(app: Flask, now) -> None:
    phase = make_phase()
    institution = make_institution()

    with transaction():
        (invitation,) = service.add_to_phase(phase, [institution, institution], by=SYSTEM, now=now)

    assert fresh(invitation).state == InvitationState.INVITED
    assert len(deliveries_of(invitation)) == 1
    with transaction():
        assert service.add_to_phase(phase, [institution], by=SYSTEM, now=now) == []


def test_a_contact_with_an_address_gets_the_mail(app: Flask) -> None:
    institution = make_institution(email="post@haus.example.org")
    assert service.recipient_of(institution, DAY) == "post@haus.example.org"

    save(Contact(institution_id=institution.id, name="Ohne", position=1))
    save(Contact(institution_id=institution.id, name="Mit", email="mit@haus.example.org", position=2))
    db.session.expire_all()

    assert service.recipient_of(institution, DAY) == "mit@haus.example.org"
    assert service.recipient_name_of(institution, DAY) == "Mit"


# States

STEPS = [
    ("invited", "delivered", "delivered"),
    ("delivered", "opened", "opened"),
    ("opened", "delivered", "opened"),
    ("drafted", "opened", "drafted"),
    ("submitted", "drafted", "submitted"),
    ("submitted", "agrees", "agrees"),
    ("agrees", "submitted", "submitted"),
    ("bounced", "opened", "opened"),
]


@pytest.mark.parametrize(("before", "step", "after"), STEPS)
def test_an_invitation_only_goes_forward(app: Flask, now, before: str, step: str, after: str) -> None:
    invitation = make_invitation(state=before)

    with transaction():
        service.advance(invitation, InvitationState(step), now=now)

    assert fresh(invitation).state == after


@pytest.mark.parametrize(
    ("before", "outcome", "after"),
    [
        ("invited", "handed_over", "delivered"),
        ("invited", "bounced", "bounced"),
        ("delivered", "bounced", "bounced"),
        ("bounced", "handed_over", "delivered"),
        ("opened", "bounced", "opened"),
        ("submitted", "handed_over", "submitted"),
    ],
)
def test_what_became_of_the_mail_shows_until_the_link_was_used(app: Flask, clock, before, outcome, after) -> None:
    invitation = make_invitation(state=before)
    with transaction():
        service.deliveries.plan_many([service.planned_mail("new_link", invitation, now=clock())], now=clock())
    (mail,) = deliveries_of(invitation, "new_link")
    refused = [RecipientRefused(550, "no")] if outcome == "bounced" else []

    service.deliveries.send_due(clock, Wire(faults={mail.recipient: refused}))

    assert fresh(invitation).state == after


def test_a_bounce_of_an_old_link_says_nothing_about_the_new_one(app: Flask, now) -> None:
    invitation = make_invitation(generation=2)
    with transaction():
        service.deliveries.plan_many([service.planned_mail("invitation", invitation, now=now)], now=now)
    (mail,) = deliveries_of(invitation)
    with transaction():
        mail.edition = "1"

    with transaction():
        announce("message_bounced", delivery_id=mail.id, now=now)

    assert fresh(invitation).state == InvitationState.INVITED


# Extensions


def test_an_extension_moves_on_to_a_working_day_and_is_journalled_without_its_reason(app: Flask, now) -> None:
    invitation = make_invitation()

    with transaction():
        until = service.extend(
            invitation, date(2030, 7, 6), "Vorstand tagt", row_version=invitation.row_version, by=SYSTEM, now=now
        )

    assert until == date(2030, 7, 8)  # the 6th is a Saturday
    assert fresh(invitation).last_day == until
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.action, entry.facts) == ("invitation extended", {"until": "2030-07-08"})


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (date(2030, 6, 28), "x", "until"),  # the phase's own last day
        (date(2030, 6, 1), "x", "until"),  # already over
        (date(2030, 7, 8), "  ", "reason"),
    ],
)
def test_what_is_no_extension_is_refused(app: Flask, now, until, reason, field) -> None:
    invitation = make_invitation()

    with pytest.raises(Implausible) as refusal, transaction():
        service.extend(invitation, until, reason, row_version=invitation.row_version, by=SYSTEM, now=now)

    assert refusal.value.field == field
    assert fresh(invitation).extended_until is None


def test_who_saw_an_older_invitation_is_told(app: Flask, now) -> None:
    invitation = make_invitation()
    seen = invitation.row_version
    with transaction():
        invitation.state = InvitationState.SUBMITTED

    for act in (
        lambda: service.extend(invitation, date(2030, 7, 8), "x", row_version=seen, by=SYSTEM, now=now),
        lambda: service.renew_link(invitation, row_version=seen, by=SYSTEM, now=now),
        lambda: addresses.change_address(invitation, "neu@x.example.org", row_version=seen, by=SYSTEM, now=now),
        lambda: service.note_letter_sent(invitation, row_version=seen, by=SYSTEM, now=now),
    ):
        with pytest.raises(Conflict), transaction():
            act()


def test_another_address_gets_a_new_link(app: Flask, now) -> None:
    invitation = make_invitation(state=InvitationState.BOUNCED)

    with transaction():
        addresses.change_address(
            invitation, " Neu@Haus.example.org", row_version=invitation.row_version, by=SYSTEM, now=now
        )

    (mail,) = deliveries_of(invitation, "new_link")
    assert mail.recipient == "neu@haus.example.org"
    assert fresh(invitation).state == InvitationState.INVITED


def in_two_procedures() -> tuple[User, User, Invitation, Invitation]:
    """Lead of one, lead of both, and the invitations of one institution to the open phase of each."""
    one, both, institution = make_user(), make_user(), make_institution()
    phases = [make_phase(make_version(make_draft(make_procedure(leads)))) for leads in ([one, both], [both])]
    return one, both, *(make_invitation(phase, institution) for phase in phases)


def test_who_leads_one_procedure_cannot_turn_the_links_of_another_to_a_mailbox(app: Flask, now) -> None:
    lead, _, mine, other = in_two_procedures()
    before, links = service.recipient_of(mine.institution, DAY), [token_of(mine), token_of(other)]

    with pytest.raises(Implausible) as refusal, transaction():
        addresses.change_address(
            mine, "ich@x.example.org", row_version=mine.row_version, by=Actor.user(lead.id), now=now
        )

    assert (refusal.value.field, mine.institution.name in refusal.value.message) == ("email", True)
    assert service.recipient_of(fresh(mine).institution, DAY) == before
    assert [service.find_by_token(link).id for link in links] == [mine.id, other.id]
    assert queries.invitations_at("ich@x.example.org") == []


def test_who_leads_both_moves_both_links_and_the_old_ones_stop(app: Flask, now) -> None:
    _, lead, mine, other = in_two_procedures()
    closed = make_invitation(
        make_phase(other.phase.draft_version, state=PhaseState.CLOSED, closes_on=date(2030, 5, 31)), mine.institution
    )
    old = [token_of(mine), token_of(other)]

    with transaction():
        addresses.change_address(
            mine, "neu@x.example.org", row_version=mine.row_version, by=Actor.user(lead.id), now=now
        )

    for link in old:
        with pytest.raises(UnknownLink):
            service.find_by_token(link)
    for invitation in (mine, other):
        assert [mail.recipient for mail in deliveries_of(invitation, "new_link")] == ["neu@x.example.org"]
    assert deliveries_of(closed, "new_link") == []


def test_a_link_that_was_revoked_or_not_given_yet_holds_no_address_back(app: Flask, now) -> None:
    lead, _, mine, other = in_two_procedures()
    with transaction():
        other.revoked_at = now
    planned(make_phase(state=PhaseState.PLANNED), institution=mine.institution)

    with transaction():
        addresses.change_address(
            mine, "neu@x.example.org", row_version=mine.row_version, by=Actor.user(lead.id), now=now
        )

    assert service.recipient_of(fresh(mine).institution, DAY) == "neu@x.example.org"


def test_a_letter_counts_when_somebody_sent_it(app: Flask, now) -> None:
    invitation = make_invitation(institution=make_institution(email=""), state=InvitationState.PLANNED, invited_at=None)

    with transaction():
        service.note_letter_sent(invitation, row_version=invitation.row_version, by=SYSTEM, now=now)

    found = fresh(invitation)
    assert (found.state, found.channel, found.invited_at) == (InvitationState.INVITED, "letter", now)


def test_before_the_opening_there_is_no_link_to_renew(app: Flask, now) -> None:
    invitation = planned(make_phase(state=PhaseState.PLANNED))

    with pytest.raises(NotReady), transaction():
        service.renew_link(invitation, row_version=invitation.row_version, by=SYSTEM, now=now)


# Messages


def the_mail(invitation: Invitation, now, kind: str = "invitation") -> Delivery:
    with transaction():
        service.deliveries.plan_many([service.planned_mail(kind, invitation, now=now)], now=now)
    return deliveries_of(invitation, kind)[0]


def test_the_invitation_says_who_asks_about_what_until_when_and_where(app: Flask, now) -> None:
    phase = make_phase()
    with transaction():
        phase.procedure.title = "Unser Konzept"
        phase.procedure.contact_name, phase.procedure.contact_phone = "Frau Beispiel", "0521 000"
    invitation = make_invitation(phase, make_institution("Kulturverein Morgenstern"))

    mail = kind_of("invitation").render(the_mail(invitation, now), now)

    assert mail.subject == "Bitte um Ihre Stellungnahme: Unser Konzept"
    for words in (
        "Kulturverein Morgenstern",
        "bis Freitag, 28. Juni 2030, 24 Uhr",
        service.link_of(invitation),
        "Sind Sie nicht zuständig",
        "Frau Beispiel",
        "0521 000",
    ):
        assert words in mail.text
    assert f'<a href="{service.link_of(invitation)}">' in (mail.html or "")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, True),
        ({"state": InvitationState.DRAFTED}, True),
        ({"state": InvitationState.SUBMITTED}, False),
        ({"state": InvitationState.NOT_CONCERNED}, False),
        ({"generation": 2}, False),
        ({"revoked_at": True}, False),
    ],
)
def test_an_invitation_is_sent_only_while_it_makes_sense(app: Flask, now, change, wanted) -> None:
    invitation = make_invitation()
    mail = the_mail(invitation, now)
    with transaction():
        for name, value in change.items():
            setattr(invitation, name, now if name == "revoked_at" else value)

    assert kind_of("invitation").still_wanted(mail, now) is wanted


def test_a_closed_phase_invites_nobody(app: Flask, now) -> None:
    invitation = make_invitation()
    mail = the_mail(invitation, now)
    with transaction():
        procedures.close_phase(invitation.phase, by=SYSTEM, now=invitation.phase.ends_at)

    assert not kind_of("invitation").still_wanted(mail, now)
    assert kind_of("new_link").still_wanted(mail, now)


def test_a_link_is_sent_again_to_the_address_on_record_once_an_hour(app: Flask, now, clock) -> None:
    invitation = make_invitation(state=InvitationState.SUBMITTED)
    address = invitation.institution.email

    for moment in (now, now, clock.advance(minutes=59), clock.advance(minutes=2)):
        with transaction():
            service.request_link(address.upper(), now=moment)

    assert len(deliveries_of(invitation, "new_link")) == 2
    assert all(mail.recipient == address for mail in deliveries_of(invitation, "new_link"))


def test_nobody_learns_of_a_strange_address(app: Flask, now) -> None:
    before = db.session.scalar(select(func.count()).select_from(Delivery))

    with transaction():
        service.request_link("fremd@example.org", now=now)

    assert db.session.scalar(select(func.count()).select_from(Delivery)) == before


# The list


def test_the_figures_count_each_state_apart(app: Flask) -> None:
    phase = make_phase()
    for state in InvitationState:
        make_invitation(phase, state=state)
    make_invitation(phase, extended_until=date(2030, 7, 8))
    make_invitation(phase, state=InvitationState.SUBMITTED, is_late=True)
    make_invitation()

    figures = queries.tally(phase.id)

    assert (figures.total, figures.answered) == (14, 5)
    assert figures.by_filter == {
        "undelivered": 2,
        "unused": 3,
        "opened": 1,
        "drafted": 1,
        "release": 2,
        "submitted": 2,
        "without_remarks": 3,
        "asks": 0,
        "extended": 1,
        "late": 1,
    }
    assert (figures.by_state["agrees"], figures.by_state["no_remarks"], figures.by_state["not_concerned"]) == (1, 1, 1)


def test_an_empty_phase_has_figures_too(app: Flask) -> None:
    assert queries.tally(make_phase().id).by_filter["late"] == 0


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("bruecke", ["Verein Brücke"]),
        ("BRÜCKE verein", ["Verein Brücke"]),
        ("100%", ["100% Haus"]),
        ("post@haus", ["100% Haus"]),
        ("%", []),
        ("nichts", []),
    ],
)
def test_search_forgives_umlauts_and_takes_signs_as_they_are(app: Flask, search, names) -> None:
    phase = make_phase()
    make_invitation(
        phase, make_institution("Verein Brücke", sort_key=sort_key("Verein Brücke"), email="a@b.example.org")
    )
    make_invitation(phase, make_institution("100% Haus", sort_key=sort_key("100% Haus"), email="post@haus.example.org"))

    found = queries.page_of(phase.id, queries.tally(phase.id), None, search, 1)

    assert [row.name for row in found.items] == names
    assert found.total == len(names)


def test_beyond_the_end_stands_the_last_page(app: Flask) -> None:
    phase = make_phase()
    for _ in range(21):
        make_invitation(phase)

    found = queries.page_of(phase.id, queries.tally(phase.id), None, "", 99)

    assert (found.number, len(found.items), found.total) == (2, 1, 21)
    assert queries.page_of(phase.id, queries.tally(phase.id), "late", "", 5).total == 0


def test_messages_of_an_invitation_are_its_own(app: Flask, now) -> None:
    invitation = make_invitation()
    mail = the_mail(invitation, now)
    the_mail(make_invitation(), now)

    assert [row.id for row in queries.messages_to(invitation.id)] == [mail.id]
    assert mail.state == DeliveryState.PLANNED


@pytest.mark.parametrize(
    ("day", "address", "name"),
    [
        (date(2030, 5, 31), "alt@haus.example.org", "Frau Alt"),
        (date(2030, 6, 1), "neu@haus.example.org", "Herr Neu"),
        (date(2030, 6, 30), "neu@haus.example.org", "Herr Neu"),
        (date(2030, 7, 1), "vertretung@haus.example.org", "Frau Mut"),
        (date(2031, 1, 1), "post@haus.example.org", "Haus"),
    ],
)
def test_mail_goes_to_whoever_is_in_office_on_that_day(app: Flask, day: date, address: str, name: str) -> None:
    institution = make_institution("Haus", email="post@haus.example.org")
    terms = (
        Contact(name="Frau Mut", email="vertretung@haus.example.org", is_deputy=True, valid_until=date(2030, 12, 31)),
        Contact(name="Frau Alt", email="alt@haus.example.org", valid_until=date(2030, 5, 31), position=2),
        Contact(
            name="Herr Neu",
            email="neu@haus.example.org",
            valid_from=date(2030, 6, 1),
            valid_until=date(2030, 6, 30),
            position=3,
        ),
    )
    for term in terms:
        term.institution_id = institution.id
        save(term)
    db.session.expire_all()

    assert (service.recipient_of(institution, day), service.recipient_name_of(institution, day)) == (address, name)
