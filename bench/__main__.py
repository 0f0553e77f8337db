"""`make bench`: ikb against the least that could do the same work; ARGS names what (all of it by default).

Anchor and subject take turns, three rounds, medians, on the same database with as many threads. A round during which the
machine was busy with something else is taken again. Exit code 1 if a figure that is due was missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence

from bench import crowd, exports, house, planner, post
from bench.compare import Line, compare, table
from bench.pairs import PAIRS
from bench.serving import ROOT

PATIENCE = 240.0  # seconds; after that busy rounds count as they are, so that the whole stays below ten minutes
CONSOLIDATION = ROOT / "bench" / "consolidate.py"


def main() -> int:
    """Measure, print, and say whether everything that is due holds."""
    wanted = _chosen()
    lines = _measure([name for name in PAIRS if name in wanted])
    if lines:
        print(f"\n{table(lines)}\n")
    if "consolidate" in wanted and CONSOLIDATION.exists():
        subprocess.run([sys.executable, CONSOLIDATION], cwd=ROOT, check=True, timeout=240)
    slow = exports.main() if "exports" in wanted else 0
    slow |= planner.main() if "planner" in wanted else 0
    slow |= post.main() if "post" in wanted else 0
    slow |= crowd.main() if "crowd" in wanted else 0
    return 1 if slow or any(line.verdict == "MISSED" for line in lines) else 0


def _measure(names: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    if not names:
        return lines
    began = time.monotonic()
    with house.opened() as opened:
        for pair in (pair for name in names for pair in PAIRS[name](opened)):
            lines += compare(pair, began + PATIENCE)
            print(f"{time.monotonic() - began:5.0f} s  {pair.subject}", file=sys.stderr, flush=True)
    return lines


def _chosen() -> list[str]:
    names = [*PAIRS, "consolidate", "exports", "planner", "post", "crowd"]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"any of {', '.join(names)}")
    chosen: list[str] = parser.parse_args().what or names
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(names)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
