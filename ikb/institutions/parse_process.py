"""Starts the program that reads tables, and believes nothing of it but its JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import ikb
from ikb.errors import Faulty

TIME_LIMIT = 20  # seconds, a little more than the program's own
NOT_TAKEN = "Die Liste wurde nicht übernommen."
_ROOT = Path(ikb.__file__).resolve().parents[1]


@dataclass(frozen=True)
class Table:
    """What stood in a file: rows with content as (number, cells), and where formulas were found (row, column index)."""

    rows: list[tuple[int, list[str | None]]]
    formulas: frozenset[tuple[int, int]]


def read_table(data: bytes) -> Table:
    """The first sheet of a workbook, or a CSV file, read in a process of its own.

    Raises Faulty with one German sentence for a file that is none, too large, damaged or hostile.
    """
    try:
        done = subprocess.run(  # our own program, no shell, nothing of the file in its arguments
            [sys.executable, "-m", "ikb.institutions.sheet"],
            input=data,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=True,
            cwd=_ROOT,
            env={
                "PYTHONPATH": str(_ROOT),
                "OPENPYXL_LXML": "False",
                "PYTHONDONTWRITEBYTECODE": "1",
                "LC_ALL": "C.UTF-8",
            },
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as fault:
        raise Faulty(
            NOT_TAKEN,
            ["Die Datei ließ sich nicht lesen. Kopieren Sie die Liste in eine neue Mappe, und versuchen Sie es damit."],
        ) from fault
    if "fault" in answer:
        raise Faulty(NOT_TAKEN, [str(answer["fault"])])
    formulas = frozenset((int(row), int(column)) for row, column in answer["formulas"])
    return Table([(int(number), cells) for number, cells in answer["rows"]], formulas)
