"""What became of an institution's remarks: told behind its link once a version has answered them, and never before."""

from __future__ import annotations

import re
import uuid
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from ikb.consolidation import service as consolidation
from ikb.db import db, transaction
from ikb.deliberations.model import AgendaItem, Result
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.institutions.links import token_of
from ikb.procedures.model import PhaseState
from ikb.reports import result_notice
from ikb.statements.model import Answer, Statement
from tests.consolidation.cases import make_case
from tests.factories import MADE_AT, make_consultation, make_invitation, make_organization, make_statement, save

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
FEWER = "Jede Schule bietet einen Kurs am Nachmittag an."


@pytest.fixture
def case(app):
    return make_case()


def issue(case, now):
    with transaction():
        return consolidation.issue(case.working(), "17/2030-2035/1", by=case.by, now=now)


def result_page(client, invitation):
    answer = client.get(f"/beteiligung/{token_of(invitation)}/ergebnis")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(unescape(text).split())


def invitation_of(remark):
    return db.session.get_one(Statement, remark.statement_id).invitation


def test_before_a_version_answers_it_a_decision_is_not_told(client, case, now):
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "followed", now)

    text = result_page(client, invitation_of(remark))

    assert "Die Auswertung läuft noch." in text
    assert "Darüber ist noch nicht entschieden." in text
    assert "Wir folgen" not in text


def test_a_wish_that_was_followed_shows_the_passage_before_and_after(client, case, now):
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "followed", now)
    issue(case, now)

    text = result_page(client, invitation_of(remark))

    assert "1 von 1 Anmerkung ist beantwortet" in text
    assert "Wir folgen Ihrem Vorschlag. Der Abschnitt hat jetzt einen neuen Wortlaut." in text
    assert "[gestrichen: zwei ]" in text
    assert "[eingefügt: drei ]" in text
    assert "Fassung 2, Drucksache 17/2030-2035/1" in text


def test_a_wish_that_was_not_followed_is_told_with_the_reason_and_the_passage_as_it_stays(client, case, now):
    followed, refused = case.says(MORE), case.says(FEWER)
    case.consolidate(now)
    case.decide(followed, "followed", now)
    case.decide(refused, "not_followed", now, "Ein Kurs reicht nicht.")
    issue(case, now)

    text = result_page(client, invitation_of(refused))

    assert "Wir folgen Ihrem Vorschlag nicht. Ein Kurs reicht nicht." in text
    assert FEWER in text


def test_a_comment_gets_the_answer_that_was_given_to_it(client, case, now):
    wish = case.says(MORE)
    comment = case.says(wish="", comment="Bitte mit Kinderbetreuung.", anchor="bp-1")
    case.consolidate(now)
    case.decide(wish, "followed", now)
    case.decide(comment, "partly_followed", now, "Wo es Räume gibt.")
    issue(case, now)

    text = result_page(client, invitation_of(comment))

    assert "Wir folgen Ihrer Anmerkung zum Teil. Wo es Räume gibt." in text
    assert "Der Abschnitt lautet wie bisher" in text


def test_a_committee_that_wrote_the_passage_is_named_with_its_sitting(client, case, now):
    ours = case.says(MORE)
    body = case.body_says("Jede Schule bietet fünf Kurse am Nachmittag an.", name="Schulausschuss")
    case.consolidate(now)
    case.decide(body, "followed", now)
    case.decide(ours, "not_followed", now, "Der Schulausschuss geht weiter.")
    issue(case, now)

    text = result_page(client, invitation_of(ours))

    assert "An diesem Abschnitt hat ein Gremium mitgeschrieben: Schulausschuss, Mi., 12.06.2030." in text


def test_of_a_deliberation_that_was_not_public_not_even_the_committee_is_named(client, case, now):
    ours = case.says(MORE)
    body = case.body_says("Jede Schule bietet fünf Kurse am Nachmittag an.", name="Vergabeausschuss")
    with transaction():
        db.session.get_one(AgendaItem, body.agenda_item_id).public = False
    case.consolidate(now)
    case.decide(body, "followed", now)
    case.decide(ours, "not_followed", now, "Es bleibt anders.")
    issue(case, now)

    assert "Vergabeausschuss" not in result_page(client, invitation_of(ours))


