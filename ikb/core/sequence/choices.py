"""The next sittings of a body, each with what follows from going there, in a word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ikb.core.german import day
from ikb.core.sequence.places import is_possible
from ikb.core.sequence.shift import Stuck, decision_on, shift
from ikb.core.sequence.values import Override, Sitting, Station, Town


@dataclass(frozen=True)
class Choice:
    """One sitting to which a station could go.

    moved:       how many other stations would move along, None if it cannot be.
    decision_on: the day of the last decision then.
    word:        the same in a few German words.
    """

    sitting: Sitting
    word: str
    is_possible: bool
    moved: int | None = None
    decision_on: date | None = None


def choices(
    stations: Sequence[Station],
    town: Town,
    station_id: int,
    today: date,
    *,
    limit: int = 6,
    keep: Collection[int] = (),
    overrides: Iterable[Override] = (),
) -> list[Choice]:
    """The body's next sittings after the station's present one, with their consequences; at most `limit`.

    Raises ValueError for a station that is unknown or closed.
    """
    station = next((each for each in stations if each.id == station_id), None)
    if station is None or not station.is_open:
        raise ValueError(f"Station {station_id} is unknown or closed and cannot be postponed.")
    after = max(today, station.on) if station.on else today
    ahead = [each for each in town.calendars.get(station.organization, ()) if each.on > after]
    given = tuple(overrides)
    return [_choice(stations, town, station, each, today, keep, given) for each in ahead[:limit]]


def _choice(
    stations: Sequence[Station],
    town: Town,
    station: Station,
    sitting: Sitting,
    today: date,
    keep: Collection[int],
    overrides: Sequence[Override],
) -> Choice:
    if not is_possible(sitting, town, today):
        return Choice(sitting, "nicht mehr rechtzeitig oder in der sitzungsfreien Zeit", False)
    to, kept = {station.id: sitting.id}, set(keep) - {station.id}
    result = shift(stations, town, [station.id], today, to=to, keep=kept, overrides=overrides)
    if isinstance(result, Stuck):
        return Choice(sitting, f"geht nicht auf: {result.sentence}", False)
    moved, last = len(result.moves) - 1, decision_on(result.stations)
    return Choice(sitting, _word(moved, last), True, moved, last)


def _word(moved: int, last: date | None) -> str:
    if not moved:
        return "alles andere bleibt"
    others = "1 weitere Beratung verschiebt sich" if moved == 1 else f"{moved} weitere Beratungen verschieben sich"
    return f"{others}, Entscheidung am {day(last)}" if last else others
