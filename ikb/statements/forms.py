"""Forms behind an institution's link."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, DataRequired, Email, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from ikb.remarks.model import Stance, Wish
from ikb.remarks.service import Said
from ikb.statements.model import Answer
from ikb.web.labels import choices

RELOAD = "Laden Sie die Seite neu, und versuchen Sie es noch einmal."
WISHES = {
    Wish.REPLACE.value: "anders formulieren",
    Wish.DELETE.value: "streichen",
}
PLACES = {Wish.INSERT_BEFORE.value: "davor", Wish.INSERT_AFTER.value: "danach"}
SHORT_ANSWERS = (Answer.AGREES, Answer.NO_REMARKS, Answer.NOT_CONCERNED)


def _wishes() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in WISHES.items()]


def _places() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in PLACES.items()]


def plain(text: str | None) -> str:
    """Line breaks as the database keeps them; a browser sends two signs for one."""
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


class RemarkForm(FlaskForm):
    """What is said about one passage. Lengths are judged by the service, which says both of them.

    wish: what should happen with the passage; a wording that is the passage's own is no wish.
    """

    row_version = IntegerField(widget=HiddenInput(), default=0, validators=[InputRequired(RELOAD)])
    stance = RadioField("Wie stehen Sie dazu?", choices=choices("stance", *Stance), validate_choice=False)
    comment = TextAreaField("Ihre Anmerkung", filters=[plain])
    wish = RadioField("Was soll mit dem Abschnitt geschehen?", choices=_wishes, validate_choice=False)
    proposed_text = TextAreaField("So soll der Abschnitt lauten", filters=[plain])

    def said(self) -> Said:
        """The form's content as the rules take it."""
        wish = self.wish.data or Wish.REPLACE
        text = self.proposed_text.data or "" if wish == Wish.REPLACE else ""
        if wish == Wish.REPLACE and not text:
            wish = Wish.NONE
        return Said(self.stance.data or None, self.comment.data or "", wish, text)


class AdditionForm(FlaskForm):
    """A new passage beside one that there is. remark_id, row_version: the wish that is being changed, 0 for a new one."""

    remark_id = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])
    row_version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])
    place = RadioField("Wo soll er stehen?", choices=_places, default=Wish.INSERT_AFTER.value, validate_choice=False)
    inserted_text = TextAreaField("Der neue Abschnitt", filters=[plain])

    def which(self) -> dict[str, int]:
        """The wish that is being changed, as `adding.save` takes it."""
        return {"remark_id": self.remark_id.data or 0, "row_version": self.row_version.data or 0}

    def said(self) -> Said:
        """The form's content as the rules take it."""
        return Said(wish=self.place.data or Wish.INSERT_AFTER, proposed_text=self.inserted_text.data or "")


class SubmitForm(FlaskForm):
    """The act itself: key, what kind of answer, and who gives it."""

    key = HiddenField(validators=[DataRequired(RELOAD), UUID(RELOAD)])
    answer = HiddenField(default=Answer.REMARKS)
    author_name = StringField(
        "Name der Person, die antwortet",
        filters=[lambda text: " ".join((text or "").split())],
        validators=[Length(max=200, message="Der Name ist zu lang: höchstens 200 Zeichen.")],
    )
    consents_to_text = BooleanField("Unsere Stellungnahme darf veröffentlicht werden.")
    consents_to_name = BooleanField("Mein Name darf mit der Stellungnahme veröffentlicht werden.")

    def validate_answer(self, field: HiddenField) -> None:
        """Raises ValidationError for an answer that there is not."""
        if field.data not in set(Answer):
            raise ValidationError(RELOAD)


class ShortAnswerForm(FlaskForm):
    """Which of the three answers without remarks; none is chosen beforehand."""

    class Meta:
        csrf = False  # only leads to the page that asks once more

    antwort = RadioField(
        "Ihre Antwort",
        choices=choices("answer", *SHORT_ANSWERS),
        validators=[InputRequired("Wählen Sie eine der drei Antworten.")],
    )


class NewLinkForm(FlaskForm):
    """The address to which a link was once sent."""

    email = EmailField(
        "E-Mail-Adresse Ihrer Einrichtung",
        validators=[
            DataRequired("Geben Sie die Adresse ein."),
            Email("Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: post@verein.example.org."),
            Length(max=254, message="Höchstens 254 Zeichen."),
        ],
    )
