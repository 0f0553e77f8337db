"""The demonstration's data, made by the services that people use, each act at its own moment."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from ikb.accounts import service as accounts
from ikb.accounts.model import Role, User
from ikb.core.clock import berlin_day
from ikb.db import db, transaction
from ikb.deliberations import intake, stations
from ikb.deliberations import organizations as committees
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization
from ikb.deliveries import sending
from ikb.demo import (
    answered,
    assigning,
    letters,
    opinions,
    planning,
    publishing,
    results,
    returns,
    together,
    voices,
    weighing,
)
from ikb.demo import register as committee_register
from ikb.demo.entries import seed_entries
from ikb.demo.rules import seed_rules
from ikb.demo.story import Story, consultation_table
from ikb.demo.voices import Said, Voice
from ikb.drafts import queries as draft_queries
from ikb.drafts import service as drafts
from ikb.drafts.importers.paper import read_paper
from ikb.drafts.model import DraftKind, DraftVersion
from ikb.institutions import intake as register
from ikb.institutions import service as institutions
from ikb.institutions import standing
from ikb.institutions.links import token_of
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.journal.service import SYSTEM, Actor
from ikb.mail import MailboxFolder, mailbox_folder
from ikb.procedures import service as procedures
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.remarks import service as remarks
from ikb.remarks.model import Wish
from ikb.statements import service as statements
from ikb.statements.model import Answer

HERE = Path(__file__).parent
# Who is shown on the start page: one that has not begun, one that writes together, one in the middle, two that are done;
# beside them one that is invited for good and one whose remarks are answered.
SHOWN = (
    "Nachbarschaftsverein Heeper Fichten e. V.",
    together.WITH_A_BOARD,
    "Ghanaischer Kreis Adinkra",
    "Gesundheitsamt",
    "Rumänischer Verein Doina",
)
CLERKS_COMMITTEES = (
    "Integrationsrat", "Seniorenrat", "Schul- u. Sportausschuss", "Bezirksvertretung Heepen", "Jugendhilfeausschuss",
    "Bezirksvertretung Brackwede",
)  # fmt: skip
PEOPLE = (
    (Role.LEAD, "projektleitung@bielefeld.example.org", "Frau Beispiel"),
    (Role.SECRETARY, "gremien@bielefeld.example.org", "Herr Muster"),
    (Role.ADMINISTRATOR, "verwaltung@bielefeld.example.org", "Frau Probst"),
)
STANDING = "Griechische Gemeinde Olivenbaum"  # goes on writing after the phase on the concept
CONCEPT_ASKED = (
    "Caritasverbund Bielefelder Süden", "Elternverband Bielefeld", "Kulturamt", "Grundschule am Waldrand",
    STANDING, "Bürgerverein Jöllenbeck e. V.",
)  # fmt: skip


@dataclass
class Seeded:
    """Who may sign in how, and the links that the start page shows."""

    users: list[dict[str, str]] = field(default_factory=list)
    institution_links: list[dict[str, str]] = field(default_factory=list)
    further_users: list[dict[str, str]] = field(default_factory=list)  # offices of single bodies, beside the roles


def seed(story: Story, now: datetime) -> Seeded:
    """Fill an empty, migrated database; every act lies before `now`."""
    seeded = Seeded()
    people = _people(seeded, story.at(date(2009, 10, 1), 9))
    colleague = assigning.colleague(story.at(date(2009, 10, 1), 10))
    procedure = _procedure(story, people[Role.LEAD], colleague)
    smaller = answered.begin(people[Role.LEAD], colleague, story)
    _clerks(people[Role.SECRETARY], story.at(date(2009, 10, 2), 10))
    committee_register.seed(story, people[Role.SECRETARY], people[Role.ADMINISTRATOR])
    _register(story)
    goes_on = _concept(procedure, people[Role.LEAD], story)
    through = answered.carry_through(smaller, people[Role.LEAD], colleague, people[Role.SECRETARY], story)
    _send(story.at(date(2010, 3, 29), 11))
    weighing.prepare(procedure, people[Role.LEAD], story.at(date(2010, 4, 6), 9))
    paper_version = _issue_paper(procedure, people[Role.LEAD], story)
    _results(procedure, people[Role.SECRETARY], story)
    _invited(procedure, people[Role.SECRETARY], story)
    seed_rules(procedure, by=_as(people[Role.LEAD]), now=story.at(date(2010, 5, 4), 9))
    lead, administrator = _as(people[Role.LEAD]), _as(people[Role.ADMINISTRATOR])
    publishing.set_up(procedure, lead=lead, administrator=administrator, now=story.at(date(2010, 5, 4), 10))
    phase = _participation(procedure, paper_version, people[Role.LEAD], story)
    seed_entries(by=_as(people[Role.LEAD]), now=story.at(date(2010, 5, 20), 10))
    _answers(phase, story, now)
    publishing.publish_some(procedure, by=lead, now=now - timedelta(hours=12))
    publishing.publish_a_file(procedure, by=lead, now=now - timedelta(hours=12))
    returns.seed(phase, now)
    together.ask(phase, people[Role.LEAD], story.invited_at)
    together.ask_for_time(phase, story.closes_on + timedelta(days=7), now - timedelta(hours=11))
    letters.attach_picture(phase, together.WITH_A_BOARD, now - timedelta(hours=10))
    together.write_together(phase, now - timedelta(hours=9))
    letters.seed(phase, people[Role.LEAD], now)
    assigning.seed(paper_version, people[Role.LEAD], now - timedelta(hours=8))
    opinions.seed(paper_version, people[Role.LEAD], now - timedelta(hours=8))
    seeded.institution_links = [
        *_links(phase),
        {"institution": f"{STANDING} (ständig eingeladen)", "token": token_of(goes_on)},
        {"institution": f"{answered.SHOWN} (Anmerkungen beantwortet)", "token": token_of(through)},
    ]
    seeded.further_users = planning.open_offices(story.at(date(2009, 10, 2), 11))
    planning.fill_calendar(story.at(date(2010, 5, 3), 12))
    planning.try_out(people[Role.LEAD], now - timedelta(hours=10))
    _send(now)
    return seeded


def _people(seeded: Seeded, now: datetime) -> dict[Role, User]:
    found = {}
    for role, email, name in PEOPLE:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        with transaction():
            user, token = accounts.invite(email, name, [role], by=SYSTEM, now=now)
            accounts.set_password(token, password, now=now)
        found[role] = user
        seeded.users.append({"role": role.value, "email": email, "password": password})
    return found


def _procedure(story: Story, lead: User, colleague: User) -> Procedure:
    text = (HERE / "paper.txt").read_text(encoding="utf-8")
    filled = text.replace("{reference}", "1234/2009-2014").replace("{table}", consultation_table(story))
    now = story.at(date(2009, 10, 2), 9)
    with transaction():
        procedure = intake.take_in(
            read_paper(filled.encode(), "vorlage.txt"), leads=[lead, colleague], key=uuid.uuid4(), by=_as(lead), now=now
        )
        settings = procedures.Settings.of(procedure)
        procedures.change_settings(
            procedure,
            procedures.Settings(
                **{
                    **vars(settings),
                    "title": "Integrationskonzept für Bielefeld",
                    "summary": "Die Stadt beschließt, wie das Zusammenleben in Vielfalt gelingen soll. "
                    "93 Institutionen werden gehört, 21 Gremien beraten, der Rat entscheidet.",
                    "file_reference": "500.1-INT",
                    "contact_name": "Frau Beispiel",
                    "contact_phone": "0521 000-0",
                    "contact_email": lead.email,
                    "is_public": True,
                }
            ),
            seen=procedure.row_version,
            by=_as(lead),
            now=now,
        )
    return procedure


def _clerks(secretary: User, now: datetime) -> None:
    chosen = db.session.scalars(select(Organization).where(Organization.name.in_(CLERKS_COMMITTEES))).all()
    with transaction():
        for organization in chosen:
            committees.set_clerks(organization, [secretary], by=SYSTEM, now=now)


def _register(story: Story) -> None:
    with transaction():
        register.import_file(HERE / "institutions.csv", by=SYSTEM, now=story.at(date(2009, 10, 5), 9))


def _concept(procedure: Procedure, lead: User, story: Story) -> Invitation:
    """The long concept and its participation in autumn: closed, with one statement that came too late.

    Returns the invitation of the institution that goes on writing.
    """
    asked_at = story.at(date(2009, 10, 12), 9)
    with transaction():
        draft = drafts.add_draft(procedure.id, DraftKind.CONCEPT, "Konzept (Langfassung)", now=asked_at)
        version = drafts.add_version(draft, list(_concept_sections()), now=asked_at)
        drafts.issue(version, by=_as(lead), now=asked_at)
        closes_on = story.moved(date(2009, 11, 23))
        plan = procedures.PhasePlan("Beteiligung zum Konzept", story.moved(date(2009, 10, 12)), closes_on)
        phase = procedures.plan_phase(procedure, version, plan, by=_as(lead), now=asked_at)
        institutions.add_to_phase(phase, _named(CONCEPT_ASKED), by=_as(lead), now=asked_at)
        procedures.open_phase(phase, by=_as(lead), now=asked_at)
    _send(asked_at)
    invitations = _invitations(phase)
    for place, name in enumerate(CONCEPT_ASKED):
        late = place == len(CONCEPT_ASKED) - 1
        moment = story.at(date(2009, 11, 25) if late else date(2009, 10, 20) + timedelta(days=place), 18, place)
        if late:
            _close(phase, lead, story.at(date(2009, 11, 24), 8))
        said = (Said("k-4.1.1", voices.CHANGES, "Bitte auch in Jöllenbeck."),) if late else ()
        answer = Answer.REMARKS if late else Answer.AGREES
        with transaction():
            _speak(invitations[name], Voice(name, 0, answer, said), version, moment)
        _send(moment)
    _go_on(invitations[STANDING], version, lead, story.at(date(2010, 1, 12), 18))
    return invitations[STANDING]


def _go_on(invitation: Invitation, version: DraftVersion, lead: User, now: datetime) -> None:
    """Migrant organisations are invited for good: one of them writes again, long after the phase."""
    procedure, kind = invitation.phase.procedure, invitation.institution.kind
    said = Said("k-4.1.1", voices.SUPPORT, "Wir haben inzwischen gute Erfahrungen mit Eltern als Sprachpaten.")
    with transaction():
        standing.set_kind(procedure, kind, True, by=_as(lead), now=now - timedelta(days=30))
        standing.catch_up(invitation, now=now)
        _speak(invitation, Voice(STANDING, 0, Answer.REMARKS, (said,)), version, now)
    _send(now)


def _close(phase: ParticipationPhase, lead: User, now: datetime) -> None:
    with transaction():
        procedures.close_phase(phase, by=_as(lead), now=now)


def _concept_sections() -> Iterator[drafts.SectionText]:
    parents: dict[str, str] = {}
    for count, line in enumerate((HERE / "concept.txt").read_text(encoding="utf-8").splitlines(), 1):
        kind, number, text = line.split("\t")
        anchor = f"k-{number or f'abs{count}'}"
        parents[kind] = anchor
        parent = {"heading": None, "measure": parents.get("goal")}.get(kind, parents.get("heading"))
        yield drafts.SectionText(anchor, kind, number or None, parent, text)


def _issue_paper(procedure: Procedure, lead: User, story: Story) -> DraftVersion:
    paper = next(draft for draft in draft_queries.drafts_of(procedure.id) if draft.kind == DraftKind.RESOLUTION)
    version = draft_queries.working_version(paper.id)
    assert version is not None  # noqa: S101 (just taken in)
    with transaction():
        drafts.issue(version, by=_as(lead), now=story.at(date(2010, 5, 3), 11))
    return version


def _results(procedure: Procedure, secretary: User, story: Story) -> None:
    """What the advisory boards made of it, in spring."""
    results.kinds(story.at(date(2009, 10, 2), 11))
    for moment in results.record(procedure, secretary, story):
        _send(moment)


def _invited(procedure: Procedure, secretary: User, story: Story) -> None:
    """The sittings whose notice period has begun: their members were invited in time, all but one."""
    soon = db.session.scalars(
        select(Consultation)
        .join(Consultation.agenda_item)
        .join(AgendaItem.meeting)
        .where(
            Consultation.procedure_id == procedure.id,
            Meeting.held_on >= story.today,
            Meeting.held_on <= story.today + timedelta(days=8),
        )
        .order_by(Meeting.held_on, Consultation.position)
    ).all()
    moment = story.invited_at - timedelta(days=1)
    with transaction():
        for consultation in soon[:-1]:
            stations.mark_invited(consultation, seen=consultation.row_version, by=_as(secretary), now=moment)
    results.lay_before_those_invited(procedure, secretary, moment)


def _participation(procedure: Procedure, version: DraftVersion, lead: User, story: Story) -> ParticipationPhase:
    now = story.invited_at
    plan = procedures.PhasePlan(
        "Beteiligung zur Beschlussvorlage",
        story.today - timedelta(days=12),
        story.closes_on,
        "Bitte sagen Sie uns, was aus Ihrer Sicht fehlt oder anders heißen soll.",
    )
    with transaction():
        phase = procedures.plan_phase(procedure, version, plan, by=_as(lead), now=now)
        everybody = db.session.scalars(select(Institution).order_by(Institution.number)).all()
        institutions.add_to_phase(phase, everybody, by=_as(lead), now=now)
        procedures.open_phase(phase, by=_as(lead), now=now)
    _send(now)
    return phase


def _answers(phase: ParticipationPhase, story: Story, now: datetime) -> None:
    invitations = _invitations(phase)
    version = phase.draft_version
    extended = invitations[voices.EXTENDED]
    with transaction():
        institutions.extend(
            extended,
            story.closes_on + timedelta(days=7),
            "Vorstand tagt erst danach",
            row_version=extended.row_version,
            by=SYSTEM,
            now=story.invited_at + timedelta(hours=3),
        )
    answered_on = story.today
    for voice in voices.voices():
        moment = story.invited_at + timedelta(hours=voice.after_hours)
        if voice.institution == publishing.WITH_A_FILE:
            letters.attach_picture(phase, voice.institution, moment - timedelta(minutes=20))
        with transaction():
            _speak(invitations[voice.institution], voice, version, moment)
        if (
            berlin_day(moment) != answered_on
        ):  # the receipts of a day go out together: the first start is not to be slow
            _send(moment)
            answered_on = berlin_day(moment)
    last = now - timedelta(hours=11)
    with transaction():
        for name in voices.OPENED_ONLY:
            institutions.advance(invitations[name], InvitationState.OPENED, now=last)
        for name, said in voices.BEGUN:
            institutions.advance(invitations[name], InvitationState.OPENED, now=last)
            _write(invitations[name], said, version, last)
    _send(now)


def _speak(invitation: Invitation, voice: Voice, version: DraftVersion, now: datetime) -> None:
    institutions.advance(invitation, InvitationState.OPENED, now=now - timedelta(minutes=40))
    _write(invitation, voice.said, version, now - timedelta(minutes=10))
    author = publishing.NAMED.get(voice.institution, voice.author)
    key, agrees = uuid.uuid4(), bool(author)
    statements.submit(invitation, key, voice.answer, author_name=author, consents_to_name=agrees, now=now)


def _write(invitation: Invitation, said: Iterable[Said], version: DraftVersion, now: datetime) -> None:
    texts = {section.anchor: section.text for section in draft_queries.sections_of(version.id)}
    for one in said:
        text = texts[one.anchor].replace(one.old, one.new) if one.old and one.anchor else one.new
        words = remarks.Said(one.stance, one.comment, one.wish, text if one.wish != Wish.DELETE else "")
        statements.save_remark(invitation, one.anchor, words, row_version=0, now=now)


def _invitations(phase: ParticipationPhase) -> dict[str, Invitation]:
    rows = db.session.scalars(select(Invitation).where(Invitation.phase_id == phase.id)).all()
    return {row.institution.name: row for row in rows}


def _named(names: Iterable[str]) -> list[Institution]:
    return list(db.session.scalars(select(Institution).where(Institution.name.in_(list(names)))))


def _links(phase: ParticipationPhase) -> list[dict[str, str]]:
    found = _invitations(phase)
    return [{"institution": name, "token": token_of(found[name])} for name in SHOWN]


def _send(moment: datetime) -> None:
    sending.send_due(lambda: moment, transport=_mailbox())


def _mailbox() -> MailboxFolder:
    return MailboxFolder(mailbox_folder(current_app.extensions["ikb_config"]))


def _as(user: User) -> Actor:
    return Actor.user(user.id)
