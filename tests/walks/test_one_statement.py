"""The whole story in a browser, with everything real: worker, beat, PostgreSQL, Valkey, SMTP. Read this first.

A paper goes in, institutions are invited, one of them answers, a committee records what it resolved, whoever was silent is
reminded, everything said is brought together, and the lead issues a version in which every changed word has a reason.
"""

from __future__ import annotations

import pytest

from tests.services.smtp import SmtpSink
from tests.walks.answers import (
    answer_without_remarks,
    assert_receipt_came_by_mail,
    come_back_and_submit,
    link_in,
    mail_to,
    remark_on_a_phone,
)
from tests.walks.beginnings import (
    invite_three_institutions,
    issue_the_first_version,
    make_clerk,
    plan_the_participation,
    sign_up,
    take_in_the_paper,
)
from tests.walks.conftest import NewPerson
from tests.walks.decisions import (
    assert_changed_words_lead_to_their_reasons,
    assert_issuing_names_what_is_open,
    bring_together,
    follow_the_committee,
    follow_the_institution,
    issue_the_next_version,
    read_the_public_page,
    see_that_everything_runs,
)
from tests.walks.people import PHONE
from tests.walks.sittings import record_yesterdays_result, remind_the_silent
from tests.walks.story import ASKING, CONTENT, SILENT, Days
from tests.walks.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_one_statement(town: Town, person: NewPerson, smtp_sink: SmtpSink) -> None:
    days = Days.from_today()
    lead = sign_up(town, person("lead"), "anna@musterau.example.org", "Anna Beispiel", "lead")
    secretary = sign_up(town, person("secretary"), "kim@musterau.example.org", "Kim Muster", "secretary")

    take_in_the_paper(lead, days)
    issue_the_first_version(lead)
    make_clerk(lead, "Seniorenrat", "Kim Muster")
    plan_the_participation(lead, days)
    invite_three_institutions(lead)
    links = {address: link_in(mail_to(smtp_sink, address)) for _, address in (ASKING, CONTENT, SILENT)}
    assert len(set(links.values())) == 3

    remark_on_a_phone(person("institution", width=PHONE), links[ASKING[1]])
    receipt = come_back_and_submit(person("institution, later", width=PHONE), links[ASKING[1]])
    assert_receipt_came_by_mail(smtp_sink, ASKING[1], receipt)
    answer_without_remarks(person("institution without scripts", width=PHONE, scripts=False), links[CONTENT[1]])

    record_yesterdays_result(secretary)
    remind_the_silent(town, smtp_sink, days)

    bring_together(lead, town)
    follow_the_institution(lead)
    assert_issuing_names_what_is_open(lead)
    follow_the_committee(lead)
    assert_changed_words_lead_to_their_reasons(lead)
    issue_the_next_version(lead)

    read_the_public_page(person("citizen"))
    administrator = sign_up(town, person("administrator"), "uli@musterau.example.org", "Uli Probst", "administrator")
    see_that_everything_runs(administrator)
    assert town.ikb("journal", "verify") == "Die Kette ist unversehrt."
