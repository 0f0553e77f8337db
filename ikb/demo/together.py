"""Doors and people in the demonstration: questions in four languages, an answer in Turkish, a board that is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.db import db, transaction
from ikb.institutions import requests, sharing
from ikb.institutions.model import Institution, Invitation
from ikb.institutions.shared_model import Person, Scope
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.statements import answers, guide, releasing
from ikb.statements.answers import Written
from ikb.statements.model import Answer

ASKS_FOR_TIME = "Ghanaischer Kreis Adinkra"
WITH_A_BOARD = "Begegnungszentrum Baumheide"
TEXTS = {
    "de": (
        (
            "Bielefeld gibt sich einen Plan dafür, wie Menschen aus vielen Ländern hier gut zusammen leben. Er hat fünfzehn "
            "Ziele, von der Sprache in Kitas bis zum Alter.\n\n"
            "Am meisten ändert sich hier:\n\n"
            "- Kinder lernen früher und länger Deutsch, und ihre Muttersprache zählt mit.\n"
            "- Vereine bekommen leichter Räume und Geld.\n"
            "- Beratung gibt es an einer Stelle und in mehreren Sprachen.\n\n"
            "Der Rat entscheidet im September. Vorher möchte die Stadt wissen, was Sie darüber denken."
        ),
        [
            "Was fehlt in diesem Plan?",
            "Was soll die Stadt zuerst tun?",
            "Was hat Ihrem Verein bisher geholfen, was nicht?",
        ],
    ),
    "de-simple": (
        (
            "Die Stadt macht einen Plan. In dem Plan steht: So wollen wir zusammen leben.\n\n"
            "Das steht in dem Plan:\n\n"
            "- Kinder lernen früh Deutsch.\n"
            "- Vereine bekommen Räume und Geld.\n"
            "- Es gibt Beratung in vielen Sprachen.\n\n"
            "Die Politiker stimmen im September ab. Vorher fragen wir Sie."
        ),
        ["Was fehlt in dem Plan?", "Was ist am wichtigsten?", "Was hat Ihnen geholfen? Was nicht?"],
    ),
    "tr": (
        (
            "Bielefeld, farklı ülkelerden insanların burada birlikte iyi yaşaması için bir plan hazırlıyor.\n\n"
            "- Çocuklar daha erken Almanca öğrenecek, ana dilleri de önemli olacak.\n"
            "- Dernekler daha kolay yer ve para bulacak.\n"
            "- Danışma tek bir yerde ve birçok dilde olacak.\n\n"
            "Belediye meclisi eylülde karar verecek."
        ),
        ["Bu planda ne eksik?", "Belediye önce ne yapmalı?", "Derneğinize şimdiye kadar ne yardımcı oldu, ne olmadı?"],
    ),
    "ar": (
        (
            "تضع مدينة بيليفيلد خطة لكي يعيش الناس من بلدان كثيرة معًا بشكل جيد.\n\n"
            "- يتعلم الأطفال الألمانية في وقت أبكر، وتبقى لغتهم الأم مهمة.\n"
            "- تحصل الجمعيات على غرف ومال بسهولة أكبر.\n"
            "- تكون الاستشارة في مكان واحد وبلغات عديدة.\n\n"
            "يقرر مجلس المدينة في سبتمبر."
        ),
        [
            "ما الذي ينقص في هذه الخطة؟",
            "ما الذي يجب أن تفعله المدينة أولًا؟",
            "ما الذي ساعد جمعيتكم حتى الآن، وما الذي لم يساعد؟",
        ],
    ),
}


def ask(phase: ParticipationPhase, lead: User, now: datetime) -> None:
    """The short way, in four languages."""
    with transaction():
        for language, (summary, questions) in TEXTS.items():
            guide.write(phase, language, summary, questions, {}, row_version=0, by=Actor.user(lead.id), now=now)


def write_together(phase: ParticipationPhase, now: datetime) -> None:
    """One institution whose members write, one of them in Turkish, and whose board has been asked to release it."""
    invitation = _invitation(phase, WITH_A_BOARD)
    if invitation is None:
        return
    with transaction():
        by = Actor.invitation(invitation.id)
        writer = sharing.give(invitation, Scope.WRITE, "Elif Kaya", "elif.kaya@baumheide.example.org", by=by, now=now)
        sharing.give(invitation, Scope.SUBMIT, "Paul Ries", "vorstand@baumheide.example.org", by=by, now=now)
        sharing.give(invitation, Scope.READ, by=by, now=now)
        questions = guide.questions_of(phase.id)
        text = "Toplantılar için akşamları açık bir oda eksik."
        answers.save(invitation, "tr", {questions[0].id: Written(text)}, author=writer.name, now=now)
        person = Person(writer.name, writer.id, Scope.WRITE)
        releasing.ask(invitation, Answer.REMARKS, "Bitte bis Freitag ansehen.", person, now=now + timedelta(minutes=5))


def ask_for_time(phase: ParticipationPhase, until: date, now: datetime) -> None:
    """One institution in the middle of writing asks for more time; the lead has not answered yet."""
    invitation = _invitation(phase, ASKS_FOR_TIME)
    if invitation is not None:
        with transaction():
            requests.ask(invitation, until, "Unsere Mitglieder treffen sich erst danach.", row_version=0, now=now)


def _invitation(phase: ParticipationPhase, name: str) -> Invitation | None:
    rows = select(Invitation).join(Institution, Institution.id == Invitation.institution_id)
    return db.session.scalar(rows.where(Invitation.phase_id == phase.id, Institution.name == name))
