"""Reading records of which nothing is certain: every fault is noted with file, id and reason; none ends it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the input: the file's name, the id of the record, and a German reason."""

    file: str
    id: str
    reason: str

    def __str__(self) -> str:
        """One line, whatever the id contains."""
        return " ".join(": ".join(part for part in (self.file, self.id, self.reason) if part).split())


@dataclass(slots=True)
class Reading:
    """One file being read, and what is wrong with it so far."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, reason: str) -> None:
        """Note a fault of the record named `where`."""
        self.faults.append(Fault(self.file, where, reason))

    def document(self, path: Path, format_name: str) -> Record | None:
        """The file's JSON object, or None (and a fault) if it is not one of this format."""
        data = self._json(path)
        if data is None:
            return None
        if not isinstance(data, dict):
            self.fault("", "Die Datei enthält kein JSON-Objekt.")
            return None
        if data.get("format") != format_name:
            self.fault("", f"Das Feld „format“ muss „{format_name}“ sein.")
            return None
        return data

    def _json(self, path: Path) -> object | None:
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.fault("", f"Die Datei lässt sich nicht lesen ({error.strerror}). Bitte den Pfad prüfen.")
            return None
        except UnicodeDecodeError as error:
            self.fault("", f"Die Datei ist nicht in UTF-8 gespeichert (Byte {error.start}).")
            return None
        try:
            data: object = json.loads(text)
        except json.JSONDecodeError as error:
            self.fault("", f"Die Datei ist kein gültiges JSON (Zeile {error.lineno}, Spalte {error.colno}).")
            return None
        except (ValueError, RecursionError):
            self.fault("", "Die Datei ist kein gültiges JSON (zu tief geschachtelt oder eine zu lange Zahl).")
            return None
        if data is None:
            self.fault("", "Die Datei enthält kein JSON-Objekt.")
        return data

    def records(self, record: Record, key: str, where: str, required: bool = True) -> Iterator[tuple[str, Record]]:
        """The objects in a list, each with a name for messages: its id, or its place in the list."""
        entries = record.get(key)
        if entries is None and not required and key not in record:
            return
        if not isinstance(entries, list):
            self.fault(where, f"Das Feld „{key}“ muss eine Liste sein.")
            return
        for place, entry in enumerate(entries):
            name = f"{where}{' ' if where else ''}{key}[{place}]"
            if isinstance(entry, dict):
                yield name, entry
            else:
                self.fault(name, "Der Eintrag muss ein Objekt sein.")

    def text(self, record: Record, key: str, where: str) -> str | None:
        """A text that must be there."""
        value = record.get(key)
        if not isinstance(value, str):
            self.fault(where, f"Das Feld „{key}“ muss ein Text sein.")
            return None
        if not _is_storable(value):
            self.fault(where, f"Das Feld „{key}“ enthält Zeichen, die es in Unicode nicht gibt.")
            return None
        return value

    def optional_text(self, record: Record, key: str, where: str) -> str | None:
        """A text that may be missing or null."""
        return None if record.get(key) is None else self.text(record, key, where)

    def name(self, record: Record, key: str, where: str) -> str | None:
        """A text that must be there and not be blank, such as an id."""
        value = self.text(record, key, where)
        if value is not None and not value.strip():
            self.fault(where, f"Das Feld „{key}“ darf nicht leer sein.")
            return None
        return value

    def number(self, record: Record, key: str, where: str) -> int | None:
        """A whole number that must be there."""
        value = record.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(where, f"Das Feld „{key}“ muss eine ganze Zahl sein.")
            return None
        return value

    def choice(self, record: Record, key: str, where: str, allowed: tuple[str, ...]) -> str | None:
        """One of the allowed words."""
        value = record.get(key)
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(where, f"Das Feld „{key}“ muss einen dieser Werte haben: {', '.join(allowed)}.")
        return None


def _is_storable(text: str) -> bool:
    """False for halves of surrogate pairs, which JSON can spell but UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
