"""The form of a result: outcome, votes of the whole, by group and by point, motions in their order, changed wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from ikb.core.motions import AIMS, AMENDMENT, POINT_OUTCOMES, GroupVotes, MotionOutcome
from ikb.core.results import OTHERS, USUAL, Manner, Outcome, Tally
from ikb.deliberations.entries import MotionEntry, PointEntry
from ikb.deliberations.forms import at_most
from ikb.deliberations.result_model import ResolutionKind
from ikb.deliberations.service import ResultEntry
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import WISHES, ChangedWording
from ikb.errors import Implausible
from ikb.web.fields import CountField, DayField, KeyField, TidyField
from ikb.web.labels import choices, label

CHOOSE = SelectChoice("", "bitte wählen")
MANNERS = [SelectChoice("", "ohne Angabe"), *choices("manner")]
MOST_WORDINGS, MOST_GROUPS, MOST_MOTIONS = 60, 30, 40


class WordingForm(Form):
    """What a body wants one passage to be."""

    anchor = HiddenField()
    wish = SelectField("Was hat das Gremium beschlossen?", choices=choices("wish", *WISHES))
    text = TextAreaField("Neuer Wortlaut", validators=[at_most(20_000)])

    def wording(self) -> ChangedWording:
        """What was entered."""
        return ChangedWording(self.anchor.data or "", (self.text.data or "").strip(), self.wish.data)


class VotesForm(Form):
    """Votes of a part of the result."""

    votes_yes = CountField("Ja")
    votes_no = CountField("Nein")
    abstentions = CountField("Enthaltungen")

    def tally(self) -> Tally:
        """The votes as entered."""
        return Tally(self.votes_yes.data, self.votes_no.data, self.abstentions.data)


class GroupForm(VotesForm):
    """How one group voted."""

    name = TidyField("Fraktion oder Gruppe", validators=[at_most(200)])

    @property
    def is_blank(self) -> bool:
        return not self.name.data and self.tally().is_empty

    def votes(self) -> GroupVotes:
        """What was entered."""
        return GroupVotes(self.name.data, self.tally())


class PointForm(VotesForm):
    """The vote on one point of the resolution."""

    anchor = HiddenField()
    label = HiddenField()
    outcome = SelectField("Ergebnis", choices=[SelectChoice("", "nicht einzeln"), *choices("outcome", *POINT_OUTCOMES)])
    manner = SelectField("Wie wurde abgestimmt?", choices=MANNERS)

    @property
    def is_blank(self) -> bool:
        return not self.outcome.data

    def point(self) -> PointEntry:
        """What was entered."""
        manner = Manner(self.manner.data) if self.manner.data else None
        return PointEntry(
            self.label.data or "", Outcome(self.outcome.data), self.tally(), manner, self.anchor.data or None
        )


class MotionForm(VotesForm):
    """One motion."""

    aim = SelectField(
        "Art des Antrags",
        choices=[SelectChoice("", AMENDMENT), *(SelectChoice(aim.value, words) for aim, words in AIMS.items())],
    )
    mover = TidyField("Wer hat ihn gestellt?", validators=[at_most(200)])
    text = TextAreaField("Was wollte der Antrag?", validators=[at_most(20_000)])
    outcome = SelectField("Ergebnis des Antrags", choices=[CHOOSE, *choices("motion_outcome", *MotionOutcome)])
    wordings = FieldList(FormField(WordingForm), max_entries=MOST_WORDINGS)
    passage = SelectField("Abschnitt, den der Antrag ändert", validate_choice=False)

    @property
    def is_blank(self) -> bool:
        said = self.mover.data or (self.text.data or "").strip() or self.outcome.data or self.wordings.entries
        return not said and self.tally().is_empty

    def motion(self, place: int) -> MotionEntry:
        """What was entered. Raises Implausible without an outcome."""
        if not self.outcome.data:
            raise Implausible(f"{place + 1}. Antrag: Wählen Sie, wie er ausging.", f"motions-{place}-outcome")
        return MotionEntry(
            outcome=MotionOutcome(self.outcome.data),
            mover=self.mover.data,
            text=(self.text.data or "").strip(),
            aim=Outcome(self.aim.data) if self.aim.data else None,
            tally=self.tally(),
            wordings=tuple(part.form.wording() for part in self.wordings),
        )


class ResultForm(FlaskForm):
    """What a committee resolved."""

    line = TidyField("Ergebniszeile aus der Niederschrift", validators=[at_most(500)])
    outcome = RadioField("Ergebnis", validators=[InputRequired("Wählen Sie das Ergebnis.")])
    votes_yes = CountField("Ja")
    votes_no = CountField("Nein")
    abstentions = CountField("Enthaltungen")
    present = CountField("Anwesend")
    excluded = CountField("Befangen")
    manner = SelectField("Wie wurde abgestimmt?", choices=MANNERS)
    groups = FieldList(FormField(GroupForm), max_entries=MOST_GROUPS)
    points = FieldList(FormField(PointForm), max_entries=MOST_WORDINGS)
    motions = FieldList(FormField(MotionForm), max_entries=MOST_MOTIONS)
    resolution_text = TextAreaField("Text des Beschlusses", validators=[at_most(20_000)])
    laid_paper_id = SelectField("Vorlage, die dem Gremium vorlag", coerce=int)
    wordings = FieldList(FormField(WordingForm), max_entries=MOST_WORDINGS)
    passage = SelectField("Abschnitt", validate_choice=False)
    next_organization_id = SelectField("Nächstes Gremium", coerce=int)
    next_on = DayField("Nächste Sitzung am")
    wants_successor = BooleanField("Die Beratung wird nachgeholt")
    is_provisional = BooleanField("Vorläufig, bis die Niederschrift freigegeben ist", default=True)
    key = KeyField()
    seen_result_id = HiddenField()

    def offer(self, kinds: Sequence[ResolutionKind], also: Outcome | None = None) -> None:
        """Offer the town's kinds first, or the seven usual outcomes where it has none; then what they leave out.

        also: an outcome that stays on offer under its usual words, since the result that is corrected has them.
        """
        self.names = {f"k{kind.id}": (Outcome(kind.outcome), kind.name) for kind in kinds}
        covered = {outcome for outcome, _ in self.names.values()} - {also}
        first = [SelectChoice(value, name) for value, (_, name) in self.names.items()]
        rest = [outcome for outcome in (*USUAL, *OTHERS) if outcome not in covered]
        usual = [] if first else [outcome for outcome in rest if outcome in USUAL]
        others = [outcome for outcome in rest if outcome not in usual]
        self.first_count = len(first) + len(usual)
        self.outcome.choices = [
            *first,
            *(SelectChoice(code.value, label("outcome", code)) for code in (*usual, *others)),
        ]

    def choose(self, outcome: Outcome, name: str = "") -> None:
        """Mark an outcome, under the town's name where it has one."""
        known = [value for value, (code, _) in self.names.items() if code == outcome]
        named = next((value for value in known if self.names[value][1] == name), None)
        only = known[0] if len(known) == 1 and not name else None
        offered = {choice.value for choice in self.outcome.choices}
        self.outcome.data = named or (outcome.value if outcome.value in offered else only or next(iter(known), None))
        self.outcome.raw_data = None

    def chosen(self) -> tuple[Outcome, str]:
        """The outcome, and the town's name for it; the name is empty for the usual words."""
        return self.names.get(self.outcome.data) or (Outcome(self.outcome.data), "")

    def tally(self) -> Tally:
        """The votes as entered."""
        return Tally(
            self.votes_yes.data, self.votes_no.data, self.abstentions.data, self.present.data, self.excluded.data
        )

    def stated_manner(self) -> Manner | None:
        return Manner(self.manner.data) if self.manner.data else None

    def group_votes(self) -> tuple[GroupVotes, ...]:
        return tuple(part.form.votes() for part in filled(self.groups))

    def entry(self) -> ResultEntry:
        """What was entered. Raises Implausible for a motion without an outcome."""
        outcome, name = self.chosen()
        return ResultEntry(
            outcome=outcome,
            tally=self.tally(),
            manner=self.stated_manner(),
            resolution_text=self.resolution_text.data or "",
            is_provisional=self.is_provisional.data,
            laid_paper_id=self.laid_paper_id.data or None,
            successor=Next(self.next_organization_id.data or None, self.next_on.data, self.wants_successor.data),
            kind_name=name,
            groups=self.group_votes(),
            points=tuple(part.form.point() for part in filled(self.points)),
            motions=tuple(part.form.motion(place) for place, part in enumerate(filled(self.motions))),
        )

    def changed(self) -> list[ChangedWording]:
        """The wordings as entered."""
        return [part.form.wording() for part in self.wordings]

    @property
    def seen(self) -> int | None:
        """The result that was there when the page was shown."""
        value: Any = self.seen_result_id.data
        return int(value) if value and str(value).isdigit() else None


def filled(rows: FieldList) -> list[Any]:
    """The rows in which somebody wrote something, in their order."""
    return [row for row in rows.entries if not row.form.is_blank]


def show_at_part(form: ResultForm, refusal: Implausible) -> bool:
    """Let a refusal stand in the row it speaks of (`groups-0-name`); whether there is such a row."""
    name, _, rest = (refusal.field or "").partition("-")
    place, _, part = rest.partition("-")
    rows = form._fields.get(name)
    if rows is None or rows.type != "FieldList" or not place.isdigit() or int(place) >= len(filled(rows)):
        return False
    fields = filled(rows)[int(place)].form._fields
    field = fields.get(part) or fields["outcome" if "outcome" in fields else "name"]
    field.errors = [*field.errors, refusal.message]
    rows.errors = [row.errors for row in rows.entries if row.errors]
    return True
