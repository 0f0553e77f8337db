"""Receipts as signed files: what this installation proves with its own key, and to whom a file can be given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from ikb.config import Config
from ikb.core import receipt as core
from ikb.core.key_store import FOLDER, KeyStore
from ikb.core.receipt import Facts
from ikb.db import db
from ikb.journal.model import JournalEntry
from ikb.statements.model import LateSignature, Receipt, Withdrawal

_EXTENSION = "ikb_receipt_keys"


@dataclass(frozen=True)
class Proof:
    """What is stored of a signature: exactly what was signed, and the signature in base64."""

    signed_part: str
    signature: str


def key_store() -> KeyStore:
    """The keys of this installation, in its data folder."""
    store: KeyStore | None = current_app.extensions.get(_EXTENSION)
    if store is None:
        store = current_app.extensions[_EXTENSION] = KeyStore(_config().data_dir / FOLDER)
    return store


def prove(
    kind: str,
    content: Mapping[str, Any],
    sha256: str,
    entry: JournalEntry,
    *,
    taken_at: datetime,
    arrived_at: datetime | None = None,
    signed_at: datetime,
) -> Proof:
    """Sign what was received: its content by its digest, its moment, its deadline and its place in the journal.

    content: what was handed in, as data; number, deadline and moment are taken from it.
    Raises NoKey where the installation's key cannot be read: without one there is no receipt.
    """
    key_id, key = key_store().current()
    facts = Facts(
        kind=kind,
        number=content["number"],
        issuer=_config().base_url,
        received_at=datetime.fromisoformat(content["received_at"]),
        taken_at=taken_at,
        arrived_at=arrived_at,
        last_day=last_day_of(content["deadline"]),
        deadline_version=content["deadline"]["version"],
        is_late=content["is_late"],
        content_format=content["format"],
        sha256=sha256,
        files=[file["sha256"] for file in content.get("files", ())],
        sequence=entry.id,
        digest=entry.digest,
        previous=entry.previous_digest,
        signed_at=signed_at,
    )
    signed = core.signed_part(facts, key_id)
    return Proof(signed, core.sign(signed, key))


def last_day_of(deadline: Mapping[str, Any]) -> date | None:
    """The last day of a deadline as receipts carry it; None outside of a phase."""
    return date.fromisoformat(deadline["last_day"]) if deadline["last_day"] else None


def proof_of(receipt: Receipt | Withdrawal) -> Proof | None:
    """What was signed of a receipt, when it was given or later; None if it was not."""
    if receipt.signed_part is not None and receipt.signature is not None:
        return Proof(receipt.signed_part, receipt.signature)
    late = db.session.scalar(select(LateSignature).where(LateSignature.receipt_id == receipt.id))
    return None if late is None else Proof(late.signed_part, late.signature)


def document_of(receipt: Receipt | Withdrawal) -> dict[str, Any] | None:
    """A receipt as the file that can be checked by anybody; None if it has no signature yet, or its content is gone."""
    proof = proof_of(receipt)
    if proof is None or not receipt.content:
        return None
    return core.document(proof.signed_part, proof.signature, receipt.content)


def head_of(receipt: Receipt | Withdrawal) -> dict[str, Any] | None:
    """What was signed with the signature in its place, as data; None where nothing was."""
    proof = proof_of(receipt)
    if proof is None:
        return None
    head: dict[str, Any] = json.loads(proof.signed_part)
    head["signature"]["value"] = proof.signature
    return head


def _config() -> Config:
    config: Config = current_app.extensions["ikb_config"]
    return config
