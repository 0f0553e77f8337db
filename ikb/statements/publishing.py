"""Publishing statements: what exactly would leave, whether it may, and that the public follows when something changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.drafts.model import Section
from ikb.errors import Conflict, NotReady
from ikb.institutions.model import Invitation
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.publications import queries as publication_queries
from ikb.publications import service as publications
from ikb.publications.model import Ground, Publication, PublicationRule
from ikb.publications.service import Snapshot
from ikb.remarks.model import Remark
from ikb.remarks.outgoing import Outgoing, checked_among, outgoing
from ikb.statements import cleared, consents
from ikb.statements.consents import Agreed
from ikb.statements.model import Answer, Statement, StatementState
from ikb.web import labels

KIND = "statement"
FORMAT = "ikb-publication-1"
labels.add(
    "publishing",
    {
        "public": "veröffentlicht",
        "older": "eine frühere Fassung ist veröffentlicht",
        "ready": "kann veröffentlicht werden",
        "unchecked": "noch nicht durchgesehen",
        "no_consent": "keine Einwilligung",
        "no_ground": "keine Grundlage",
        "replaced": "durch eine spätere ersetzt",
    },
    tones={"public": "success", "older": "warning", "ready": "info", "unchecked": "neutral", "no_consent": "neutral"},
)


@dataclass(frozen=True)
class Candidate:
    """One statement with what would leave. hindrance: why it may not be published, a code of `publishing`, or empty."""

    statement: Statement
    snapshot: Snapshot
    hindrance: str
    public: Publication | None

    @property
    def is_same(self) -> bool:
        """Whether exactly this is public."""
        return self.public is not None and (self.public.content, self.public.person) == (
            dict(self.snapshot.content),
            self.snapshot.person,
        )

    @property
    def state(self) -> str:
        if self.public is not None:
            return "public" if self.is_same else "older"
        return self.hindrance or "ready"

    @property
    def digest(self) -> str:
        """Of what would leave: what was looked at is what is published."""
        written = json.dumps([self.snapshot.content, self.snapshot.person], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()


def statements_of(procedure_id: int) -> list[Statement]:
    """What was handed in to a procedure and not replaced, in the order of institutions."""
    rows = (
        select(Statement)
        .join(Statement.invitation)
        .join(Invitation.phase)
        .where(ParticipationPhase.procedure_id == procedure_id, Statement.state == StatementState.SUBMITTED)
    )
    return sorted(db.session.scalars(rows).unique(), key=lambda row: (row.invitation.institution.sort_key, row.id))


def candidates(
    procedure_id: int,
    statements: Sequence[Statement],
    *,
    lifted_since: datetime | None = None,
    only_files: Collection[int] | None = None,
) -> list[Candidate]:
    """Some statements with what would leave of each, in eight queries however many they are; one more with files.

    lifted_since: as `outgoing` takes it. only_files: copies of files that may be among it; None: all that were released.
    """
    rule = publication_queries.rule_of(procedure_id)
    ids = [statement.id for statement in statements]
    said = _said(ids)
    texts = outgoing([remark.id for remarks in said.values() for remark in remarks], lifted_since=lifted_since)
    names, files = _passages(said), cleared.leaving(said, ids, only=only_files)
    held, checked = consents.agreed(statements), checked_among(ids)
    public = {id: row for id, row in publication_queries.newest_of(KIND, ids).items() if row.is_public}
    return [
        Candidate(
            statement,
            _snapshot(
                statement,
                said.get(statement.id, ()),
                texts,
                names,
                held[statement.id],
                files[statement.id],
            ),
            _hindrance(statement, rule, held[statement.id], is_checked=statement.id in checked),
            public.get(statement.id),
        )
        for statement in statements
    ]


def publish(
    procedure_id: int, seen: Mapping[int, str], statements: Sequence[Statement], *, by: Actor, now: datetime
) -> list[Publication]:
    """Publish statements, exactly as their preview showed them.

    seen: the digest of each one's preview, by its id.
    Raises NotReady where one may not be published, Conflict where one has changed since the preview; then none is.
    """
    rule = publication_queries.rule_of(procedure_id)
    found = candidates(procedure_id, statements)
    for one in found:
        if one.hindrance:
            name, why = one.snapshot.title, labels.label("publishing", one.hindrance)
            raise NotReady(f"{name}: {why}. Es wurde nichts veröffentlicht. Öffnen Sie die Liste und wählen Sie neu.")
        if seen.get(one.statement.id) != one.digest:
            raise Conflict(
                f"{one.snapshot.title}: Was hinausgeht, hat sich seit Ihrer Vorschau geändert. Es wurde nichts "
                "veröffentlicht. Sehen Sie die Vorschau noch einmal an."
            )
    return [publications.publish(one.snapshot, rule, by=by, now=now) for one in found]


def withdraw(statement: Statement, *, by: Actor, now: datetime) -> None:
    """Take a statement out of the public."""
    publications.withdraw(KIND, statement.id, "by lead", by=by, now=now)


def withdraw_with(statement: Statement, *, by: Actor, now: datetime) -> None:
    """Take out of the public what its institution has withdrawn or replaced; nothing happens where nothing is public."""
    publications.withdraw(KIND, statement.id, f"statement {statement.state}", by=by, now=now)


def follow(statement: Statement, *, by: Actor, now: datetime) -> None:
    """Let what is public of a statement follow when less of it may leave than before: more is blacked out, or a consent
    was withdrawn. Where it may not be public at all any more, it is withdrawn. Nothing happens where nothing is public.
    """
    public = publication_queries.newest_of(KIND, [statement.id]).get(statement.id)
    if public is None or not public.is_public:
        return
    # What was taken back since is published by an act of its own, with a preview; never along with something else.
    procedure_id = statement.invitation.phase.procedure_id
    out = {file["file"] for file in public.content.get("files", ())}
    [now_leaves] = candidates(procedure_id, [statement], lifted_since=public.at, only_files=out)
    if now_leaves.hindrance == "no_consent":
        publications.withdraw(KIND, statement.id, "consent withdrawn", by=by, now=now)
        return
    ground = PublicationRule(ground=public.ground, basis=public.basis)
    publications.publish(now_leaves.snapshot, ground, by=by, now=now)


def _hindrance(statement: Statement, rule: PublicationRule, held: Agreed, *, is_checked: bool) -> str:
    if statement.state != StatementState.SUBMITTED:
        return "replaced"
    if rule.ground == Ground.CONSENT and not held.to_text:
        return "no_consent"
    if rule.ground == Ground.NONE:
        return "no_ground"
    return "" if is_checked else "unchecked"


def _said(statement_ids: Collection[int]) -> dict[int, list[Remark]]:
    found: dict[int, list[Remark]] = {}
    rows = select(Remark).where(Remark.statement_id.in_(statement_ids)).order_by(Remark.position, Remark.id)
    for remark in db.session.scalars(rows):
        found.setdefault(remark.statement_id or 0, []).append(remark)
    return found


def _passages(said: Mapping[int, Sequence[Remark]]) -> dict[tuple[int, str | None], tuple[str, str]]:
    """Name and text of every passage that is spoken of."""
    wanted = {(remark.draft_version_id, remark.anchor) for remarks in said.values() for remark in remarks}
    rows = select(Section.draft_version_id, Section.anchor, Section.kind, Section.number, Section.text).where(
        Section.draft_version_id.in_({version for version, _ in wanted}),
        Section.anchor.in_({anchor for _, anchor in wanted if anchor}),
    )
    return {
        (version, anchor): (f"{labels.label('section_kind', kind)} {number or ''}".strip(), text)
        for version, anchor, kind, number, text in db.session.execute(rows)
    }


def _snapshot(
    statement: Statement,
    said: Sequence[Remark],
    texts: Mapping[int, Outgoing],
    passages: Mapping[tuple[int, str | None], tuple[str, str]],
    held: Agreed,
    files: Sequence[Mapping[str, Any]],
) -> Snapshot:
    invitation = statement.invitation
    version = statement.version
    remarks = said if statement.answer == Answer.REMARKS else ()
    content: dict[str, Any] = {
        "format": FORMAT,
        "institution": invitation.institution.name,
        "number": statement.number,
        "received_on": berlin_day(statement.submitted_at).isoformat() if statement.submitted_at else None,
        "is_late": statement.is_late,
        "answer": statement.answer,
        "version": version.number,
        **({"outside_phase": True} if statement.is_standing else {}),
        "remarks": [
            _remark(place, remark, texts[remark.id], passages.get((remark.draft_version_id, remark.anchor)))
            for place, remark in enumerate(remarks, 1)
        ],
        **({"files": [dict(file) for file in files]} if files else {}),
    }
    return Snapshot(
        KIND,
        statement.id,
        invitation.phase.procedure_id,
        statement.number or "",
        invitation.institution.name,
        content,
        statement.author_name if held.to_name else "",
    )


def _remark(place: int, remark: Remark, leaves: Outgoing, passage: tuple[str, str] | None) -> dict[str, Any]:
    name, text = passage or ("Das ganze Dokument" if remark.anchor is None else "Früherer Abschnitt", "")
    return {
        "position": place,
        "section": remark.anchor,
        "passage": name,
        "passage_text": text,
        "stance": remark.stance,
        "comment": leaves.said,
        "wish": remark.wish,
        "wording": leaves.wording,
    }
