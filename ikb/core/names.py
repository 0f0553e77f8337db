"""Names as they are sorted, searched and compared: without accents, capitals and punctuation."""

from __future__ import annotations

import re
import unicodedata

_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
)
_LEGAL_FORMS = re.compile(r"\b(?:e v|ev|g?gmbh|eg|ggmbh)$")


def sort_key(name: str) -> str:
    """`Übergangswohnheim "Haus Öst"` → `uebergangswohnheim haus oest`; DIN 5007-2, at most 300 characters."""
    spelled = unicodedata.normalize("NFC", name).lower().translate(_SPELLED)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(sign))
    return re.sub(r"[^\w]+", " ", plain).strip()[:300]


def same_name_key(name: str) -> str:
    """Equal for two spellings of one institution: `Verein Brücke e.V.` and `VEREIN  BRUECKE e. V.`"""
    return _LEGAL_FORMS.sub("", sort_key(name)).replace(" ", "") or sort_key(name)
