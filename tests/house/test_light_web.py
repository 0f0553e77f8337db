"""What a web process does not need is not loaded with it: each holds its own copy, and a small town has little memory."""

from __future__ import annotations

import ast
from pathlib import Path

import ikb

HEAVY = {"numpy", "scipy"}
WHERE_IT_LIVES = "ikb/core/likeness.py"
ROOT = Path(ikb.__file__).parents[1]


def test_numpy_and_scipy_are_loaded_where_somebody_clusters_and_not_before() -> None:
    loaded = {str(file.relative_to(ROOT)): _at_once(file) for file in (ROOT / "ikb").rglob("*.py")}

    assert {name for name, modules in loaded.items() if {one.split(".")[0] for one in modules} & HEAVY} == {
        WHERE_IT_LIVES
    }
    assert [name for name, modules in loaded.items() if any("ikb.core.likeness" in one for one in modules)] == []


def _at_once(file: Path) -> set[str]:
    """What is imported when a module is loaded, as `package.module.name`."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found
