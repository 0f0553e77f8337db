"""The worked cases of the consolidation, and a result brought into the shape of their `expected.json`."""

import json
from pathlib import Path
from typing import Any

import pytest

from ikb.core.texts import words

OWN = Path(__file__).parent / "fixtures" / "consolidation"
SHARED = Path(__file__).parents[3] / "shared" / "consolidation-sample"

CASES = [
    pytest.param(OWN, id="own"),
    pytest.param(
        SHARED,
        id="shared",
        marks=pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside this checkout"),
    ),
]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def proposals(result: Any) -> list[Any]:
    return [
        {
            "element": p["element"],
            "op": p["op"],
            "status": p["status"],
            "support": p["support"],
            "members": [[m["statement"], m["amendment"]] for m in p["members"]],
        }
        for p in result["proposals"]
    ]


def conflict_pairs(result: Any) -> list[Any]:
    first = {p["id"]: [p["members"][0]["statement"], p["members"][0]["amendment"]] for p in result["proposals"]}
    pairs = {frozenset((p["id"], other)) for p in result["proposals"] for other in p["conflicts_with"]}
    return sorted(sorted(first[key] for key in pair) for pair in pairs)


def elements(result: Any) -> list[Any]:
    listed = []
    for element in result["elements"]:
        if element["status"] == "inserted":
            statements = sorted({s for segment in element["segments"] for s in segment["statements"]})
            new = {"id": None, "anchor": element["anchor"], "statements": statements, "text": element["text"]}
            listed.append(new)
        elif element["status"] != "deleted":
            listed.append({"id": element["id"], "text": element["text"]})
    return listed


def provenance(result: Any) -> dict[str, Any]:
    return {e["id"]: _traced(e) for e in result["elements"] if e["status"] == "changed"}


def _traced(element: Any) -> Any:
    new, removed, at = [], [], 0
    for segment in element["segments"]:
        tokens = words(segment["text"])
        if segment["t"] != "del":
            new += [[token, segment.get("statements")] for token in tokens]
        if segment["t"] == "del":
            removed += [[at + place, segment["statements"]] for place in range(len(tokens))]
        if segment["t"] != "ins":
            at += len(tokens)
    return {"new": new, "removed": removed}
