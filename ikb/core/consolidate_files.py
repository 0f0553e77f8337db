"""The consolidation on files, without a database: what `ikb consolidate` runs."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from ikb.core.consolidation.base import Base, read_base
from ikb.core.consolidation.faults import Fault, Reading
from ikb.core.consolidation.pool import Pool
from ikb.core.consolidation.result import result
from ikb.core.consolidation.statements import Statement, read_decisions, read_statements
from ikb.core.merge import Decision
from ikb.core.wishes import Member

INVALID_INPUT = 2


class InvalidInput(ValueError):
    """The input cannot be consolidated; `faults` says why, in the order of the files."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def run(
    input: Path,
    statements: Path,
    output: Path,
    decisions: Path | None = None,
    then: Path | None = None,
    timing: Path | None = None,
) -> int:
    """Consolidate files and write the result: exit code 0, or 2 with one line on stderr per fault and no result.

    then:   statements taken in one by one after the others; the result is the same as for all of them together.
    timing: gets the milliseconds for each of those.
    """
    try:
        consolidate_files(input, statements, output, decisions, then, timing)
    except InvalidInput as invalid:
        sys.stderr.writelines(f"{fault}\n" for fault in invalid.faults)
        return INVALID_INPUT
    return 0


def consolidate_files(
    base_path: Path,
    statements_path: Path,
    output: Path,
    decisions_path: Path | None = None,
    then_path: Path | None = None,
    timing: Path | None = None,
) -> None:
    """As `run`, but raising InvalidInput."""
    base, first, later, decided = _read(base_path, statements_path, decisions_path, then_path)
    pool = Pool(base, decided)
    pool.take_in(first)
    milliseconds = [_take_in_one(pool, statement) for statement in later]
    if pool.contradictions:
        raise InvalidInput(_contradictions(pool, decisions_path))
    _write(output, _lines(result(pool)))
    if timing is not None:
        _write(timing, json.dumps({"update_ms": milliseconds}) + "\n")


def _read(
    base_path: Path, statements_path: Path, decisions_path: Path | None, then_path: Path | None
) -> tuple[Base, list[Statement], list[Statement], dict[Member, Decision]]:
    """All files, or InvalidInput with every fault of every file."""
    readings = [Reading(path.name) for path in (base_path, statements_path)]
    base = read_base(base_path, readings[0])
    known, taken = base.known_ids() if base else None, set[str]()
    first = read_statements(statements_path, readings[1], known, taken)
    later: list[Statement] = []
    if then_path is not None:
        readings.append(Reading(then_path.name))
        later = read_statements(then_path, readings[-1], known, taken)
    decided: dict[Member, Decision] = {}
    if decisions_path is not None:
        readings.append(Reading(decisions_path.name))
        decided = read_decisions(decisions_path, readings[-1], [*first, *later])
    if base is None or any(reading.faults for reading in readings):
        raise InvalidInput([fault for reading in readings for fault in reading.faults])
    return base, first, later, decided


def _take_in_one(pool: Pool, statement: Statement) -> float:
    """The milliseconds that one more statement took."""
    start = perf_counter()
    pool.take_in([statement])
    return round((perf_counter() - start) * 1000, 3)


def _contradictions(pool: Pool, decisions_path: Path | None) -> list[Fault]:
    name = decisions_path.name if decisions_path else ""
    return [
        Fault(
            name,
            contradiction.accepted.statement,
            f"Der Änderungswunsch {contradiction.accepted.amendment} ist angenommen, derselbe Wunsch in der "
            f"Stellungnahme {contradiction.rejected.statement} (Stelle {contradiction.rejected.amendment}) abgelehnt.",
        )
        for _, contradiction in sorted(pool.contradictions.items())
    ]


def _lines(data: dict[str, object]) -> str:
    """JSON with sorted keys, one line per entry of a top-level list, so that results can be compared line by line."""
    parts = []
    for key in sorted(data):
        value = data[key]
        rows = ",\n".join(map(_json, value)) if isinstance(value, list) else ""
        parts.append(f"{_json(key)}: " + (f"[\n{rows}\n]" if rows else _json(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all; InvalidInput if the place cannot be written to."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        reason = f"Die Datei lässt sich nicht schreiben ({error.strerror}). Bitte den Ordner prüfen."
        raise InvalidInput([Fault(path.name, "", reason)]) from error
