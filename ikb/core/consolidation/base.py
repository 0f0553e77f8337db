"""The draft that statements are about: `base.json`, format `ikb-base/1`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ikb.core.consolidation.faults import Reading, Record
from ikb.core.proposals import Section
from ikb.core.wishes import Place

FORMAT = "ikb-base/1"
KINDS = ("section", "goal", "measure", "paragraph")


@dataclass(frozen=True, slots=True)
class Element:
    """One passage of the current version. parent: id of the element above, or None."""

    id: str
    parent: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Base:
    """The current version of a draft with its earlier texts.

    elements: in document order.
    history:  earlier version number -> element id -> text.
    """

    document_id: str
    title: str
    version: int
    elements: tuple[Element, ...]
    history: Mapping[int, Mapping[str, str]]

    def known_ids(self) -> set[str]:
        """Ids of all elements that exist or ever existed."""
        return {element.id for element in self.elements}.union(*self.history.values())

    def section(self, element_id: str) -> Section:
        """The texts of one element through the versions; none at all if it never existed."""
        places = {element.id: place for place, element in enumerate(self.elements)}
        older = {version: texts[element_id] for version, texts in self.history.items() if element_id in texts}
        if element_id not in places:
            return Section(self.version, None, older)
        at = places[element_id]
        return Section(self.version, self.elements[at].text, older, self._added_since(at, older))

    def ends(self) -> list[int]:
        """For each element, where the elements below it end: the place after the last of them."""
        places = {element.id: place for place, element in enumerate(self.elements)}
        ends = [place + 1 for place in range(len(self.elements))]
        for place in range(len(self.elements) - 1, -1, -1):
            above = places.get(self.elements[place].parent or "")
            if above is not None:
                ends[above] = max(ends[above], ends[place])
        return ends

    def _added_since(self, at: int, versions: Mapping[int, str]) -> dict[tuple[int, Place], Sequence[str]]:
        """Texts of the elements that came beside this one since each of the versions."""
        end = self.ends()[at]
        added: dict[tuple[int, Place], Sequence[str]] = {}
        for version in versions:
            known = self.history[version]
            added[version, "before"] = _run(self.elements[:at][::-1], known)
            added[version, "after"] = _run(self.elements[end:], known)
        return added


def read_base(path: Path, reading: Reading) -> Base | None:
    """The base from a file, or None if anything is wrong with it; the faults are then in `reading`."""
    data = reading.document(path, FORMAT)
    if data is None:
        return None
    document = data.get("document")
    if not isinstance(document, dict):
        reading.fault("", "Das Feld „document“ muss ein Objekt sein.")
        return None
    identity = reading.name(document, "id", "document")
    title = reading.text(document, "title", "document")
    version = reading.number(document, "version", "document")
    elements = _elements(data, reading)
    history = _history(data, version, reading)
    if reading.faults or identity is None or title is None or version is None:
        return None
    return Base(identity, title, version, elements, history)


def _run(elements: Sequence[Element], known: Mapping[str, str]) -> list[str]:
    """Texts of the first elements in the row, as long as they were not known then."""
    texts = []
    for element in elements:
        if element.id in known:
            break
        texts.append(element.text)
    return texts


def _elements(data: Record, reading: Reading) -> tuple[Element, ...]:
    found: dict[str, Element] = {}
    for name, record in reading.records(data, "elements", ""):
        identity = reading.name(record, "id", name)
        where = identity or name
        parent = reading.optional_text(record, "parent", where)
        text = reading.text(record, "text", where)
        reading.choice(record, "kind", where, KINDS)
        reading.optional_text(record, "number", where)
        if identity in found:
            reading.fault(where, "Diese Kennung kommt in „elements“ mehrfach vor.")
        elif identity is not None and text is not None:
            found[identity] = Element(identity, parent, text)
    _check_parents(found, reading)
    return tuple(found.values())


def _check_parents(elements: Mapping[str, Element], reading: Reading) -> None:
    for element in elements.values():
        if element.parent is not None and element.parent not in elements:
            reading.fault(element.id, f"Das übergeordnete Element „{element.parent}“ gibt es nicht.")
    for identity in _in_circles(elements):
        reading.fault(identity, "Das Element ist sich über „parent“ selbst übergeordnet.")


def _in_circles(elements: Mapping[str, Element]) -> list[str]:
    """Ids of the elements that are above themselves."""
    settled: set[str] = set()
    circular = []
    for start in elements:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in elements and at not in settled and at not in path:
            path.append(at)
            at = elements[at].parent
        if at is not None and at in path:
            circular += path[path.index(at) :]
        settled.update(path)
    return circular


def _history(data: Record, current: int | None, reading: Reading) -> dict[int, dict[str, str]]:
    history: dict[int, dict[str, str]] = {}
    for name, record in reading.records(data, "history", "", required=False):
        version = reading.number(record, "version", name)
        texts = _texts(record, name, reading)
        if version is None:
            continue
        if version in history:
            reading.fault(name, f"Die Fassung {version} kommt in „history“ mehrfach vor.")
        elif current is not None and version >= current:
            reading.fault(name, f"Die Fassung {version} ist nicht älter als die geltende Fassung {current}.")
        history[version] = texts
    return history


def _texts(record: Record, where: str, reading: Reading) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, entry in reading.records(record, "elements", where):
        identity = reading.name(entry, "id", name)
        text = reading.text(entry, "text", name)
        if identity in texts:
            reading.fault(f"{where} {identity}", "Diese Kennung kommt in der Fassung mehrfach vor.")
        elif identity is not None and text is not None:
            texts[identity] = text
    return texts
