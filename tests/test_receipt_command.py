"""`ikb receipt …` as a user runs it: offline, with the installation's key or one from a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ikb.core.key_store import KeyStore
from ikb.core.signing import public_pem
from tests.core.receipt_cases import KEY, OTHER_KEY, genuine_text

ROOT = Path(__file__).parents[1]


def run(*arguments: str | Path, data: Path | None = None) -> tuple[int, str, str]:
    """A process of its own, without any configuration but a data folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
    done = subprocess.run(
        [sys.executable, "-m", "ikb", "receipt", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean | ({"IKB_DATA_DIR": str(data)} if data else {"IKB_DATA_DIR": "/nonexistent"}),
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "ours.pem").write_bytes(public_pem(OTHER_KEY.public_key()) + public_pem(KEY.public_key()))
    (tmp_path / "theirs.pem").write_bytes(public_pem(OTHER_KEY.public_key()))
    (tmp_path / "none.pem").write_text("kein Schlüssel")
    (tmp_path / "genuine.json").write_text(genuine_text())
    (tmp_path / "altered.json").write_text(genuine_text().replace("Gut so.", "Schlecht so."))
    (tmp_path / "cut.json").write_text(genuine_text()[:500])
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n")
    return tmp_path


def test_a_genuine_receipt_is_accepted_and_said_in_words(files: Path) -> None:
    code, said, _ = run("verify", files / "genuine.json", "--key", files / "ours.pem")

    assert code == 0
    for words in (
        "Echt und unverändert: Eingang E-2030-000042",
        "Montag, 2030-06-03T10:00:00.250000+02:00",
        "rechtzeitig",
    ):
        assert words in said


def test_an_altered_one_is_told_and_named(files: Path) -> None:
    code, said, _ = run("verify", files / "altered.json", "--key", files / "ours.pem")

    assert code == 1
    assert "- „Inhalt: Anmerkung 3, Text“ wurde verändert." in said


def test_the_key_of_another_town_does_not_do(files: Path) -> None:
    code, said, _ = run("verify", files / "genuine.json", "--key", files / "theirs.pem")

    assert (code, "gehört nicht zu dieser Stelle" in said) == (1, True)


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("cut.json", "ours.pem"),
        ("cut.pdf", "ours.pem"),
        ("missing.json", "ours.pem"),
        ("genuine.json", "none.pem"),
        ("genuine.json", "missing.pem"),
    ],
)
def test_what_cannot_be_read_ends_with_two_and_one_line(files: Path, file: str, key: str) -> None:
    code, said, fault = run("verify", files / file, "--key", files / key)

    assert (code, said) == (2, "")
    assert len(fault.splitlines()) == 1
    assert "Traceback" not in fault


def test_without_a_key_file_the_installations_own_keys_are_taken(files: Path, tmp_path: Path) -> None:
    code, _, fault = run("verify", files / "genuine.json")
    assert (code, "Nennen Sie mit --key" in fault) == (2, True)

    KeyStore(tmp_path / "data" / "keys").current()
    code, said, _ = run("verify", files / "genuine.json", data=tmp_path / "data")
    assert (code, "gehört nicht zu dieser Stelle" in said) == (1, True)


def test_changing_the_key_keeps_the_old_one_shown(tmp_path: Path) -> None:
    before = run("key", "show", data=tmp_path)[1]
    changed = run("key", "change", data=tmp_path)
    after = run("key", "show", data=tmp_path)[1]

    assert changed[0] == 0
    assert after.count("BEGIN PUBLIC KEY") == 2
    assert before in after
    assert after.splitlines()[0] in changed[1]
