"""A short code that is read from paper and typed: eight signs in two groups, none of which looks like another.

Seven signs carry 34 bits, which is enough behind a limit on trying; the eighth finds every single wrong sign and every
two neighbours that changed places.
"""

from __future__ import annotations

SIGNS = "2345679ACDEFGHJKMNPQRTUVWXYZ8"  # 29, a prime: no 0 O, 1 I L, S B
CARRYING = 7
_ALIKE = str.maketrans({"S": "5", "B": "8"})  # what people read for a sign that we use


def code_from(seal: bytes) -> str:
    """`XXXX-XXXX` from at least eight bytes that nobody can guess. Raises ValueError for fewer."""
    if len(seal) < 8:
        raise ValueError("A code needs eight bytes to be made of.")
    number, values = int.from_bytes(seal[:8], "big"), []
    for _ in range(CARRYING):
        number, value = divmod(number, len(SIGNS))
        values.append(value)
    signs = "".join(SIGNS[value] for value in [*values, _check(values)])
    return f"{signs[:4]}-{signs[4:]}"


def read_code(typed: str) -> str | None:
    """A code as somebody typed it, in its one form; None where it cannot be one."""
    signs = "".join(sign for sign in typed.upper().translate(_ALIKE) if sign.isalnum())
    if len(signs) != CARRYING + 1 or any(sign not in SIGNS for sign in signs):
        return None
    *values, check = (SIGNS.index(sign) for sign in signs)
    return f"{signs[:4]}-{signs[4:]}" if check == _check(values) else None


def _check(values: list[int]) -> int:
    # Weights that differ, modulo a prime: one wrong sign or two swapped neighbours always change the sum.
    return sum(place * value for place, value in enumerate(values, 2)) % len(SIGNS)
