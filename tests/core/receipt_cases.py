"""A genuine receipt, and the ways in which one can be altered, each with the words that must name what is wrong."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ikb.core.canonical import canonical
from ikb.core.receipt import Facts, as_file, digits_of, document, in_utc, sign, signed_part
from ikb.core.signing import key_id_of

RECEIVED = datetime(2030, 6, 3, 8, 0, 0, 250_000, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
KEYS = {key_id_of(KEY.public_key()): KEY.public_key()}
FILE = "f" * 64


def remark(place: int, comment: str, **values: Any) -> dict[str, Any]:
    given = {
        "position": place,
        "section": "bp-1",
        "stance": "oppose",
        "comment": comment,
        "wish": "",
        "proposed_text": "",
    }
    return given | values


CONTENT: dict[str, Any] = {
    "format": "ikb-statement-1",
    "salt": "3f0c0b52-0b53-4a55-a1a8-9a9a8be7a3b1",
    "number": "E-2030-000042",
    "procedure": {"id": 7, "title": "Konzept für Musterau"},
    "version": {"draft": "Beschlussvorlage", "number": 2},
    "institution": {"number": 12, "name": "Verein Brücke e. V."},
    "sequence": 1,
    "answer": "remarks",
    "author_name": "Mina Sander",
    "consents_to_name": False,
    "received_at": in_utc(RECEIVED),
    "is_late": False,
    "deadline": {"last_day": "2030-06-28", "version": 1},
    "remarks": [
        remark(1, "Das ist zu wenig für die Schulen."),
        remark(2, "Bitte früher beginnen: 1 Jahr.", wish="replace", proposed_text="Wir beginnen 2031."),
        remark(3, "Gut so.", stance="support", section=None),
    ],
    "files": [{"name": "Brief.pdf", "sha256": FILE, "size": 2048}],
}


def facts(content: str, **changes: Any) -> Facts:
    given: dict[str, Any] = {
        "kind": "submitted",
        "number": "E-2030-000042",
        "issuer": "https://beteiligung.example.org",
        "received_at": RECEIVED,
        "taken_at": RECEIVED,
        "arrived_at": None,
        "last_day": date(2030, 6, 28),
        "deadline_version": 1,
        "is_late": False,
        "content_format": "ikb-statement-1",
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "files": [FILE],
        "sequence": 311,
        "digest": "a" * 64,
        "previous": "b" * 64,
        "signed_at": RECEIVED,
    }
    return Facts(**(given | changes))


def genuine(key: Ed25519PrivateKey = KEY, content: dict[str, Any] = CONTENT, **changes: Any) -> dict[str, Any]:
    """A receipt as an installation gives it, as data."""
    text = canonical(content)
    signed = signed_part(facts(text, **changes), key_id_of(key.public_key()))
    return document(signed, sign(signed, key), text)


def genuine_text() -> str:
    return as_file(genuine()).decode()


Alter = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Altered:
    """A way to alter a receipt, and the words that its findings must hold."""

    name: str
    text: str
    says: str


def put(path: str, value: Any) -> Alter:
    """Put a value at a path such as `content.remarks.0.comment`."""

    def alter(receipt: dict[str, Any]) -> None:
        inner, last = _parent(receipt, path)
        inner[last] = value

    return alter


def drop(path: str) -> Alter:
    def alter(receipt: dict[str, Any]) -> None:
        inner, last = _parent(receipt, path)
        del inner[last]

    return alter


def _parent(receipt: Any, path: str) -> tuple[Any, Any]:
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        receipt = receipt[part]
    return receipt, last


def with_digits(*acts: Alter) -> Alter:
    """Alter a receipt and its check digits too, as somebody would who has read how they are made."""

    def alter(receipt: dict[str, Any]) -> None:
        for act in acts:
            act(receipt)
        receipt["check_digits"] = digits_of({"receipt": receipt["receipt"], "content": receipt["content"]})

    return alter


def with_checksum(*acts: Alter) -> Alter:
    """Alter the content, its checksum and all check digits: everything but the signature."""

    def checksum(receipt: dict[str, Any]) -> None:
        digest = hashlib.sha256(canonical(receipt["content"]).encode()).hexdigest()
        receipt["receipt"]["content"]["sha256"] = digest

    return with_digits(*acts, checksum)


def swap(first: int, second: int) -> Alter:
    def alter(receipt: dict[str, Any]) -> None:
        remarks = receipt["content"]["remarks"]
        remarks[first], remarks[second] = remarks[second], remarks[first]

    return alter


def flip_signature_bit(receipt: dict[str, Any]) -> None:
    value = receipt["signature"]["value"]
    receipt["signature"]["value"] = ("B" if value[0] == "A" else "A") + value[1:]


def other_padding(receipt: dict[str, Any]) -> None:
    # The last letter before "==" carries four bits that base64 does not use.
    value = receipt["signature"]["value"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    receipt["signature"]["value"] = value[:-3] + letters[letters.index(value[-3]) ^ 1] + "=="


def sign_again(key: Ed25519PrivateKey, *, keep_id: bool) -> Alter:
    """Sign with another key, under its own id or under the right one."""

    def alter(receipt: dict[str, Any]) -> None:
        key_id = receipt["signature"]["key_id"] if keep_id else key_id_of(key.public_key())
        head = {"format": receipt["format"], "receipt": receipt["receipt"]}
        signed = canonical({**head, "signature": {"algorithm": "Ed25519", "key_id": key_id}})
        receipt["signature"] = {"algorithm": "Ed25519", "key_id": key_id, "value": sign(signed, key)}

    return alter


def nothing(receipt: dict[str, Any]) -> None:
    """The alteration is in the text, not in the data."""


FIELDS: tuple[tuple[str, Alter, str], ...] = (
    # The proof itself
    ("format of another version", put("format", "ikb-receipt-2"), "Format"),
    ("format missing", drop("format"), "„Format“ fehlt"),
    ("kind changed", put("receipt.kind", "withdrawn"), "Art der Bestätigung"),
    ("number changed", put("receipt.number", "E-2030-000043"), "„Eingangsnummer“ wurde verändert"),
    ("number missing", drop("receipt.number"), "„Eingangsnummer“ fehlt"),
    ("number in both places", with_digits(put("receipt.number", "E-1"), put("content.number", "E-1")), "Prüfsumme"),
    ("issuer changed", put("receipt.issuer", "https://anders.example.org"), "ausstellende Stelle"),
    ("utc shifted", put("receipt.received_at.utc", "2030-06-03T07:00:00.250000+00:00"), "Eingang in Weltzeit"),
    (
        "local shifted",
        put("receipt.received_at.local", "2030-06-03T11:00:00.250000+02:00"),
        "nicht denselben Zeitpunkt",
    ),
    (
        "local without zone",
        put("receipt.received_at.local", "2030-06-03T10:00:00.250000"),
        "kein Zeitpunkt mit Zeitzone",
    ),
    ("utc without zone", put("receipt.received_at.utc", "2030-06-03T08:00:00.250000"), "kein Zeitpunkt mit Zeitzone"),
    ("utc in another zone", put("receipt.received_at.utc", "2030-06-03T10:00:00.250000+02:00"), "nicht in Weltzeit"),
    ("utc is no moment", put("receipt.received_at.utc", "gestern"), "kein Zeitpunkt"),
    ("utc missing", drop("receipt.received_at.utc"), "„Eingang in Weltzeit (UTC)“ fehlt"),
    ("weekday changed", put("receipt.received_at.weekday", "Dienstag"), "Das war ein Montag"),
    ("zone changed", put("receipt.received_at.zone", "Europe/London"), "Zeitzone"),
    (
        "all moments shifted alike",
        with_checksum(
            put("receipt.received_at.utc", "2030-06-02T08:00:00.250000+00:00"),
            put("receipt.received_at.by_application", "2030-06-02T08:00:00.250000+00:00"),
            put("receipt.received_at.local", "2030-06-02T10:00:00.250000+02:00"),
            put("receipt.received_at.weekday", "Sonntag"),
            put("content.received_at", "2030-06-02T08:00:00.250000+00:00"),
        ),
        "Die Signatur passt nicht",
    ),
    (
        "proxy's moment put in",
        put("receipt.received_at.by_proxy", in_utc(RECEIVED)),
        "bei der Ankunft vermerkte Uhrzeit",
    ),
    ("earlier moment put in", put("receipt.received_at.by_proxy", "2030-06-03T07:59:00+00:00"), "frühere der beiden"),
    ("received_at replaced by text", put("receipt.received_at", "2030-06-03"), "„Eingang“ wurde verändert"),
    ("late flag set", put("receipt.deadline.is_late", True), "Vermerk „rechtzeitig oder verspätet“"),
    ("late flag as a number", put("receipt.deadline.is_late", 0), "Vermerk „rechtzeitig oder verspätet“"),
    ("late flag missing", drop("receipt.deadline.is_late"), "Vermerk „rechtzeitig oder verspätet““ fehlt"),
    ("last day changed", put("receipt.deadline.last_day", "2030-07-05"), "letzter Tag der Frist"),
    ("last day is no day", put("receipt.deadline.last_day", "2030-06-31"), "kein Datum"),
    ("version of the deadline changed", put("receipt.deadline.version", 2), "Stand der Frist"),
    ("deadline missing", drop("receipt.deadline"), "„Frist“ fehlt"),
    ("checksum of the content changed", put("receipt.content.sha256", "0" * 64), "Prüfsumme des Inhalts"),
    ("checksum of the content missing", drop("receipt.content.sha256"), "„Prüfsumme des Inhalts“ fehlt"),
    ("checksum of a file changed", put("receipt.files.0", "0" * 64), "Prüfsumme der Datei 1"),
    ("a file's checksum missing", put("receipt.files", []), "Prüfsumme der Datei 1“ fehlt"),
    ("a file's checksum added", put("receipt.files", [FILE, FILE]), "Prüfsumme der Datei 2“ kam hinzu"),
    ("place in the journal changed", put("receipt.journal.sequence", 312), "Nummer im Änderungsverlauf"),
    ("place in the journal true", put("receipt.journal.sequence", True), "Nummer im Änderungsverlauf"),
    ("seal in the journal changed", put("receipt.journal.digest", "c" * 64), "Siegel im Änderungsverlauf"),
    ("seal before changed", put("receipt.journal.previous", "c" * 64), "Siegel des Eintrags davor"),
    ("journal missing", drop("receipt.journal"), "Platz im Änderungsverlauf“ fehlt"),
    (
        "moment of signing changed",
        put("receipt.signed.at", "2031-01-01T00:00:00.000000+00:00"),
        "Zeitpunkt der Unterschrift",
    ),
    ("signed later", put("receipt.signed.later", True), "nachträglich unterschrieben"),
    ("field added", put("receipt.priority", "hoch"), "Feld priority“ kam hinzu"),
    ("receipt missing", drop("receipt"), "„Nachweis“ fehlt"),
    ("receipt is a list", put("receipt", []), "Nachweis"),
    # What was handed in
    (
        "text of a remark changed",
        put("content.remarks.1.comment", "Bitte später."),
        "Anmerkung 2, Text“ wurde verändert",
    ),
    (
        "one sign of a remark",
        put("content.remarks.0.comment", "Das ist zu wenig für die Schulen!"),
        "Anmerkung 1, Text",
    ),
    ("stance changed", put("content.remarks.0.stance", "support"), "Anmerkung 1, Haltung“ wurde verändert"),
    ("section changed", put("content.remarks.0.section", "bp-2"), "Anmerkung 1, Abschnitt"),
    ("proposed text changed", put("content.remarks.1.proposed_text", "Nie."), "Anmerkung 2, vorgeschlagener Wortlaut"),
    ("wish changed", put("content.remarks.1.wish", "delete"), "Anmerkung 2, Art der Änderung"),
    ("text of a remark missing", drop("content.remarks.2.comment"), "Anmerkung 3, Text“ fehlt"),
    ("field added to a remark", put("content.remarks.0.note", "x"), "Anmerkung 1, Feld note“ kam hinzu"),
    ("remarks in another order", swap(0, 2), "wurde die Reihenfolge verändert"),
    ("first remark missing", drop("content.remarks.0"), "Anmerkung 1“ fehlt"),
    ("last remark missing", drop("content.remarks.2"), "Anmerkung 3“ fehlt"),
    ("remark added", lambda receipt: receipt["content"]["remarks"].append(remark(4, "Neu")), "Anmerkung 4“ kam hinzu"),
    (
        "remark in between",
        lambda receipt: receipt["content"]["remarks"].insert(1, remark(9, "Neu")),
        "Anmerkung 2“ kam hinzu",
    ),
    ("all remarks missing", put("content.remarks", []), "Anmerkung 1“ fehlt"),
    ("kind of answer changed", put("content.answer", "agrees"), "Art der Antwort"),
    ("institution changed", put("content.institution.name", "Verein Brücke"), "Name der Institution"),
    ("consent put in", put("content.consents_to_name", True), "Einwilligung zum Namen"),
    ("consent as a number", put("content.consents_to_name", 0), "Einwilligung zum Namen"),
    ("name of the person changed", put("content.author_name", "M. Sander"), "Name der Person"),
    ("title changed", put("content.procedure.title", "Konzept"), "Titel des Verfahrens"),
    ("salt changed", put("content.salt", "x"), "Zufallszahl"),
    ("name of a file changed", put("content.files.0.name", "Anders.pdf"), "Datei 1, Name"),
    ("checksum of a file in the content", put("content.files.0.sha256", "0" * 64), "Datei 1, Prüfsumme"),
    ("file missing in the content", put("content.files", []), "passt nicht zu den Dateien"),
    ("content missing", drop("content"), "„Inhalt“ fehlt"),
    ("content emptied", put("content", None), "Inhalt"),
    ("content as text", put("content", "x"), "Inhalt"),
    ("text and digits", with_digits(put("content.remarks.0.comment", "Gut.")), "Prüfsumme des Inhalts passt nicht"),
    ("text, digits and checksum", with_checksum(put("content.remarks.0.comment", "Gut.")), "Die Signatur passt nicht"),
    (
        "umlaut in two signs",
        put("content.remarks.0.comment", "Das ist zu wenig fu\u0308r die Schulen."),
        "Unicode-Form",
    ),
    ("blank at the end", put("content.remarks.2.comment", "Gut so. "), "Leerraum"),
    ("two blanks", put("content.remarks.2.comment", "Gut  so."), "Leerraum"),
    ("hard blank", put("content.remarks.2.comment", "Gut\u00a0so."), "Anmerkung 3, Text"),
    ("letter that looks alike", put("content.remarks.2.comment", "Gut sо."), "Anmerkung 3, Text"),
    # Signature and check digits
    ("signature with another bit", flip_signature_bit, "Die Signatur passt nicht"),
    ("signature written differently", other_padding, "Signatur ist verstümmelt"),
    ("signature cut", put("signature.value", "AAAA"), "Signatur ist verstümmelt"),
    ("signature is no base64", put("signature.value", "ü"), "Signatur ist verstümmelt"),
    ("signature empty", put("signature.value", ""), "Signatur ist verstümmelt"),
    ("signature missing", drop("signature.value"), "„Signatur“ fehlt"),
    ("signature altogether missing", drop("signature"), "„Signatur“ fehlt"),
    ("signature is a text", put("signature", "x"), "„Signatur“ wurde verändert"),
    ("key id changed", put("signature.key_id", "0" * 32), "gehört nicht zu dieser Stelle"),
    ("key id missing", drop("signature.key_id"), "„Kennung des Schlüssels“ fehlt"),
    ("signed by another key", sign_again(OTHER_KEY, keep_id=False), "gehört nicht zu dieser Stelle"),
    ("signed by another key under our id", sign_again(OTHER_KEY, keep_id=True), "Die Signatur passt nicht"),
    ("algorithm changed", put("signature.algorithm", "none"), "Verfahren der Signatur"),
    ("field added to the signature", put("signature.note", "x"), "kam hinzu"),
    ("a check digit changed", put("check_digits.receipt.number", "00000000"), "„Eingangsnummer“ wurde verändert"),
    ("a check digit missing", drop("check_digits.content.answer"), "Art der Antwort“ kam hinzu"),
    ("a check digit added", put("check_digits.content.mood", "00000000"), "Feld mood“ fehlt"),
    ("check digits of the content missing", drop("check_digits.content"), "Prüfziffern zu „Inhalt“ fehlen"),
    ("check digits missing", drop("check_digits"), "„Prüfziffern“ fehlt"),
    ("check digits of something else", put("check_digits.more", {}), "Zu den Prüfziffern kam „more“ hinzu"),
    ("member added", put("note", "x"), "Feld note“ kam hinzu"),
)


def in_text(old: str, new: str) -> str:
    text = genuine_text()
    assert old in text
    return text.replace(old, new, 1)


def _altered(alter: Alter) -> str:
    receipt = copy.deepcopy(genuine())
    alter(receipt)
    return json.dumps(receipt, ensure_ascii=False)


TEXTS: tuple[tuple[str, str, str], ...] = (
    ("a key twice", in_text('"kind":', '"kind": "withdrawn", "kind":'), "„kind“ steht doppelt"),
    (
        "the whole receipt twice",
        in_text('"content": {\n  "answer"', '"receipt": {}, "content": {\n  "answer"'),
        "„receipt“ steht",
    ),
    ("NaN", in_text('"sequence": 311', '"sequence": NaN'), "NaN"),
    ("infinity", in_text('"sequence": 311', '"sequence": -Infinity'), "-Infinity"),
    ("a fraction", in_text('"sequence": 311', '"sequence": 311.0'), "311.0"),
    ("an exponent", in_text('"sequence": 311', '"sequence": 311e0'), "311e0"),
    ("half a sign", in_text("Gut so.", "Gut \\ud800"), "halbes Zeichen"),
    (
        "nested beyond reason",
        in_text('"sequence": 311', '"sequence": ' + "[" * 900 + "]" * 900),
        "Nummer im Änderungsverlauf",
    ),
)
ALTERED = [Altered(name, _altered(alter), says) for name, alter, says in FIELDS] + [
    Altered(name, text, says) for name, text, says in TEXTS
]
UNREADABLE = {
    "empty object": "{}",
    "a list": "[]",
    "another file": '{"name": "x"}',
    "cut off in the middle": genuine_text()[:900],
    "cut off at the last brace": genuine_text().rstrip()[:-1],
    "two receipts in one file": genuine_text() * 2,
    "no JSON": "Eingangsbestätigung E-2030-000042",
    "a number that is too long": '{"receipt": ' + "9" * 5000 + "}",
}
