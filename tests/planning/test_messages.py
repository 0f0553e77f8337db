"""What offices and leads read: what waits for them, what has moved, and what came of it."""

import pytest

from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.planning import notices, service
from tests.planning.test_moving import answer, begin, moves_of
from tests.planning.town import as_actor, build

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def town(app):
    return build()


@pytest.fixture
def sent(town, now):
    scenario = begin(town, now)
    wanted = moves_of(town, scenario, now)
    with transaction():
        return service.send(scenario, wanted, seen=scenario.row_version, by=as_actor(town.district_office), now=now)


def delivery_to(person, kind=notices.PROPOSAL):
    return db.session.query(Delivery).filter_by(kind=kind, recipient=person.email).one()


def mail_to(person, now, kind=notices.PROPOSAL):
    delivery = delivery_to(person, kind)
    return kind_of(kind).render(delivery, now)


def test_an_office_reads_what_is_asked_of_it_why_and_where_to_answer(town, sent, now):
    mail = mail_to(town.council_office, now)

    assert mail.subject == "Bitte antworten: Bezirksvertretung Heide verschiebt die Beratung"
    assert "- Hauptausschuss: von Do., 04.07.2030 auf Do., 29.08.2030" in mail.text
    assert "- Rat der Stadt Musterau: von Do., 18.07.2030 auf Do., 12.09.2030" in mail.text
    assert "vertagt, weil Unterlagen fehlen" in mail.text
    assert f"/vorschlaege/{sent.id}" in mail.text


def test_a_lead_reads_the_same_without_being_asked(town, sent, now):
    mail = mail_to(town.lead, now)

    assert not mail.subject.startswith("Bitte antworten")
    assert "Sie müssen nichts tun." in mail.text
    assert f"/planspiele/{sent.id}" in mail.text


def test_a_lead_is_asked_for_a_body_that_nobody_keeps(town, now):
    with transaction():
        town.bodies["main"].clerks = []
    scenario = begin(town, now)
    wanted = moves_of(town, scenario, now)
    with transaction():
        service.send(scenario, wanted, seen=scenario.row_version, by=as_actor(town.district_office), now=now)

    mail = mail_to(town.lead, now)
    assert mail.subject.startswith("Bitte antworten")
    asked, others = mail.text.split("Andere wurden gefragt")
    assert "- Hauptausschuss" in asked
    assert "- Rat der Stadt Musterau" in others


def test_a_withdrawn_proposal_is_not_sent_any_more(town, sent, now):
    with transaction():
        service.withdraw(sent, seen=sent.row_version, by=as_actor(town.district_office), now=now)

    delivery = delivery_to(town.council_office)
    assert delivery.state == "cancelled"
    assert not kind_of(notices.PROPOSAL).still_wanted(delivery, now)


def test_whoever_left_the_town_gets_no_mail(town, sent, now):
    with transaction():
        town.council_office.is_active = False

    assert not kind_of(notices.PROPOSAL).still_wanted(delivery_to(town.council_office), now)


def test_lead_and_author_read_who_declined_and_why(town, sent, now):
    move = next(move for move in sent.moves if move.is_open)
    answer(move, now, town.council_office, service.refuse, "Die Sitzung ist voll.")

    for person in (town.lead, town.district_office):
        mail = mail_to(person, now, notices.ANSWER)
        assert mail.subject == "Abgelehnt: Verschiebung Bezirksvertretung Heide"
        assert "Grund: Die Sitzung ist voll." in mail.text
        assert "Es fehlt noch die Antwort für: Rat der Stadt Musterau." in mail.text


def test_when_the_last_office_has_agreed_lead_and_author_read_it(town, sent, now):
    for move in [move for move in sent.moves if move.is_open]:
        answer(move, now, town.council_office)

    mail = mail_to(town.district_office, now, notices.ANSWER)
    assert mail.subject == "Alle haben zugestimmt: Verschiebung Bezirksvertretung Heide"
