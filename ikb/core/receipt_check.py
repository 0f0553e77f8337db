"""Whether a receipt is genuine and unaltered, and if not, what is wrong with it: offline, from the file and a public key."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ikb.core.canonical import NotJson, NotPlain, canonical, read_plain
from ikb.core.clock import BERLIN, end_of_day
from ikb.core.receipt import FORMAT, in_local_time, weekday_of
from ikb.core.receipt_differences import differences
from ikb.core.receipt_words import Path, name_of
from ikb.core.signing import ALGORITHM, SIGNATURE_BYTES, is_signed_by

Keys = Mapping[str, Ed25519PublicKey]

MEMBERS = ("format", "receipt", "content", "check_digits", "signature")
SHAPE: Mapping[str, Any] = {
    "kind": str,
    "number": str,
    "issuer": str,
    "received_at": {
        "utc": str, "local": str, "weekday": str, "zone": str, "by_proxy": (str, type(None)), "by_application": str,
    },
    "deadline": {"last_day": (str, type(None)), "version": int, "is_late": bool},
    "content": {"format": str, "sha256": str},
    "files": list,
    "journal": {"sequence": int, "digest": str, "previous": str},
    "signed": {"at": str, "later": bool},
}  # fmt: skip
_NONE = object()  # "not there", which is not the same as null
YEARS = range(1990, 2200)
SIGNATURE_SHAPE = {"algorithm": str, "key_id": str, "value": str}


class Unreadable(ValueError):
    """This is no receipt at all, or only a piece of one; the message is a German sentence."""


@dataclass(frozen=True)
class Checked:
    """What was found. `receipt` is the member of that name, as far as it could be read."""

    findings: tuple[str, ...]
    receipt: Mapping[str, Any]

    @property
    def is_genuine(self) -> bool:
        return not self.findings


def check(text: str, keys: Keys) -> Checked:
    """Everything that is wrong with a receipt, each as one German sentence; none if it is genuine and unaltered.

    text: the receipt as JSON.
    keys: the public keys of the installation that is said to have given it, by key id.
    Raises Unreadable for what is no JSON object.
    """
    try:
        found = read_plain(text)
        if not isinstance(found, dict):
            raise Unreadable("Die Datei ist lesbar, enthält aber keine Eingangsbestätigung.")
        receipt = found.get("receipt")
        findings = tuple(dict.fromkeys(_findings(found, keys)))
    except NotJson as fault:
        raise Unreadable("Die Datei ist kein vollständiges JSON: Sie ist abgeschnitten oder etwas anderes.") from fault
    except NotPlain as fault:
        return Checked((str(fault),), {})
    except RecursionError:
        return Checked(("Die Datei ist tiefer verschachtelt, als eine Bestätigung es je ist.",), {})
    return Checked(findings, receipt if isinstance(receipt, dict) else {})


def _findings(found: dict[str, Any], keys: Keys) -> Iterator[str]:
    if not any(member in found for member in MEMBERS):
        raise Unreadable("Die Datei ist lesbar, enthält aber keine Eingangsbestätigung.")
    yield from _of_shape(found, dict.fromkeys(MEMBERS, object), ())
    if found.get("format", FORMAT) != FORMAT:
        yield f"„Format“ wurde verändert: Bekannt ist {FORMAT}, die Datei nennt {_shown(found['format'])}."
    receipt, content = found.get("receipt"), found.get("content", _NONE)
    if isinstance(receipt, dict):
        yield from _of_shape(receipt, SHAPE, ("receipt",))
        yield from _of_digits(receipt, content, found.get("check_digits"))
        yield from _of_moments(receipt)
        yield from _of_content(receipt, content)
    yield from _of_signature(found, keys)


def _of_shape(value: Mapping[str, Any], shape: Mapping[str, Any], path: Path) -> Iterator[str]:
    for key in shape.keys() - value.keys():
        yield f"„{name_of([*path, key])}“ fehlt."
    for key, inner in value.items():
        here, wanted = [*path, key], shape.get(key)
        if wanted is None:
            yield f"„{name_of(here)}“ kam hinzu."
        elif isinstance(wanted, dict):
            if isinstance(inner, dict):
                yield from _of_shape(inner, wanted, here)
            else:
                yield f"„{name_of(here)}“ wurde verändert."
        elif not isinstance(inner, wanted) or (wanted is int and isinstance(inner, bool)):
            yield f"„{name_of(here)}“ wurde verändert."


def _of_digits(receipt: dict[str, Any], content: Any, digits: Any) -> Iterator[str]:
    if not isinstance(digits, dict):
        yield "„Prüfziffern“ wurde verändert."
        return
    for key in digits.keys() - {"receipt", "content"}:
        yield f"Zu den Prüfziffern kam „{key}“ hinzu."
    for key, value in (("receipt", receipt), ("content", content)):
        if key not in digits:
            yield f"Die Prüfziffern zu „{name_of([key])}“ fehlen."
        elif value is not _NONE:
            yield from differences(value, digits[key], [key])


def _of_moments(receipt: dict[str, Any]) -> Iterator[str]:
    """Moments, weekday and deadline say the same thing several times: they must agree."""
    received = receipt.get("received_at")
    stamps = received if isinstance(received, dict) else {}
    moments = {name: _moment(stamps.get(name)) for name in ("utc", "local", "by_proxy", "by_application")}
    for name in moments:
        if isinstance(stamps.get(name), str) and moments[name] is None:
            yield f"„{name_of(['receipt', 'received_at', name])}“ ist kein Zeitpunkt mit Zeitzone."
    if stamps.get("zone", BERLIN.key) != BERLIN.key:
        yield f"„Zeitzone des Eingangs“ wurde verändert: Bestätigungen nennen die Zeit in {BERLIN.key}."
    utc, local = moments["utc"], moments["local"]
    if utc is None:
        return
    if utc.utcoffset() != timedelta(0):
        yield "„Eingang in Weltzeit (UTC)“ ist nicht in Weltzeit angegeben."
    if local is not None and stamps["local"] != in_local_time(utc):
        yield "„Eingang in Ortszeit“ und „Eingang in Weltzeit (UTC)“ nennen nicht denselben Zeitpunkt."
    if stamps.get("weekday") != weekday_of(utc):
        yield f"„Wochentag des Eingangs“ passt nicht zum Zeitpunkt: Das war ein {weekday_of(utc)}."
    known = [moment for moment in (moments["by_proxy"], moments["by_application"]) if moment is not None]
    if known and min(known) != utc:
        yield "„Eingang in Weltzeit (UTC)“ ist nicht die frühere der beiden Uhrzeiten, die dafür festgehalten sind."
    yield from _of_deadline(receipt.get("deadline"), utc)


def _of_deadline(deadline: Any, received_at: datetime) -> Iterator[str]:
    if not isinstance(deadline, dict) or not isinstance(deadline.get("last_day", 0), str | None):
        return
    if deadline["last_day"] is None:
        if deadline.get("is_late") is True:
            yield "Der Vermerk „rechtzeitig oder verspätet“ passt nicht: Außerhalb einer Phase gibt es keine Frist."
        return
    try:
        last_day = date.fromisoformat(deadline["last_day"])
    except ValueError:
        last_day = date.min
    if last_day.year not in YEARS:
        yield "„Letzter Tag der Frist“ ist kein Datum."
        return
    if isinstance(deadline.get("is_late"), bool) and (received_at >= end_of_day(last_day)) != deadline["is_late"]:
        yield "Der Vermerk „rechtzeitig oder verspätet“ passt nicht zu Eingang und Frist."


def _of_content(receipt: dict[str, Any], content: Any) -> Iterator[str]:
    if content is _NONE:
        return
    if not isinstance(content, dict):
        yield "„Inhalt“ wurde verändert."
        return
    about = receipt.get("content")
    if isinstance(about, dict) and hashlib.sha256(canonical(content).encode()).hexdigest() != about.get("sha256"):
        yield "Die Prüfsumme des Inhalts passt nicht zum Inhalt."
    yield from _of_files(receipt, content)
    for name, here, there in _SAID_TWICE:
        in_receipt, in_content = _at(receipt, here), _at(content, there)
        if in_receipt is not _NONE and in_content is not _NONE and in_receipt != in_content:
            yield (
                f"„{name}“ steht im Nachweis anders als im Inhalt: {_shown(in_receipt)} gegenüber {_shown(in_content)}."
            )


_SAID_TWICE = (
    ("Eingangsnummer", "number", "number"),
    ("Eingang", "received_at.utc", "received_at"),
    ("Vermerk „verspätet“", "deadline.is_late", "is_late"),
    ("Letzter Tag der Frist", "deadline.last_day", "deadline.last_day"),
    ("Stand der Frist", "deadline.version", "deadline.version"),
    ("Format des Inhalts", "content.format", "format"),
)


def _of_files(receipt: dict[str, Any], content: dict[str, Any]) -> Iterator[str]:
    listed, files = receipt.get("files"), content.get("files", [])
    if not isinstance(listed, list) or not isinstance(files, list):
        return
    digests = [one.get("sha256") if isinstance(one, dict) else None for one in files]
    if listed != digests:
        yield "„Prüfsummen der Dateien“ passt nicht zu den Dateien, die der Inhalt nennt."


def _of_signature(found: dict[str, Any], keys: Keys) -> Iterator[str]:
    signature = found.get("signature")
    if not isinstance(signature, dict):
        if signature is not None:
            yield "„Signatur“ wurde verändert."
        return
    yield from _of_shape(signature, SIGNATURE_SHAPE, ("signature",))
    algorithm, key_id, value = (signature.get(name) for name in SIGNATURE_SHAPE)
    if algorithm != ALGORITHM and "algorithm" in signature:
        yield f"„Verfahren der Signatur“ wurde verändert: Bestätigungen sind mit {ALGORITHM} unterschrieben."
    if not isinstance(key_id, str) or not isinstance(value, str):
        return
    if key_id not in keys:
        yield f"„Kennung des Schlüssels“: Der Schlüssel {_shown(key_id)} gehört nicht zu dieser Stelle."
        return
    written = _signature_bytes(value)
    if written is None:
        yield "Die Signatur ist verstümmelt."
        return
    signed = {name: found.get(name) for name in ("format", "receipt")}
    signed["signature"] = {"algorithm": algorithm, "key_id": key_id}
    if not is_signed_by(keys, key_id, written, canonical(signed).encode()):
        yield "Die Signatur passt nicht: Nachweis oder Signatur wurden verändert, oder jemand anders hat unterschrieben."


def _signature_bytes(value: str) -> bytes | None:
    try:
        written = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    # Base64 has several ways to write the same bytes; only the one that we write is ours.
    is_ours = len(written) == SIGNATURE_BYTES and base64.b64encode(written).decode() == value
    return written if is_ours else None


def _moment(written: Any) -> datetime | None:
    if not isinstance(written, str):
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None and moment.year in YEARS else None


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return _NONE
        value = value[key]
    return value


def _shown(value: Any) -> str:
    written = value if isinstance(value, str) else canonical(value)
    return f"„{written[:80]}{'…' if len(written) > 80 else ''}“"
