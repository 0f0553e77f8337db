"""What somebody typed into a form that was refused: shown once more, because pages are not kept and "back" loses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import request
from werkzeug.exceptions import HTTPException

FEW = 4  # characters; whoever typed no more has typed it again as fast as copied it
MOST = 400_000  # characters that one page shows; the longest statement has a quarter of that
MACHINES_OWN = {"csrf_token", "row_version", "seen", "next"}
# Names of fields in words; a number in front of the name (of one row among many) is left out.
WORDS = {
    "address": "Anschrift",
    "author_name": "Ihr Name",
    "comment": "Anmerkung",
    "contact_email": "E-Mail-Adresse",
    "contact_name": "Ansprechperson",
    "contact_phone": "Telefon",
    "email": "E-Mail-Adresse",
    "file_reference": "Aktenzeichen",
    "introduction": "Einleitung",
    "line": "Ergebniszeile",
    "name": "Name",
    "organization": "Gremium",
    "paper_text": "Text der Vorlage",
    "proposed_text": "Formulierung",
    "reason": "Begründung",
    "reference": "Aktenzeichen oder Nummer",
    "resolution_text": "Text des Beschlusses",
    "summary": "Worum es geht",
    "text": "Text",
    "title": "Titel",
}


@dataclass(frozen=True)
class Typed:
    """One field that was sent. is_cut: whether its end is left out because the page would become too long."""

    name: str
    text: str
    is_cut: bool = False


def typed_fields() -> list[Typed]:
    """The texts of the form that was sent, in its order; of a form with a password nothing.

    Together at most `MOST` characters. Nothing either of a form that another site sent: its words are nobody's here.
    """
    if request.method not in ("POST", "PUT", "PATCH") or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large to be read
        return []
    if any("password" in name for name, _ in sent):
        return []
    return _fitting([(name, text) for name, text in sent if _is_typed(name, text)])


def way_back() -> str | None:
    """The path of the page that the form came from, None where that is not known; never another site's."""
    here = urlsplit(request.referrer or "")
    if here.netloc == request.host and _is_path(here.path):
        return f"{here.path}?{here.query}" if here.query else here.path
    rule = request.url_rule
    return request.path if rule is not None and "GET" in (rule.methods or ()) and _is_path(request.path) else None


def _is_path(path: str) -> bool:
    return path.startswith("/") and not path.startswith(("//", "/\\"))


def _is_typed(name: str, text: str) -> bool:
    return name.rpartition("-")[2] not in MACHINES_OWN and len(text.strip()) > FEW and not _is_uuid(text)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _fitting(fields: list[tuple[str, str]]) -> list[Typed]:
    shown: list[Typed] = []
    left = MOST
    for name, text in fields:
        if left <= 0:
            break
        shown.append(Typed(_in_words(name), text[:left], is_cut=len(text) > left))
        left -= len(text)
    return shown


def _in_words(name: str) -> str:
    last = re.sub(r"^.*-", "", name)
    return WORDS.get(last, name)
