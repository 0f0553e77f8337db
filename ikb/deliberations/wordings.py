"""The wording that a body resolved for single passages: kept as remarks of its agenda item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ikb.core.redline import Segment, word_diff
from ikb.core.texts import normalise
from ikb.deliberations.model import AgendaItem, Consultation, Paper
from ikb.drafts import queries as drafts
from ikb.drafts.model import Section
from ikb.errors import Implausible
from ikb.remarks import queries as remarks
from ikb.remarks.model import Remark, Stance, Wish
from ikb.remarks.service import Said, add

WISHES = (Wish.REPLACE, Wish.DELETE, Wish.INSERT_AFTER)
REPLACED = "Ersetzt durch die Berichtigung des Ergebnisses."


@dataclass(frozen=True)
class ChangedWording:
    """What a body wants one passage to be. text: the whole new wording; empty for a passage that goes."""

    anchor: str
    text: str = ""
    wish: str = Wish.REPLACE


def check(wordings: Sequence[ChangedWording], paper: Paper | None) -> None:
    """Raises Implausible, naming the passage, where a wording does not fit the paper that was laid."""
    if not wordings:
        return
    if paper is None:
        raise Implausible("Wählen Sie die Vorlage, deren Wortlaut das Gremium geändert hat.", "laid_paper_id")
    sections = {section.anchor: section for section in drafts.sections_of(paper.draft_version_id)}
    seen: set[tuple[str, str]] = set()
    for wording in wordings:
        section = sections.get(wording.anchor)
        if section is None:
            raise Implausible(f"Den Abschnitt {wording.anchor} gibt es in der gewählten Vorlage nicht.", "wordings")
        _check_one(wording, section)
        key = (wording.anchor, "" if wording.wish == Wish.INSERT_AFTER else "text")
        if key in seen and key[1]:
            raise Implausible(
                f"{name_of(section)} kommt zweimal vor. Fassen Sie beide Änderungen zusammen.", "wordings"
            )
        seen.add(key)


def _check_one(wording: ChangedWording, section: Section) -> None:
    if wording.wish not in WISHES:
        raise Implausible("Wählen Sie, was mit dem Abschnitt geschieht.", "wordings")
    if wording.wish == Wish.DELETE:
        return
    if not wording.text.strip():
        raise Implausible(
            f"{name_of(section)}: Der neue Wortlaut fehlt. Schreiben Sie ihn hinein, oder wählen Sie „streichen“.",
            "wordings",
        )
    if wording.wish == Wish.REPLACE and normalise(wording.text) == normalise(section.text):
        raise Implausible(
            f"{name_of(section)}: Der Wortlaut ist derselbe wie in der Vorlage. Ändern Sie ihn, "
            "oder nehmen Sie den Abschnitt aus der Liste.",
            "wordings",
        )


def name_of(section: Section) -> str:
    """A passage in a few words, for a list: its number, or its first words."""
    words = " ".join(section.text.split())
    short = words if len(words) <= 60 else f"{words[:60].rsplit(' ', 1)[0]} …"
    return f"Abschnitt {section.number}" if section.number and section.kind == "point" else f"Abschnitt „{short}“"


def keep(
    consultation: Consultation, paper: Paper | None, wordings: Sequence[ChangedWording], *, agrees: bool, now: datetime
) -> list[Remark]:
    """Store what a body resolved, and retire what a correction no longer says; returns the remarks that hold.

    A retired remark keeps its words, so that what was made of it can still be traced; it only asks for nothing any more.
    """
    item = consultation.agenda_item
    if item is None:
        raise ValueError("Only a consultation on an agenda has a wording.")
    standing = {_key(remark): remark for remark in wishes_of(item.id)}
    wanted = {(paper.draft_version_id, w.anchor, w.wish, normalise(w.text)): w for w in wordings} if paper else {}
    for key, remark in standing.items():
        if key not in wanted:
            remark.wish, remark.comment = Wish.NONE, REPLACED
    stance = Stance.SUPPORT_WITH_CHANGES if agrees else Stance.NEUTRAL
    return [standing[key] if key in standing else _add(item, key[0], w, stance, now) for key, w in wanted.items()]


def _add(item: AgendaItem, version_id: int, wording: ChangedWording, stance: Stance, now: datetime) -> Remark:
    said = Said(stance=stance, wish=wording.wish, proposed_text=wording.text)
    return add(said, draft_version_id=version_id, anchor=wording.anchor, agenda_item_id=item.id, now=now)


def wishes_of(agenda_item_id: int) -> list[Remark]:
    """The changed wordings of an agenda item that hold."""
    return [remark for remark in remarks.of_agenda_item(agenda_item_id) if remark.wish != Wish.NONE]


def _key(remark: Remark) -> tuple[int, str, str, str]:
    text = normalise(remark.proposed_text)
    return remark.draft_version_id, remark.anchor or "", remark.wish, text


def as_wordings(found: Iterable[Remark]) -> list[ChangedWording]:
    """Stored remarks as what was entered."""
    return [ChangedWording(remark.anchor or "", remark.proposed_text, remark.wish) for remark in found]


def redline_of(section_text: str, wording: ChangedWording) -> Sequence[Segment]:
    """The passage as the next reader sees it, changes marked."""
    if wording.wish == Wish.DELETE:
        return word_diff(section_text, "")
    if wording.wish == Wish.INSERT_AFTER:
        return word_diff("", wording.text)
    return word_diff(section_text, wording.text)
