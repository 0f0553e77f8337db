"""What exactly was handed in, as bytes that can be hashed again by anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from ikb.core.languages import GERMAN
from ikb.remarks.model import Remark
from ikb.statements.model import Attachment, Statement

FORMAT = "ikb-statement-1"


def as_data(statement: Statement, remarks: Sequence[Remark], files: Sequence[Attachment] = ()) -> dict[str, Any]:
    """The content of a submitted statement; moments are UTC in ISO 8601 with microseconds."""
    invitation = statement.invitation
    version = statement.version
    if statement.submitted_at is None:
        raise ValueError("Only what was submitted has a content that stays.")
    return {
        "format": FORMAT,
        # Random and ours alone: once the content is erased, nobody can guess short answers back from their digest.
        "salt": str(statement.key),
        "number": statement.number,
        "procedure": {"id": invitation.phase.procedure_id, "title": invitation.phase.procedure.title},
        "version": {"draft": version.draft.title, "number": version.number},
        "institution": {"number": invitation.institution.number, "name": invitation.institution.name},
        "sequence": statement.sequence,
        "answer": statement.answer,
        "author_name": statement.author_name,
        "consents_to_name": statement.consents_to_name,
        "received_at": statement.submitted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "is_late": statement.is_late,
        "deadline": {
            "last_day": None if statement.is_standing else invitation.last_day.isoformat(),
            "version": invitation.phase.deadline_version,
        },
        "remarks": [_remark(place, remark) for place, remark in enumerate(remarks, 1)],
        "letter_note": statement.letter_note if files else "",
        "files": [_file(place, attachment) for place, attachment in enumerate(files, 1)],
    }


def sha256_of(content: str) -> str:
    """In hex, over the UTF-8 bytes."""
    return hashlib.sha256(content.encode()).hexdigest()


def _remark(place: int, remark: Remark) -> dict[str, Any]:
    # Said only where it is not plain German about a passage, so that what was sealed before reads as it did.
    spoken = {} if remark.language == GERMAN else {"language": remark.language}
    asked = {} if remark.question_id is None else {"question": remark.question_id}
    return {
        "position": place,
        "section": remark.anchor,
        "stance": remark.stance,
        "comment": remark.comment,
        "wish": remark.wish,
        "proposed_text": remark.proposed_text,
        **spoken,
        **asked,
    }


def _file(place: int, attachment: Attachment) -> dict[str, Any]:
    """Of a file, everything by which its bytes can be told from all others; they themselves are not repeated."""
    return {
        "position": place,
        "section": attachment.anchor,
        "is_letter": attachment.is_letter,
        "name": attachment.file.name,
        "size": attachment.file.size,
        "sha256": attachment.file.sha256,
    }
