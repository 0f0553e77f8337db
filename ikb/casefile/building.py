"""Putting an archive together: what goes in, in which order, and the index that speaks of it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from flask import current_app

from ikb.bundles import shelf
from ikb.bundles.packing import Pack, Packed, Part, pack
from ikb.casefile import advised, deliberated, papers, received, told
from ikb.casefile.model import CaseArchive, Variant
from ikb.casefile.received import as_json
from ikb.db import db
from ikb.errors import NotReady
from ikb.procedures.model import Procedure
from ikb.tables.written import as_csv
from ikb.web.filters import moment
from ikb.web.labels import label

SUMS = "pruefsummen.sha256"
LARGEST = 4 * 1024**3  # bytes of all files of a case
TOO_LARGE = (
    "Die Dateien dieses Verfahrens sind zusammen größer als 4 GB. Wenden Sie sich an Ihre Verwaltung der Anwendung: Sie kann "
    "die Akte aus der Sicherung zusammenstellen."
)
LEFT_OUT = (
    "Dieses Archiv ist zum Weitergeben gemacht. Institutionen stehen darin mit Art und Nummer, Geschwärztes ist geschwärzt.",
    "Es fehlen: Stellungnahmen im Original mit Anlagen und Bestätigungen, Nachrichten und der Änderungsverlauf.",
    "Es fehlt, was andere Ämter gefragt wurden und was sie dazu sagten.",
    "Es fehlt auch, was in nichtöffentlicher Sitzung beraten wurde, und jeder Vergleich als Word-Datei: er nennt Namen.",
    "Abkürzungen und Anspielungen erkennt das Programm nicht: Lesen Sie die Tabellen, bevor Sie sie weitergeben.",
)
INDEX_HEAD = ("Datei", "Was es ist", "Teil", "Bytes", "SHA-256", "PDF/A", "Hinweis")


def build(archive: CaseArchive, note: Callable[[int, int], None]) -> Packed:
    """Write an archive to its shelf. note: is told after each file how many are done, and of how many.

    The same case at the same moment gives the same bytes. Raises NotReady for more than an archive takes.
    """
    procedure = db.session.get_one(Procedure, archive.procedure_id)
    if archive.variant == Variant.COMPLETE and received.size_of(procedure.id) > LARGEST:
        raise NotReady(TOO_LARGE)
    parts, hints = _parts(procedure, archive)
    done = iter(range(1, len(parts) + 1))
    note(0, len(parts))
    return pack(
        shelf.place_of(archive),
        parts,
        lambda packed: _index(packed, archive, procedure, hints),
        archive.requested_at,
        lambda: note(next(done), len(parts)),
    )


def _parts(procedure: Procedure, archive: CaseArchive) -> tuple[list[Part], list[str]]:
    at, is_complete = archive.requested_at, archive.variant == Variant.COMPLETE
    found = list(papers.parts(procedure, at, names_people=is_complete))
    hints: list[str] = list(() if is_complete else LEFT_OUT)
    if is_complete:
        handed_in, hints = received.parts(procedure.id)
        found += handed_in
    found += deliberated.weighed(procedure, at, is_veiled=not is_complete)
    if is_complete:
        found += advised.opinions(procedure, at)
    found += deliberated.deliberated(procedure, at, is_public_only=not is_complete)
    if is_complete:
        found += [*told.messages(procedure.id, at), *told.entries(procedure.id, at)]
    return found, hints


def _index(packed: Pack, archive: CaseArchive, procedure: Procedure, hints: Iterable[str]) -> Iterator[Part]:
    entries, hints = list(packed.entries), list(hints)
    facts = _facts(archive, procedure)
    rows = [
        (one.name, one.title, one.group, one.size, one.sha256, "ja" if one.is_archival else "", one.note)
        for one in entries
    ]
    data = {"facts": dict(facts), "hints": hints, "files": [vars(one) for one in entries]}
    groups = [(name, list(group)) for name, group in groupby(entries, lambda one: one.group)]
    page = current_app.jinja_env.get_template("casefile/contents.html")
    written = page.render(title=procedure.title, facts=facts, hints=hints, groups=groups, sums=SUMS)
    yield Part("inhalt.csv", "Inhalt (Tabelle)", "", lambda: as_csv(INDEX_HEAD, rows))
    yield Part("inhalt.json", "Inhalt (Daten)", "", lambda: as_json(data))
    yield Part("index.html", "Inhalt", "", lambda: written.encode())
    yield Part(SUMS, "Prüfsummen", "", packed.sums)


def _facts(archive: CaseArchive, procedure: Procedure) -> list[tuple[str, str]]:
    return [
        ("Verfahren", procedure.title),
        ("Aktenzeichen", procedure.file_reference or "nicht angegeben"),
        ("Ansprechperson", procedure.contact_name or "nicht angegeben"),
        ("Stand", moment(archive.requested_at)),
        ("Umfang", label("case_variant", archive.variant)),
    ]
