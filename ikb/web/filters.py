"""How dates, numbers and states are written, everywhere the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from flask import Flask, current_app
from markupsafe import Markup, escape

from ikb import log
from ikb.core.clock import BERLIN, berlin_day, require_aware
from ikb.core.formatted import as_html
from ikb.core.languages import LANGUAGES
from ikb.core.redaction import BLACKENED
from ikb.web import labels

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
MISSING = "–"
KILO = 1000
MINUTE = 60


def init_app(app: Flask) -> None:
    """Give templates the filters, and `label` and `tone` as functions for macros."""
    shown = (
        day,
        day_long,
        moment,
        clock_time,
        deadline,
        days_left,
        iso,
        iso_day,
        plural,
        of,
        number,
        percent,
        about,
        size,
        label,
        with_black,
        formatted,
        language_name,
    )
    app.jinja_env.filters.update({function.__name__: function for function in shown})
    app.jinja_env.globals.update(label=_label_of, tone=labels.tone, state_badge=badge)


def language_name(tag: str) -> str:
    """`Türkisch`; the tag itself for a language that is not among ours."""
    return LANGUAGES[tag].german if tag in LANGUAGES else tag


def day(value: date | datetime | None, missing: str = MISSING) -> str:
    """`Mo., 05.10.2026`, the day in Berlin; `missing` where there is none."""
    return missing if value is None else _day(_berlin(value))


@lru_cache(maxsize=4096)
def _day(on: date) -> str:
    return f"{WEEKDAYS[on.weekday()][:2]}., {on:%d.%m.}{on.year}"


def day_long(value: date | datetime | None, missing: str = MISSING) -> str:
    """`Montag, 5. Oktober 2026`, the day in Berlin; `missing` where there is none."""
    if value is None:
        return missing
    on = _berlin(value)
    return f"{WEEKDAYS[on.weekday()]}, {on.day}. {MONTHS[on.month - 1]} {on.year}"


def moment(value: datetime | None, missing: str = MISSING) -> str:
    """`05.10.2026, 21:42 Uhr` in Berlin. Raises ValueError for a naive datetime."""
    if value is None:
        return missing
    local = require_aware(value).astimezone(BERLIN)
    return f"{local:%d.%m.}{local.year}, {local:%H:%M} Uhr"


def clock_time(value: datetime | None, missing: str = MISSING) -> str:
    """`21:42 Uhr` in Berlin. Raises ValueError for a naive datetime."""
    return missing if value is None else f"{require_aware(value).astimezone(BERLIN):%H:%M} Uhr"


def deadline(value: date | datetime | None, missing: str = MISSING) -> str:
    """`Montag, 5. Oktober 2026, 24 Uhr`: the last day of a period, or the moment at which it is over.

    A moment that is midnight in Berlin ends the day before, and is written with that day.
    """
    if value is None:
        return missing
    if not isinstance(value, datetime):
        return f"{day_long(value)}, 24 Uhr"
    local = require_aware(value).astimezone(BERLIN)
    if (local.hour, local.minute) == (0, 0):
        return f"{day_long(local.date() - timedelta(days=1))}, 24 Uhr"
    return f"{day_long(local.date())}, {local:%H:%M} Uhr"


def days_left(last: date, today: date) -> str:
    """`Noch 13 Tage`, `Noch 1 Tag`, `Heute ist der letzte Tag`, `Seit 3 Tagen abgelaufen`.

    last:  last day that counts (inclusive).
    today: the current day in Berlin.
    """
    left = (last - today).days
    if left == 0:
        return "Heute ist der letzte Tag"
    if left > 0:
        return f"Noch {plural(left, 'Tag', 'Tage')}"
    return f"Seit {plural(-left, 'Tag', 'Tagen')} abgelaufen"


def iso(value: date | datetime) -> str:
    """What belongs into `<time datetime="…">`: an ISO day, or a moment with Berlin's offset."""
    if isinstance(value, datetime):
        return require_aware(value).astimezone(BERLIN).isoformat(timespec="seconds")
    return value.isoformat()


def iso_day(value: str) -> str:
    """`Mo., 05.10.2026` from a day that a snapshot holds as text."""
    return day(date.fromisoformat(value))


def with_black(text: str) -> Markup:
    """A text that leaves, in which the word that stands for what is blacked out is seen as such."""
    black = Markup('<span class="black">{}</span>').format(BLACKENED)
    return black.join(escape(part) for part in text.split(BLACKENED))


def formatted(text: str) -> Markup:
    """A reason as a page shows it: paragraphs, lists, bold, italic and links, cleaned of everything else."""
    return Markup(as_html(text))  # noqa: S704 (cleaned there)


def plural(count: int, one: str, many: str) -> str:
    """`1 Anmerkung`, `2 Anmerkungen`, `0 Anmerkungen`."""
    return f"{number(count)} {one if count == 1 else many}"


def of(part: int, whole: int) -> str:
    """`61 von 93`: a number never stands without its whole."""
    return f"{number(part)} von {number(whole)}"


def number(value: int) -> str:
    """`10.000`: thousands apart, as German writes them."""
    return f"{value:,}".replace(",", ".")


def percent(part: int, whole: int) -> str:
    """`65 %`; never `100 %` before all is done."""
    return f"{100 * part // whole if whole else 0} %"


def about(length: timedelta) -> str:
    """A guess of how long something takes: `5 Sekunden`, `40 Sekunden`, `3 Minuten`."""
    seconds = max(length.total_seconds(), 0)
    if seconds < MINUTE:
        return plural(max(5, 5 * round(seconds / 5)), "Sekunde", "Sekunden")
    return plural(round(seconds / MINUTE), "Minute", "Minuten")


def size(count: int) -> str:
    """A file's size in bytes as people read it: `640 Byte`, `31 kB`, `2,4 MB`."""
    if count < KILO:
        return f"{count} Byte"
    if count < KILO * KILO:
        return f"{count / KILO:.0f} kB"
    return f"{count / KILO / KILO:.1f} MB".replace(".", ",")


def label(code: object, group: str) -> str:
    """The German name of a state: `{{ remark.stance|label("stance") }}`."""
    return _label_of(group, code)


def badge(group: str, code: object, text: str = "") -> Markup:
    """A state as word and shape: `{{ badge("outcome", result.outcome) }}`; text: another word than the state's own."""
    return _badge(labels.tone(group, code), text or _label_of(group, code))


@lru_cache(maxsize=1024)
def _badge(tone: str, text: str) -> Markup:
    # Lists draw the same few badges twenty times a page.
    return Markup('<span class="badge badge-{}">{}</span>').format(tone, text)


def _label_of(group: str, code: object) -> str:
    try:
        return labels.label(group, code)
    except KeyError:
        if current_app.testing:
            raise
        # People rather see a code than an error page; whoever runs ikb finds it in the log.
        log.get(__name__).error("state without a name", kind=group, code=str(code))
        return str(code)


def _berlin(value: date | datetime) -> date:
    return berlin_day(value) if isinstance(value, datetime) else value
