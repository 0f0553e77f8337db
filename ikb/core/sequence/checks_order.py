"""Is everything in its order: decision after pre-deliberation and hearings, invitations after what they have to report?"""

from __future__ import annotations

from collections.abc import Iterator

from ikb.core.german import day, listed
from ikb.core.sequence.look import Look, finding, named
from ikb.core.sequence.order import Demand, Kind, slack
from ikb.core.sequence.values import Finding, Station


def findings(look: Look) -> Iterator[Finding]:
    """The pairs that are out of order, and for each body the hearings that come after its invitation."""
    late: dict[int, list[Station]] = {}
    for demand in look.demands:
        before, after = look.when(demand.earlier), look.when(demand.later)
        if before is None or after is None or slack(demand.kind, before, after) > 0:
            continue
        if demand.kind is not Kind.GAP:
            yield finding(demand.code, _sentence(demand), (demand.later, demand.earlier))
        elif slack(Kind.ORDER, before, after) > 0:  # else it is out of order altogether, which is said already
            late.setdefault(demand.later.id, []).append(demand.earlier)
    for later, hearings in late.items():
        yield _late_hearings(look, look.known[later], hearings)


def _sentence(demand: Demand) -> str:
    earlier, later = demand.earlier, demand.later
    if demand.code == "same_day":
        return f"{later.name} soll die Vorlage am {_on(later)} zweimal beraten. Wählen Sie für eine Beratung einen anderen Tag."
    if demand.code == "successor_before":
        return f"Die neue Beratung in {named(later)} liegt nicht nach der alten in {named(earlier)}."
    if earlier.day == later.day:
        return f"{named(later)} tagt am selben Tag wie {earlier.name}, und nicht erkennbar danach."
    which = "dem neuen Termin" if earlier.moved_from else "der Sitzung"
    return f"{named(later)} liegt vor {which} von {named(earlier)}."


def _on(station: Station) -> str:
    return day(station.day) if station.day else ""


def _late_hearings(look: Look, later: Station, hearings: list[Station]) -> Finding:
    sends_on = look.notice(later).send_on
    by_day: dict[str, list[str]] = {}
    for each in hearings:
        by_day.setdefault(_on(each), []).append(each.name)
    who = "; ".join(f"{listed(names)} am {on}" for on, names in by_day.items())
    sentence = (
        f"Die Einladung für {named(later)} muss spätestens am {day(sends_on)} hinaus, bevor alle angehört wurden: "
        f"{who}. Was dort geändert wird, kommt nur als Nachtrag oder Tischvorlage an."
    )
    return finding("late_hearing", sentence, (later, *hearings))
