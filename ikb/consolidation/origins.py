"""Where each change between two versions comes from, as a Word file tells it: author, day, and the remarks behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ikb.consolidation import hand_edits, wordings
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.traces import changes_between
from ikb.consolidation.voices import Voice, body_in_words, voices_of
from ikb.core.formatted import as_plain
from ikb.core.word.spans import Origin, Span, exact_spans, new_text, old_text
from ikb.drafts.model import Change, DraftVersion
from ikb.web.filters import plural
from ikb.web.labels import label

MOST_NAMED = 30  # remarks that one comment names
BY_HAND = "Verwaltung, von Hand"

Segment = Mapping[str, Any]


class Origins:
    """Knows every change that was made between two versions of a draft; as `Reasons` of the core."""

    def __init__(self, old: DraftVersion, new: DraftVersion) -> None:
        self._changes: dict[str, list[Change]] = defaultdict(list)
        for change in changes_between(old, new):
            self._changes[change.anchor].append(change)
        every = [part for changes in self._changes.values() for change in changes for part in change.segments]
        steps = [step["hand"] for changes in self._changes.values() for change in changes for step in change.trace]
        self._edits = hand_edits.by_ids({*steps, *(one for part in every for one in part.get("hand", ()))})
        self._answered = {
            edit: [one.remark_id for one in decisions]
            for edit, decisions in wordings.decisions_by(self._edits.keys()).items()
        }
        self._voices = voices_of({one for part in every for one in self._remarks(part)})
        self._at = new.issued_at or new.created_at
        self.unknown = Origin(f"Fassung {old.number} zu {new.number}", self._at)

    def __call__(self, anchor: str, old: str, new: str) -> Sequence[Span] | None:
        """The spans of a section with the origin of each; None where nobody noted one.

        Where several versions changed it, or its blanks differ, all of them are the origin of each change.
        """
        changes = self._changes.get(anchor, [])
        if len(changes) == 1:
            spans = [Span(part["t"], part["text"], self._origin([part])) for part in changes[0].segments]
            if (old_text(spans), new_text(spans)) == (old, new):
                return spans
        changed = [part for change in changes for part in change.segments if part["t"] != "keep"]
        moves = [step["hand"] for change in changes for step in change.trace if step["kind"] == "moved"]
        if not changed and not moves:
            return None
        return exact_spans(old, new, self._origin([*changed, {"t": "move", "remarks": [], "hand": moves}]))

    def _origin(self, parts: Sequence[Segment]) -> Origin:
        changed = [part for part in parts if part["t"] != "keep"]
        ids = sorted({one for part in changed for one in self._remarks(part)})
        voices = [self._voices[one] for one in ids if one in self._voices]
        edits = [self._edits[one] for part in changed for one in part.get("hand", ()) if one in self._edits]
        if not voices and not edits:
            return self.unknown
        return Origin(_authors(voices, edits), _moment(edits, self._at), _note(voices, edits))

    def _remarks(self, part: Segment) -> list[int]:
        """The remarks behind a stretch: those that asked for it, and those that a wording of the lead's own answers."""
        return [*part["remarks"], *(one for edit in part.get("hand", ()) for one in self._answered.get(edit, ()))]


def _authors(voices: Sequence[Voice], edits: Sequence[HandEdit]) -> str:
    """`Schulausschuss · 3 Institutionen`: bodies by name, institutions by their number."""
    bodies = dict.fromkeys(voice.name for voice in voices if voice.is_of_a_body)
    institutions = {voice.name for voice in voices if not voice.is_of_a_body}
    said = [*bodies, *([plural(len(institutions), "Institution", "Institutionen")] if institutions else [])]
    return " · ".join([*said, *([BY_HAND] if edits else [])])


def _moment(edits: Sequence[HandEdit], otherwise: datetime) -> datetime:
    return max((edit.edited_at for edit in edits), default=otherwise)


def _note(voices: Sequence[Voice], edits: Sequence[HandEdit]) -> str:
    lines = [
        f"{label('hand_edit_kind', edit.kind)}: {as_plain(edit.reason)}"
        for edit in {edit.id: edit for edit in edits}.values()
    ]
    if voices:
        named = [_named(voice) for voice in voices[:MOST_NAMED]]
        more = len(voices) - len(named)
        lines.append("Anmerkungen: " + "; ".join(named) + (f"; und {more} weitere" if more else ""))
    return "\n".join(lines)


def _named(voice: Voice) -> str:
    if voice.is_of_a_body:
        return body_in_words(voice)
    return f"{voice.statement_number} Nr. {voice.remark.position} ({voice.name})"
