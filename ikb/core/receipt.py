"""The receipt as a file, format `ikb-receipt-1`: what is in it, and how it is signed.

A receipt is one JSON object (UTF-8) with five members:

    format        "ikb-receipt-1"
    receipt       what is proved; see `Facts`
    content       what was handed in, word for word; `receipt.content.sha256` is over its canonical JSON
    check_digits  CRC-32 in hex beside every value of `receipt` and `content`, in the same nesting
    signature     {"algorithm": "Ed25519", "key_id": "…", "value": "…"}

Signed are the bytes of the canonical JSON of {format, receipt, signature without value}; the content is covered by its digest.
The key id is the fingerprint of the public key. The check digits are not signed and prove nothing: they only tell *where* a
file was altered. Source of the canonical form: RFC 8785, for values without fractions; of the signature: RFC 8032.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ikb.core.canonical import canonical
from ikb.core.clock import BERLIN, require_aware
from ikb.core.signing import ALGORITHM

FORMAT = "ikb-receipt-1"
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
SUBMITTED, WITHDRAWN = "submitted", "withdrawn"


@dataclass(frozen=True)
class Facts:
    """What a receipt proves.

    kind:        `submitted` or `withdrawn`.
    issuer:      address of the installation that gave it.
    received_at: the moment that counts for the sender.
    arrived_at:  what the proxy in front noted, taken_at: what the application's own clock said; the earlier one counts.
    last_day:    of the deadline, inclusive, until 24:00 in Berlin, None outside of a phase; deadline_version rises whenever
                 it is moved.
    sha256:      over the canonical JSON of the content; files: over the bytes of each attached file.
    sequence, digest, previous: the entry in the journal's chain and the entry before it.
    signed_at:   later than the receipt itself where it was given before ikb signed receipts.
    """

    kind: str
    number: str
    issuer: str
    received_at: datetime
    taken_at: datetime
    arrived_at: datetime | None
    last_day: date | None
    deadline_version: int
    is_late: bool
    content_format: str
    sha256: str
    files: Sequence[str]
    sequence: int
    digest: str
    previous: str
    signed_at: datetime


def in_utc(moment: datetime) -> str:
    """`2030-06-03T08:00:00.000000+00:00`."""
    return require_aware(moment).astimezone(UTC).isoformat(timespec="microseconds")


def in_local_time(moment: datetime) -> str:
    """`2030-06-03T10:00:00.000000+02:00`, in Berlin."""
    return require_aware(moment).astimezone(BERLIN).isoformat(timespec="microseconds")


def weekday_of(moment: datetime) -> str:
    """The weekday in Berlin."""
    return WEEKDAYS[require_aware(moment).astimezone(BERLIN).weekday()]


def as_data(facts: Facts) -> dict[str, Any]:
    """The member `receipt` of the file."""
    return {
        "kind": facts.kind,
        "number": facts.number,
        "issuer": facts.issuer,
        "received_at": {
            "utc": in_utc(facts.received_at),
            "local": in_local_time(facts.received_at),
            "weekday": weekday_of(facts.received_at),
            "zone": BERLIN.key,
            "by_proxy": None if facts.arrived_at is None else in_utc(facts.arrived_at),
            "by_application": in_utc(facts.taken_at),
        },
        "deadline": {
            "last_day": None if facts.last_day is None else facts.last_day.isoformat(),
            "version": facts.deadline_version,
            "is_late": facts.is_late,
        },
        "content": {"format": facts.content_format, "sha256": facts.sha256},
        "files": list(facts.files),
        "journal": {"sequence": facts.sequence, "digest": facts.digest, "previous": facts.previous},
        "signed": {"at": in_utc(facts.signed_at), "later": facts.signed_at != facts.taken_at},
    }


def signed_part(facts: Facts, key_id: str) -> str:
    """Exactly what is signed, as canonical JSON."""
    signature = {"algorithm": ALGORITHM, "key_id": key_id}
    return canonical({"format": FORMAT, "receipt": as_data(facts), "signature": signature})


def sign(signed: str, key: Ed25519PrivateKey) -> str:
    """The signature over a signed part, in base64."""
    return base64.b64encode(key.sign(signed.encode())).decode()


def document(signed: str, signature: str, content: str) -> dict[str, Any]:
    """The whole receipt from its signed part, its signature and its content, the first and the last as JSON texts."""
    head, said = json.loads(signed), json.loads(content)
    return {
        "format": head["format"],
        "receipt": head["receipt"],
        "content": said,
        "signature": {**head["signature"], "value": signature},
        "check_digits": digits_of({"receipt": head["receipt"], "content": said}),
    }


def as_file(receipt: Mapping[str, Any]) -> bytes:
    """A receipt as it is handed out: indented, so that people can read it. The blanks are not part of what is signed."""
    return (json.dumps(receipt, ensure_ascii=False, indent=1) + "\n").encode()


def digits_of(value: Any) -> Any:
    """The same nesting with the check digits of each value in its place."""
    if isinstance(value, dict):
        return {key: digits_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [digits_of(inner) for inner in value]
    return digit_of(value)


def digit_of(value: Any) -> str:
    """CRC-32 over the canonical JSON of one value, in hex."""
    return f"{zlib.crc32(canonical(value).encode()):08x}"
