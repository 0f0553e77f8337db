"""How many statements and submitters there are on each element: nothing is removed by collapsing."""

from collections import defaultdict
from collections.abc import Iterable

from ikb.core.consolidation.statements import Statement

WHOLE_DOCUMENT = ""
UNSPECIFIED = "unspecified"
Counts = dict[str, dict[str, dict[str, dict[str, int]]]]


def counts(statements: Iterable[Statement]) -> Counts:
    """Element id ("" for the whole document) -> submitter type -> stance -> numbers of statements and submitters."""
    cells: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for statement in statements:
        element = statement.element if statement.element is not None else WHOLE_DOCUMENT
        cells[element, statement.submitter_type, statement.stance or UNSPECIFIED].append(statement.submitter)
    table: Counts = {}
    for (element, its_type, stance), submitters in cells.items():
        numbers = {"statements": len(submitters), "submitters": len(set(submitters))}
        table.setdefault(element, {}).setdefault(its_type, {})[stance] = numbers
    return table
