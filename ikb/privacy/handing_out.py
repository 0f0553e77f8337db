"""What is stored about a person, as a file that the person can read and a program too."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime

from ikb.privacy.places import Found
from ikb.web.filters import moment


def as_json(found: Sequence[Found], now: datetime) -> str:
    """{"stand", "gespeichert": [{"was", "wo", "angaben", "wird gelöscht"?, "bleibt, weil"?}]}."""
    entries = [
        {"was": one.what, "wo": one.where, "angaben": one.data, "beim Löschen": one.done or f"bleibt: {one.kept}"}
        for one in found
    ]
    return json.dumps({"stand": moment(now), "gespeichert": entries}, ensure_ascii=False, indent=1)


def as_text(found: Sequence[Found], now: datetime) -> str:
    """The same as plain German text."""
    lines = [f"Was über Sie gespeichert ist (Stand {moment(now)})", ""]
    for number, one in enumerate(found, 1):
        lines += [f"{number}. {one.what}: {one.where}"]
        lines += [f"   {name}: {value}" for name, value in one.data.items() if value]
        lines += [f"   Beim Löschen: {one.done or f'bleibt, weil: {one.kept}'}", ""]
    return "\n".join(lines if found else [*lines, "Es ist nichts gespeichert."])


def as_zip(found: Sequence[Found], now: datetime) -> bytes:
    """Both in one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("auskunft.txt", as_text(found, now))
        archive.writestr("auskunft.json", as_json(found, now))
    return packed.getvalue()
