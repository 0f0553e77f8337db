"""When two sittings stand in each other's way."""

from __future__ import annotations

from datetime import time


def overlap(first: tuple[time | None, time | None], second: tuple[time | None, time | None]) -> bool:
    """Whether two spans of one day share a moment; each is (begin, end), None where it is not known.

    Of a span without a beginning nothing is known but the day: it is in everybody's way. One without an end stands in
    the way only of what begins at the same time or holds its beginning. An end is not part of a span: 17:00 to 18:00
    and 18:00 to 19:00 fit.
    """
    (begin, end), (other_begin, other_end) = first, second
    if begin is None or other_begin is None:
        return True
    if begin == other_begin:
        return True
    earlier_end, later_begin = (end, other_begin) if begin < other_begin else (other_end, begin)
    return earlier_end is not None and later_begin < earlier_end
