"""A small version, as a Word file and as the sections that it was made from."""

from __future__ import annotations

from datetime import UTC, datetime

from ikb.core.word.passages import Text, levels, unchanged
from ikb.core.word.placing import Base
from ikb.core.word.reading import read
from ikb.core.word.returned import Returned, compare
from ikb.core.word.signs import label_of
from ikb.core.word.writing import Cover, write

NOW = datetime(2030, 6, 3, 8, 0, tzinfo=UTC)
VERSION = 7
SECTIONS = (
    ("h1", "heading", "1", None, "Sprache"),
    ("p1", "paragraph", None, "h1", "Musterau fördert Sprache von Anfang an. Alle Ämter wirken daran mit."),
    ("p2", "paragraph", None, "h1", "Die Kurse finden am Nachmittag statt."),
    ("bp-1", "point", "1", None, "Die Stadt beschließt das Konzept als Grundlage ihrer Arbeit."),
    ("bp-1.a", "bullet", None, "bp-1", "Die Verwaltung berichtet einmal im Jahr über den Stand."),
    ("bp-1.b", "bullet", None, "bp-1", "Der Bericht wird veröffentlicht."),
    ("a2-z1", "goal", "1", None, "Mehr Sprachförderung in allen Stadtteilen."),
    ("a3-m1", "measure", None, "a2-z1", "Jede Schule bietet zwei Kurse am Nachmittag an."),
)
COVER = Cover(
    kicker="Beschlussvorlage",
    title="Konzept für Musterau",
    facts=(("Drucksache", "12/2030"), ("Fassung", "1 vom 3. Juni 2030")),
    footer="Drucksache 12/2030 · Fassung 1",
    end="Ende der Fassung 1",
    notes=("Ändern Sie den Text, wie er lauten soll.",),
)


def texts(sections=SECTIONS) -> list[Text]:
    depth = dict(levels({anchor: parent for anchor, _, _, parent, _ in sections}))
    return [
        Text(anchor, kind, label_of(kind, number, "Leitziel"), depth[anchor], text)
        for anchor, kind, number, _, text in sections
    ]


def base(sections=SECTIONS) -> list[Base]:
    parents = {row[0]: row[3] for row in sections}
    return [Base(row.anchor, row.label, row.text, parents[row.anchor], f"[{row.anchor}]") for row in texts(sections)]


def sent_out(sections=SECTIONS) -> bytes:
    return write(COVER, unchanged(texts(sections)), VERSION, NOW)


def came_back(data: bytes, sections=SECTIONS) -> Returned:
    return compare(base(sections), read(data), VERSION, COVER.lines())


def wishes(data: bytes, sections=SECTIONS) -> list[tuple[str | None, str, str, str]]:
    return [(one.anchor, one.wish, one.text, one.comment) for one in came_back(data, sections).findings]
