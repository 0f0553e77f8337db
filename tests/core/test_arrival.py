"""A proxy's note of when a request arrived: taken where it can be true, else passed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ikb.core.arrival import arrived_at

NOW = datetime(2030, 6, 28, 22, 0, 1, tzinfo=UTC)
SECOND = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("stamp", "seconds_back"),
    [
        (f"t={SECOND - 3}.250", 2.75),
        (f"t={SECOND - 3}250000", 2.75),
        (f" t={SECOND}.000 ", 0.0),
        (f"t={SECOND - 120}.000", 120.0),
        (f"t={SECOND - 121}.999", None),
        (f"t={SECOND}.001", None),
        (f"t={SECOND + 60}.000", None),
        (f"{SECOND - 3}.250", None),
        (f"t={SECOND - 3}", None),
        (f"t={SECOND - 3}.250, t={SECOND - 9}.250", None),
        ("t=gestern", None),
        ("t=٢٠٣٠٠٦٢٨٢٢.000", None),
        ("", None),
        (None, None),
    ],
)
def test_a_stamp_counts_for_at_most_two_minutes_back_and_never_ahead(stamp, seconds_back) -> None:
    expected = None if seconds_back is None else NOW - timedelta(seconds=seconds_back)

    assert arrived_at(stamp, NOW) == expected