def test_the_sitting_that_decides_is_named_before_and_after(client, case, now):
    remark = case.says(MORE)
    council = make_organization("Rat der Stadt")
    step = make_consultation(case.procedure, council, date(2030, 9, 23), authoritative=True)

    assert "Rat der Stadt entscheidet voraussichtlich am Mo., 23.09.2030." in result_page(client, invitation_of(remark))

    save(
        Result(
            consultation_id=step.id,
            key=uuid.uuid4(),
            outcome="adopted",
            manner="unanimous",
            recorded_by_id=case.lead.id,
            recorded_at=MADE_AT,
        )
    )
    db.session.expire_all()

    assert "Rat der Stadt, Mo., 23.09.2030: beschlossen, einstimmig (vorläufig" in result_page(
        client, invitation_of(remark)
    )


def test_an_answer_without_remarks_is_thanked_for(client, case):
    invitation = make_invitation(case.phase)
    make_statement(invitation, answer=Answer.AGREES)

    text = result_page(client, invitation)

    assert "„Wir stimmen zu“" in text
    assert "Dazu gibt es nichts zu entscheiden." in text


def test_without_a_statement_the_page_says_so(client, case):
    assert "Sie haben keine Stellungnahme abgeschickt." in result_page(client, make_invitation(case.phase))


def test_the_way_to_the_result_is_offered_once_the_round_is_over(client, case):
    invitation = make_invitation(case.phase)
    overview = f"/beteiligung/{token_of(invitation)}"

    assert "/ergebnis" not in client.get(overview).get_data(as_text=True)
    with transaction():
        case.phase.state = PhaseState.CLOSED
    assert f"{overview}/ergebnis" in client.get(overview).get_data(as_text=True)


def test_another_link_shows_another_institutions_result(client, case, now):
    theirs = case.says(MORE)
    ours = make_invitation(case.phase)

    assert MORE not in result_page(client, ours)
    assert MORE in result_page(client, invitation_of(theirs))


def test_many_remarks_cost_as_many_questions_as_few(client, case, now, count_queries):
    few = make_invitation(case.phase)
    make_statement(few, [{"anchor": "bp-1", "comment": "Eins."}])
    many = make_invitation(case.phase)
    make_statement(many, [{"anchor": "bp-1", "comment": f"Punkt {number}."} for number in range(120)])
    for invitation in (few, many):  # the first visit notes that the link was used
        result_page(client, invitation)

    with count_queries() as asked_few:
        result_page(client, few)
    with count_queries() as asked_many:
        result_page(client, many)

    assert len(asked_many) == len(asked_few) <= 14


class TestTelling:
    """The lead tells institutions that their remarks are answered."""

    @pytest.fixture
    def answered(self, case, now):
        remark = case.says(MORE)
        case.says("", wish="", comment="Noch offen.", anchor="bp-2")
        case.consolidate(now)
        case.decide(remark, "followed", now)
        issue(case, now)
        return invitation_of(remark)

    def test_only_those_with_an_answer_are_told_and_only_once(self, case, answered, as_user, wakeups):
        page = f"/verfahren/{case.procedure.id}/ruecklauf/ergebnis"
        lead = as_user(case.lead)

        assert answered.institution.name in lead.get(page).get_data(as_text=True)
        lead.post(page)
        lead.post(page)

        rows = db.session.scalars(select(Delivery).where(Delivery.kind == result_notice.KIND)).all()
        assert [row.recipient for row in rows] == [answered.institution.email]
        assert "weiß es schon" in lead.get(page).get_data(as_text=True)

    def test_the_message_leads_to_the_page(self, case, answered, wakeups, now):
        with transaction():
            result_notice.tell(case.phase, by=case.by, now=now)
        delivery = db.session.scalars(select(Delivery).where(Delivery.kind == result_notice.KIND)).one()

        mail = kind_of(result_notice.KIND).render(delivery, now)

        assert f"/beteiligung/{token_of(answered)}/ergebnis" in mail.text
        assert case.procedure.title in mail.subject

    def test_without_a_mailbox_the_lead_is_told_to_write_a_letter(self, case, answered, as_user):
        with transaction():
            answered.institution.email = ""

        text = as_user(case.lead).get(f"/verfahren/{case.procedure.id}/ruecklauf/ergebnis").get_data(as_text=True)

        assert "Diesen schicken Sie das Ergebnis per Brief:" in text
        assert "Jetzt mitteilen" not in text
