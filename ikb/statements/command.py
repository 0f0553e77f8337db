"""`ikb receipt …`: check a receipt offline, sign earlier ones, look after the keys."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ikb.config import data_dir_of
from ikb.core import receipt_file
from ikb.core.key_store import FOLDER, KeyStore
from ikb.core.receipt import SUBMITTED
from ikb.core.receipt_check import Checked, Keys, Unreadable, check
from ikb.core.signing import NoKey, public_pem, read_public

if TYPE_CHECKING:
    from flask import Flask

GENUINE, ALTERED, UNREADABLE = 0, 1, 2
Add = Callable[[str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]


def add_to(command: Add, key_command: Add, make_app: Callable[[], Flask]) -> None:
    """Say what may be typed after `ikb receipt` and `ikb receipt key`; make_app: for what needs the database."""
    verifier = command("verify", verify)
    verifier.add_argument("file", type=Path, metavar="DATEI", help="die Bestätigung als JSON oder PDF")
    verifier.add_argument(
        "--key", type=Path, metavar="SCHLÜSSEL", help="öffentliche Schlüssel als PEM (sonst die eigenen)"
    )
    command("sign", sign_earlier).set_defaults(make_app=make_app)
    key_command("show", show_keys)
    key_command("change", change_key)


def verify(options: argparse.Namespace) -> int:
    """Whether a receipt is genuine and unaltered, offline; says what is wrong."""
    try:
        keys = _keys(options.key)
        content = receipt_file.read(options.file.read_bytes())
        checked = check(content.text, keys)
    except OSError as fault:
        return _unreadable(f"{fault.filename}: {fault.strerror}")
    except NoKey as fault:
        return _unreadable(f"{options.key or 'Schlüssel'}: {fault}")
    except Unreadable as fault:
        return _unreadable(f"{options.file}: {fault}")
    findings = (*content.findings, *checked.findings)
    if findings:
        print("Diese Bestätigung ist nicht echt oder wurde verändert:")
        for finding in findings:
            print(f"- {finding}")
        return ALTERED
    print(_in_words(checked))
    return GENUINE


def _unreadable(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return UNREADABLE


def _keys(file: Path | None) -> Keys:
    """The public keys in a file, else the installation's own; nothing but its data folder is needed for those."""
    if file is not None:
        return read_public(file.read_bytes())
    store = _store()
    if not store.has_key:
        raise NoKey("Hier gibt es keinen Schlüssel. Nennen Sie mit --key den öffentlichen Schlüssel der Stelle.")
    return store.public_keys()


def _store() -> KeyStore:
    return KeyStore(data_dir_of(os.environ) / FOLDER)


def _in_words(checked: Checked) -> str:
    receipt = checked.receipt
    received, deadline = receipt["received_at"], receipt["deadline"]
    what = "Eingang" if receipt["kind"] == SUBMITTED else "Rücknahme"
    time = "verspätet" if deadline["is_late"] else "rechtzeitig"
    ends = f"{time}: letzter Tag {deadline['last_day']}, Stand {deadline['version']} der Frist"
    if deadline["last_day"] is None:
        ends = "außerhalb einer Phase, ohne Frist"
    later = " Nachträglich unterschrieben." if receipt["signed"]["later"] else ""
    return (
        f"Echt und unverändert: {what} {receipt['number']}\n"
        f"{received['weekday']}, {received['local']} ({received['zone']}), {received['utc']} (UTC)\n"
        f"{ends}\n"
        f"ausgestellt von {receipt['issuer']}, Eintrag {receipt['journal']['sequence']} im Änderungsverlauf.{later}"
    )


def sign_earlier(options: argparse.Namespace) -> int:
    """Sign receipts from the time before signatures, each marked as signed later."""
    from ikb.db import transaction
    from ikb.moment import now
    from ikb.statements import receipts

    with options.make_app().app_context():
        with transaction():
            signed = receipts.sign_earlier(now=now())
        print(f"{signed} frühere Bestätigungen unterschrieben.")
    return GENUINE


def show_keys(_: argparse.Namespace) -> int:
    """The public keys, the one that signs now first."""
    for key_id, key in _store().public_keys().items():
        print(f"{key_id}\n{public_pem(key).decode()}", end="")
    return GENUINE


def change_key(_: argparse.Namespace) -> int:
    """Sign with a new key from now on; what the old one signed stays genuine."""
    print(f"Ab jetzt unterschreibt {_store().change()}. Bestätigungen des bisherigen Schlüssels bleiben gültig.")
    return GENUINE
