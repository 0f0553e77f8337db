"""Form fields that several rooms use: a day as people write it, a whole number, checkboxes, a hidden version and key."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import DateField, HiddenField, IntegerField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from ikb.core.written import read_clock

WRITTEN = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")

YEARS = range(1990, 2101)


_TWO_DAYS = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{2,4})?\D+\d{1,2}\.\d{1,2}\.|\d{4}-\d\d-\d\d\D+\d{4}-\d\d-\d\d")


class DayField(DateField):  # type: ignore[misc]  # WTForms has no types
    """A day from 1990 to 2100, as the browser sends it or as people write it; empty is None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError with a sentence that shows how to write it."""
        written = (valuelist[0] if valuelist else "").strip()
        self.data: Any = None
        if not written:
            return
        if _TWO_DAYS.search(written):
            raise ValueError(f"Hier stehen zwei Tage: „{written[:60]}“. Nennen Sie einen.")
        for form in WRITTEN:
            try:
                day = datetime.strptime(written, form).date()  # noqa: DTZ007 (a day, not a moment)
            except ValueError:
                continue
            # Sums with a day at the end of the calendar leave it, and a year with a digit too many is a slip.
            if day.year not in YEARS:
                raise ValueError(f"Schreiben Sie ein Jahr von {YEARS[0]} bis {YEARS[-1]}, zum Beispiel 28.06.2030.")
            self.data = day
            return
        raise ValueError("Diesen Tag gibt es nicht. Schreiben Sie ihn so: 28.06.2030.")


class ClockField(TimeField):  # type: ignore[misc]  # WTForms has no types
    """A time of day as people write it: 17:00, 17.00, 17 Uhr or 17; empty is None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError with a sentence that shows how to write it."""
        written = (valuelist[0] if valuelist else "").strip()
        self.data: Any = read_clock(written) if written else None
        if written and self.data is None:
            raise ValueError("Diese Uhrzeit gibt es nicht. Schreiben Sie sie so: 17:00.")


class CountField(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A whole number from 0 to 9999; empty is None, which is not 0."""

    def __init__(self, label: str, **values: object) -> None:
        super().__init__(label, validators=[Optional()], **values)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError for whatever is no number."""
        written = (valuelist[0] if valuelist else "").strip()
        self.data: Any = None
        if not written:
            return
        if not written.isascii() or not written.isdigit() or len(written) > 4:
            raise ValueError("Schreiben Sie eine Zahl, zum Beispiel 12, oder lassen Sie das Feld leer.")
        self.data = int(written)


class KeyField(HiddenField):  # type: ignore[misc]  # WTForms has no types
    """The form's own UUID, made when the page is shown: sent twice, what it creates is made once."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Raises ValueError where it is missing or somebody changed it."""
        try:
            self.data: Any = uuid.UUID(valuelist[0] if valuelist else "")
        except ValueError as fault:
            raise ValueError("Laden Sie die Seite neu und senden Sie das Formular noch einmal.") from fault


def row_version() -> IntegerField:
    """The version of the row that the form was made from."""
    return IntegerField(widget=HiddenInput(), validators=[InputRequired("Laden Sie die Seite neu.")])


class TidyField(StringField):  # type: ignore[misc]  # WTForms has no types
    """One line of text without blanks around it; never None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data: str = " ".join((valuelist[0] if valuelist else "").split())


class ChecksField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Several of a few, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
