"""Refusals: what ikb does not do, why, and what to do instead, in a German sentence fit to be shown."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Something the rules forbid; one handler turns it into a page, a fragment or JSON.

    status:  the HTTP status of the answer.
    code:    stable name for programs.
    message: one German sentence or more: what, what is safe, what now.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """There is no such thing, or none that this visitor may see: both look alike."""

    status = 404
    code = "not_found"


class NotAllowed(Refusal):
    """The visitor is known, and their role does not cover this."""

    status = 403
    code = "not_allowed"


class NotSignedIn(Refusal):
    """A form was sent without an account's session: none is open, or it ended meanwhile."""

    status = 403
    code = "not_signed_in"


class Conflict(Refusal):
    """Somebody else changed the thing meanwhile; `theirs` and `mine` are the two texts."""

    status = 409
    code = "edited_meanwhile"

    def __init__(self, message: str, theirs: str = "", mine: str = "") -> None:
        super().__init__(message)
        self.theirs = theirs
        self.mine = mine


class Immutable(Refusal):
    """Issued versions, submitted statements, recorded results and the journal only grow."""

    status = 409
    code = "immutable"


class PhaseNotOpen(Refusal):
    """The participation has not begun, or was not opened yet."""

    status = 409
    code = "phase_not_open"


class NothingToSubmit(Refusal):
    """An empty draft is not a statement."""

    code = "nothing_to_submit"


class NotYetDecided(Refusal):
    """A version cannot be issued while proposals or conflicts are open; `open_points` names them."""

    status = 409
    code = "not_yet_decided"

    def __init__(self, message: str, open_points: list[str]) -> None:
        super().__init__(message)
        self.open_points = open_points


class NotReady(Refusal):
    """A step needs another one first: `Abschnitte fehlen`, `noch keine Institution eingeladen`."""

    status = 409
    code = "not_ready"


class Implausible(Refusal):
    """What was entered cannot be: an impossible tally, a result before the sitting; `field` names the input."""

    code = "implausible"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Faulty(Refusal):
    """A file that cannot be taken in; `faults` has one German line per fault, and nothing was stored."""

    code = "faulty_file"

    def __init__(self, message: str, faults: list[str]) -> None:
        super().__init__(message)
        self.faults = faults


class FileRefused(Refusal):
    """One file that is not taken in; the rest of what was sent is. `reason` is a sentence or two, `cause` a stable code."""

    code = "file_refused"

    def __init__(self, name: str, reason: str, cause: str) -> None:
        super().__init__(f"Die Datei „{name}“ wurde nicht angenommen. {reason}")
        self.name = name
        self.reason = reason
        self.cause = cause
