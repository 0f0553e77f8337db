"""The receipt as PDF: a page to read and keep, with the signed file inside.

Set from the signed file alone, so that what is printed is what was signed. Takes a few hundredths of a second, the longest
statement well below one, so it is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ikb.config import ROOT
from ikb.core.canonical import canonical
from ikb.core.receipt import WITHDRAWN, as_file
from ikb.core.receipt_file import ATTACHMENT
from ikb.tables.typeset import Standard, typeset
from ikb.web.filters import clock_time, day_long, deadline
from ikb.web.labels import label
from ikb.web.links import external_url

TEMPLATE = ROOT / "templates" / "statements" / "receipt.typ"
STANDARDS: tuple[Standard, ...] = ("ua-1", "a-3a")  # accessible, and fit for an archive with a file inside


def pdf_of(receipt: Mapping[str, Any]) -> bytes:
    """A signed receipt as tagged PDF, with the receipt itself inside under `receipt_file.ATTACHMENT`.

    Where somebody wrote signs that no font at hand has, the page shows boxes in their place and does not claim the standards;
    the file inside has every sign.
    """
    values = {"page": canonical(_page(receipt)), "receipt": as_file(receipt).decode()}
    return typeset(TEMPLATE, values, STANDARDS)


def _received_at(receipt: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(receipt["receipt"]["received_at"]["local"])


def _page(receipt: Mapping[str, Any]) -> dict[str, Any]:
    head, content = receipt["receipt"], receipt["content"]
    at = _received_at(receipt)
    is_withdrawal = head["kind"] == WITHDRAWN
    return {
        "title": "Bestätigung der Rücknahme" if is_withdrawal else "Eingangsbestätigung",
        "number": head["number"],
        "issuer": head["issuer"],
        "procedure": content["procedure"]["title"],
        "date": [at.year, at.month, at.day, at.hour, at.minute],
        "facts": _facts(head, content, at),
        "next": _next(head, is_withdrawal),
        "technical": _technical(receipt),
        "remarks": [_remark(remark) for remark in content.get("remarks", ())],
        "attachment": ATTACHMENT,
        "check_url": external_url("statements.check_receipt"),
    }


def _facts(head: Mapping[str, Any], content: Mapping[str, Any], at: datetime) -> list[list[str]]:
    rows = [
        ["Eingegangen", f"{day_long(at)}, {clock_time(at)} (Berliner Zeit)"],
        ["Von", content["institution"]["name"]],
        ["Zu", f"{content['procedure']['title']}, Fassung {content['version']['number']}"],
    ]
    if "answer" in content:
        rows.append(["Antwort", label("answer", content["answer"])])
    if "statement" in content:
        rows.append(["Zurückgezogen", f"Stellungnahme {content['statement']['number']}"])
    if content.get("author_name"):
        rows.append(["Geschrieben von", content["author_name"]])
    rows.append(["Frist", _in_time(head["deadline"])])
    rows += [["Datei", f"{file['name']}"] for file in content.get("files", ())]
    if head["signed"]["later"]:
        rows.append(["Hinweis", "Diese Bestätigung wurde nachträglich unterschrieben: Sie stammt aus der Zeit davor."])
    return rows


def _in_time(found: Mapping[str, Any]) -> str:
    if found["last_day"] is None:
        return "keine: ständige Einladung, außerhalb einer Phase"
    ends = f"{deadline(date.fromisoformat(found['last_day']))} (Stand {found['version']})"
    return f"verspätet; die Frist endete am {ends}" if found["is_late"] else f"rechtzeitig; die Frist endet am {ends}"


def _next(head: Mapping[str, Any], is_withdrawal: bool) -> list[str]:
    if head["deadline"]["last_day"] is None:
        return [
            "Unter demselben Link können Sie jederzeit wieder schreiben. Diese Stellungnahme bleibt daneben bestehen.",
            "Die Verwaltung prüft jede Anmerkung und begründet, was daraus wird: zu lesen unter Ihrem Link.",
        ]
    last_day = deadline(date.fromisoformat(head["deadline"]["last_day"]))
    if is_withdrawal:
        return [
            "Die zurückgezogene Stellungnahme zählt nicht mehr. Sie bleibt, als zurückgezogen gekennzeichnet, gespeichert.",
            f"Bis {last_day}, können Sie unter Ihrem Link eine neue Stellungnahme abschicken.",
        ]
    now = (
        "Die Projektleitung entscheidet, wie die verspätete Stellungnahme berücksichtigt wird; das steht dann unter Ihrem Link."
        if head["deadline"]["is_late"]
        else f"Bis {last_day}, können Sie die Stellungnahme unter Ihrem Link ersetzen oder zurückziehen."
    )
    return [
        now,
        "Nach der Frist prüft die Verwaltung jede Anmerkung und begründet, was daraus wird: zu lesen unter Ihrem Link.",
    ]


def _technical(receipt: Mapping[str, Any]) -> list[list[str]]:
    head = receipt["receipt"]
    files = [[f"Prüfsumme der Datei {place}", digest] for place, digest in enumerate(head["files"], 1)]
    return [
        ["Prüfsumme des Inhalts", head["content"]["sha256"]],
        *files,
        ["Eingang in Ortszeit", head["received_at"]["local"]],
        ["Eingang in Weltzeit", head["received_at"]["utc"]],
        ["Änderungsverlauf", f"Eintrag {head['journal']['sequence']}"],
        ["Siegel des Eintrags", head["journal"]["digest"]],
        ["Siegel davor", head["journal"]["previous"]],
        ["Schlüssel (Ed25519)", receipt["signature"]["key_id"]],
        ["Unterschrift", receipt["signature"]["value"]],
    ]


def _remark(remark: Mapping[str, Any]) -> dict[str, Any]:
    place = f"Abschnitt {remark['section']}" if remark["section"] else "Zum ganzen Entwurf"
    parts = []
    if remark["comment"]:
        parts.append(["Anmerkung", remark["comment"].splitlines()])
    if remark["wish"]:
        words = remark["proposed_text"].splitlines() or ["Der Abschnitt soll entfallen."]
        parts.append([f"Vorschlag: {label('wish', remark['wish'])}", words])
    return {
        "title": f"Anmerkung {remark['position']}: {place}",
        "stance": label("stance", remark["stance"]) if remark["stance"] else "",
        "parts": parts,
    }


def file_name(receipt: Mapping[str, Any], ending: str) -> str:
    """`Eingangsbestaetigung-E-2030-000042.pdf`."""
    return f"Eingangsbestaetigung-{receipt['receipt']['number']}.{ending}"
