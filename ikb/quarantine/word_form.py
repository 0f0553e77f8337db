"""Reads a Word form that somebody brought, and fills it: a program of its own, never part of the web process.

Run as `python -m ikb.quarantine.word_form`. Input: one line of JSON, then the form. With {"letters": [values, …]} in it, it
answers with the filled files: one line of JSON with their lengths, then the files; "in_one": all of them as one. Without, it
answers with the fields. {"refused": code} for a file that is not taken.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ikb.core.word.fields import Found, Value
from ikb.quarantine import reasons
from ikb.quarantine.kinds import Kind
from ikb.quarantine.locked import lock_up
from ikb.quarantine.process import NoAnswer, ask
from ikb.quarantine.reasons import BY_CODE, NotTaken

if TYPE_CHECKING:
    from ikb.core.word.filling import Form

LARGEST_FORM = 2 * 1024 * 1024  # bytes
MOST_AT_ONCE = 12 * 1024 * 1024  # bytes of files that one call gives back
EACH = 150 * 1024  # bytes that a filled form may have more than the empty one


def main() -> int:
    """Read, answer, end: 0 whatever the file was."""
    from ikb.core.word.filling import Form  # late: decision 79; here the program only
    from ikb.quarantine import word

    lock_up()
    wanted = json.loads(sys.stdin.buffer.readline())
    try:
        box = word.checked(io.BytesIO(sys.stdin.buffer.read(LARGEST_FORM + 1)), Kind.DOCX)
        for _ in word.paragraphs(box):
            pass  # refuses what would fetch or start something when the document is opened
        _answer(Form(box), wanted)
    except NotTaken as fault:
        sys.stdout.write(json.dumps({"refused": fault.reason.code}))
    except (zipfile.BadZipFile, ValueError, KeyError, OSError):
        sys.stdout.write(json.dumps({"refused": reasons.DAMAGED.code}))
    return 0


def _answer(form: Form, wanted: Mapping[str, Any]) -> None:
    if "letters" not in wanted:
        sys.stdout.write(json.dumps({"fields": [asdict(field) for field in form.fields()]}))
        return
    letters = wanted["letters"]
    files = [form.filled_in_one(letters)] if wanted.get("in_one") else [form.filled(values) for values in letters]
    sys.stdout.write(json.dumps({"sizes": [len(file) for file in files]}) + "\n")
    sys.stdout.flush()
    for file in files:
        sys.stdout.buffer.write(file)


def fields_of(form: bytes) -> list[Found]:
    """The fields of a form. Raises NotTaken with the reason for a file that is not taken."""
    return [Found(**field) for field in _asked(form, {})["fields"]]


def filled(form: bytes, letters: Sequence[Mapping[str, Value]]) -> Iterator[bytes]:
    """The form filled for each, a few in one call of the program. Raises NotTaken."""
    at_once = max(1, MOST_AT_ONCE // (len(form) + EACH))
    for start in range(0, len(letters), at_once):
        yield from _files(form, {"letters": letters[start : start + at_once]})


def filled_in_one(form: bytes, letters: Sequence[Mapping[str, Value]]) -> bytes:
    """One file with all of them, each on a page of its own. Raises NotTaken."""
    [file] = _files(form, {"letters": letters, "in_one": True})
    return file


def _files(form: bytes, wanted: Mapping[str, Any]) -> list[bytes]:
    head, _, data = _told(form, wanted).partition(b"\n")
    files = []
    for size in _read(head)["sizes"]:
        files.append(data[:size])
        data = data[size:]
    return files


def _asked(form: bytes, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return _read(_told(form, wanted))


def _told(form: bytes, wanted: Mapping[str, Any]) -> bytes:
    if len(form) > LARGEST_FORM:
        raise NotTaken(reasons.TOO_MUCH)
    try:
        return ask("ikb.quarantine.word_form", json.dumps(wanted).encode() + b"\n" + form)
    except (NoAnswer, OSError) as fault:
        raise NotTaken(reasons.TOO_MUCH) from fault


def _read(told: bytes) -> dict[str, Any]:
    """In our words: a program that was taken over shall not speak to people."""
    try:
        answer: dict[str, Any] = json.loads(told)
    except ValueError as fault:
        raise NotTaken(reasons.TOO_MUCH) from fault
    if "refused" in answer:
        raise NotTaken(BY_CODE.get(str(answer["refused"]), reasons.DAMAGED))
    return answer


if __name__ == "__main__":
    sys.exit(main())
