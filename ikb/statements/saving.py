"""What saving one remark means, whether one is saved or many: what counts as a change, as the same, as a conflict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ikb.core.texts import normalise
from ikb.drafts.model import Section
from ikb.errors import Conflict, Implausible, NotFound
from ikb.remarks import service as remarks
from ikb.remarks.model import Remark, Wish
from ikb.remarks.service import Said
from ikb.statements.model import Statement


class Outcome(StrEnum):
    """What saving a passage's form did."""

    SAVED = "saved"
    REMOVED = "removed"
    NOTHING = "nothing"  # there was nothing in the form, and nothing stored
    SAME_TEXT = "same_text"  # the proposed wording is what the passage says: there is, or now is, no wish for a change


@dataclass(frozen=True)
class Saved:
    """The statement after a save, its remark if one is left, and what happened."""

    statement: Statement | None
    remark: Remark | None
    outcome: Outcome


def beside(anchor: str | None, section: Section | None, said: Said) -> tuple[Said, bool]:
    """What is said about a section, without a wish for the words that it has; and whether there was such a wish.

    Raises NotFound for a section that is not there, Implausible for a wording of the whole document.
    """
    if anchor is None:
        if said.wish != Wish.NONE:
            raise Implausible("Formulierungen schlagen Sie bei den einzelnen Abschnitten vor.", "proposed_text")
        return said, False
    if section is None:
        raise NotFound("Diesen Abschnitt gibt es in dieser Fassung nicht.")
    is_same = said.wish == Wish.REPLACE and normalise(said.proposed_text) == normalise(section.text)
    return (replace(said, wish=Wish.NONE, proposed_text=""), True) if is_same else (said, False)


def refuse_if_changed(stored: Remark | None, said: Said, row_version: int) -> None:
    """Raises Conflict with both texts if what is stored is not what the writer had before them."""
    if stored is not None:
        remarks.refuse_if_changed(stored, said, row_version)
    elif row_version:
        raise Conflict(
            "Diese Anmerkung wurde inzwischen an anderer Stelle gelöscht. Ihr Text steht noch hier; wenn Sie ihn "
            "speichern, ist die Anmerkung wieder da.",
            theirs="(gelöscht)",
            mine=remarks.in_words(said),
        )


def as_kept(said: Said) -> Said:
    """What is said, as `Said.of` would give it once it is stored."""
    wording = said.proposed_text.strip() if said.wish in remarks.NEEDS_TEXT else ""
    return Said(said.stance, said.comment.strip(), said.wish, wording)
