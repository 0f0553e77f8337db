"""What others made is what its list says, whole and with its licence."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = [ROOT / "ikb/web/static/vendor/VENDORED.md", ROOT / "tests/vendor/VENDORED.md"]
ROW = re.compile(
    r"^\| `([^`]+)` \| `[^`]+` \d[^|]+ \| [\w.-]+, `([^`]+)`[^|]* \| `(\w{64})` \|$",
    re.MULTILINE,
)  # file, package and version, licence, checksum
OURS = {"VENDORED.md", "LICENSE", "LICENSE.md", "LICENSE-3RD-PARTY.txt", "fira-sans.css"}

ROWS = [(where.parent, *row.groups()) for where in LISTS for row in ROW.finditer(where.read_text())]


@pytest.mark.parametrize(("folder", "file", "licence", "checksum"), ROWS, ids=lambda value: str(value)[-24:])
def test_a_vendored_file_is_the_published_one_and_has_its_licence(folder, file, licence, checksum):
    assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == checksum
    assert (folder / licence).stat().st_size > 500


@pytest.mark.parametrize("where", LISTS, ids=lambda path: path.parts[-3])
def test_no_vendored_file_is_missing_from_its_list(where):
    files = {path for path in where.parent.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}

    listed = {folder / file for folder, file, *_ in ROWS if folder == where.parent}

    assert {path for path in files if path.name not in OURS} == listed


def test_every_font_the_styles_name_is_there():
    styles = ROOT / "ikb/web/static/vendor/fira-sans/fira-sans.css"
    named = re.findall(r'url\("([^"]+)"\)', styles.read_text())

    assert len(named) == 4
    assert all((styles.parent / name).exists() for name in named)
