"""What all pages of this room share: their blueprint, and which draft and which versions of a procedure they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, request

from ikb.consolidation import queries
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion
from ikb.drafts.queries import Ends
from ikb.errors import NotFound
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure

bp = Blueprint("consolidation", __name__)


@dataclass(frozen=True)
class Place:
    """Where a page of the workbench is: the draft that is shown, and the version that statements are on.

    ends: both ends of every draft that has an issued version, by draft.
    """

    procedure: Procedure
    drafts: list[Draft]
    draft: Draft | None = None
    base: DraftVersion | None = None
    ends: Mapping[int, Ends] = field(default_factory=dict)

    @property
    def following(self) -> DraftVersion | None:
        """The version that is being worked on."""
        return self.ends[self.draft.id].following if self.draft else None

    @property
    def values(self) -> dict[str, Any]:
        """What the address of another page of the same draft needs; the first draft needs not be named."""
        own: dict[str, Any] = {"procedure_id": self.procedure.id}
        is_first = self.draft is None or self.draft is self.drafts[0]
        return own if is_first or self.draft is None else own | {"entwurf": self.draft.id}


def place_of(procedure_id: int, draft_id: int | None = None) -> Place:
    """The procedure with a draft, else the one that the address names, else its first. Raises NotFound for a foreign one."""
    procedure = load_procedure(procedure_id)
    ends = {key: two for key, two in drafts.ends_of(Draft.procedure_id == procedure_id).items() if two.issued}
    known = [two.draft for two in ends.values()]
    wanted = draft_id or request.args.get("entwurf", type=int)
    draft = next((one for one in known if wanted is None or one.id == wanted), None)
    if draft is None and wanted is not None:
        raise NotFound("Diesen Entwurf gibt es in diesem Verfahren nicht.")
    return Place(procedure, known, draft, ends[draft.id].issued if draft else None, ends)


def chosen_versions(procedure_id: int) -> tuple[DraftVersion, DraftVersion]:
    """The two versions that the address names, the older one first. Raises NotFound unless they are of one draft."""
    known = {version.id: version for version in queries.versions_of(procedure_id)}
    old, new = (known.get(request.args.get(name, 0, type=int)) for name in ("alt", "neu"))
    if old is None or new is None or old.draft_id != new.draft_id:
        raise NotFound("Wählen Sie zwei Fassungen desselben Entwurfs.")
    return (old, new) if old.number <= new.number else (new, old)
