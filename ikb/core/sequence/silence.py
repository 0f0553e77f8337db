"""From when on silence counts as consent."""

from __future__ import annotations

from datetime import date

from ikb.core.periods import deadline
from ikb.core.sequence.values import Station, Town


def deemed_heard_on(station: Station, town: Town, published_on: date) -> date:
    """The last day on which a body can still speak; from its end on silence counts as consent.

    The town's period runs from the publication, itself not counted; on a day that is none for work it moves on. If the
    body does not sit within it, it lasts to the body's next sitting.
    Source: a text proposed in Köln (domain notes, section 7), no statute: the town needs a rule of its own for it.
    """
    ends_on = deadline(published_on, town.silence_days, town.local_exceptions)
    ahead = [each.on for each in town.calendars.get(station.organization, ()) if each.on > published_on]
    if not ahead or ahead[0] <= ends_on:
        return ends_on
    return ahead[0]
