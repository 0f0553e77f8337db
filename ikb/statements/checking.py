"""Whether a receipt that somebody shows is genuine, and whether what we keep still agrees with it. Nothing is stored of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from ikb.core import receipt_file
from ikb.core.receipt_check import Checked, Unreadable, check
from ikb.core.receipt_file import Content
from ikb.db import db
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.statements import proofs, queries
from ikb.statements.model import Receipt, Withdrawal

SECONDS = 15  # for one PDF, with the start of its process


class Verdict(StrEnum):
    """What a check came to."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # a number and a checksum that do not belong together, or to nothing


@dataclass(frozen=True)
class Report:
    """The verdict with its reasons; `receipt` is what was proved, and `state` what became of it, both for a genuine one."""

    verdict: Verdict
    findings: tuple[str, ...] = ()
    receipt: Mapping[str, Any] | None = None
    state: str = ""

    @property
    def received_at(self) -> datetime | None:
        """When it arrived, of a genuine one."""
        return None if self.receipt is None else datetime.fromisoformat(self.receipt["received_at"]["utc"])

    @property
    def signed_at(self) -> datetime | None:
        """When it was signed, of a genuine one."""
        return None if self.receipt is None else datetime.fromisoformat(self.receipt["signed"]["at"])


def check_file(file: bytes) -> Report:
    """Check a file: JSON here, a PDF in a process of its own."""
    try:
        content = _apart(file) if receipt_file.is_pdf(file) else receipt_file.read(file)
        checked = check(content.text, proofs.key_store().public_keys())
    except Unreadable as fault:
        return Report(Verdict.UNREADABLE, (str(fault),))
    return _report(Checked((*content.findings, *checked.findings), checked.receipt))


def check_number(number: str, sha256: str) -> Report:
    """Check a number together with the checksum of the content: only who has the receipt knows both."""
    found = queries.receipt_with(number.strip().upper(), "".join(sha256.lower().split()))
    if found is None:
        return Report(Verdict.UNKNOWN)
    head = proofs.head_of(found)
    if head is None:
        finding = "Sie stammt aus der Zeit vor den Unterschriften; Nummer und Prüfsumme stehen bei uns genau so."
        return Report(Verdict.GENUINE, (finding,), None, queries.state_of(found))
    document = proofs.document_of(found)
    if document is None:
        findings: tuple[str, ...] = ()
    else:
        findings = check(json.dumps(document), proofs.key_store().public_keys()).findings
    return _report(Checked(findings, head["receipt"]))


def _report(checked: Checked) -> Report:
    if not checked.is_genuine:
        return Report(Verdict.ALTERED, checked.findings)
    kept = queries.receipt_numbered_anywhere(checked.receipt["number"])
    broken = [*breaks_of(checked.receipt["journal"]), *_differs(kept, checked.receipt)]
    if broken or kept is None:
        return Report(Verdict.ALTERED, tuple(broken), checked.receipt)
    return Report(Verdict.GENUINE, (), checked.receipt, queries.state_of(kept))


def _differs(kept: Receipt | Withdrawal | None, receipt: Mapping[str, Any]) -> list[str]:
    if kept is None:
        return [
            "Die Unterschrift ist echt, aber bei uns fehlt die Bestätigung mit dieser Nummer. Melden Sie das bitte der Stadt."
        ]
    head = proofs.head_of(kept)
    if head is None or head["receipt"] != receipt:
        return [
            "Die Unterschrift ist echt, aber bei uns ist etwas anderes gespeichert. Melden Sie das bitte der Stadt."
        ]
    return []


def breaks_of(place: Mapping[str, Any]) -> list[str]:
    """Whether the journal still holds an entry where a receipt says it is, whole and between its neighbours."""
    number = place["sequence"]
    rows = select(JournalEntry).where(JournalEntry.id.between(number - 1, number + 1))
    entries = {entry.id: entry for entry in db.session.scalars(rows)}
    entry, before, after = (entries.get(one) for one in (number, number - 1, number + 1))
    if entry is None or entry.digest != place["digest"] or journal.digest_of(entry) != entry.digest:
        return [f"Der Änderungsverlauf enthält Eintrag {number} nicht mehr so, wie die Bestätigung ihn nennt."]
    said_before = before.digest if before is not None else journal.BEGINNING
    said_after = after.previous_digest if after is not None else entry.digest
    if {entry.previous_digest, said_before} != {place["previous"]} or said_after != entry.digest:
        return [f"Im Änderungsverlauf schließt Eintrag {number} nicht mehr an seine Nachbarn an."]
    return []


def _apart(file: bytes) -> Content:
    """Read a PDF from a stranger in a process of its own, with limits on time and memory. Raises Unreadable."""
    if len(file) > receipt_file.LARGEST:
        return receipt_file.read(file)  # refuses by its size alone
    command = [sys.executable, "-I", "-m", receipt_file.__name__]
    try:
        done = subprocess.run(command, input=file, capture_output=True, timeout=SECONDS, check=False, env={}, cwd="/")  # noqa: S603
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as fault:
        raise Unreadable("Das PDF ließ sich nicht lesen: Es ist beschädigt oder ungewöhnlich aufgebaut.") from fault
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    return Content(answer["text"], tuple(answer["findings"]))
