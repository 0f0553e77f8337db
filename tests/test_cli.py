"""The command line: what each command answers, and that nothing is stored half."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ikb import cli
from tests.conftest import newest_sqlite

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "drafts" / "fixtures"
SAMPLE = ROOT / "tests" / "core" / "fixtures" / "consolidation"
REAL_PAPER = ROOT.parent / "shared" / "input" / "beschlussvorlage-2010.txt"
SHARED_SAMPLE = ROOT.parent / "shared" / "consolidation-sample"


def run(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, in a process of its own without any configuration."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
    return subprocess.run(
        [sys.executable, "-m", "ikb", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean | (environment or {}),
        timeout=120,
        check=False,
    )


def test_a_dry_run_of_a_paper_needs_no_database_and_no_configuration():
    answer = run("import", "paper", str(FIXTURES / "auenstadt.txt"), "--dry-run", "--json")

    assert answer.returncode == 0, answer.stderr
    read = json.loads(answer.stdout)
    assert set(read) == {"reference", "subject", "consultations", "sections", "warnings"}
    assert [entry["position"] for entry in read["consultations"]] == list(range(1, len(read["consultations"]) + 1))


def test_a_dry_run_without_json_is_a_summary_with_line_numbers(capsys):
    assert cli.main(["import", "paper", str(FIXTURES / "auenstadt.txt"), "--dry-run"]) == 0

    said = capsys.readouterr().out
    assert "Auenstadt liest" in said
    assert "Zeile" in said


@pytest.mark.parametrize("name", ["einkaufszettel.txt", "ohne-beschluss.txt", "gibt-es-nicht.txt"])
def test_what_is_no_paper_is_refused_with_a_line_per_reason(name, capsys):
    assert cli.main(["import", "paper", str(FIXTURES / name), "--dry-run", "--json"]) == 2

    heard = capsys.readouterr()
    assert heard.out == ""
    assert len(heard.err.strip().splitlines()) >= 1


@pytest.mark.skipif(not REAL_PAPER.exists(), reason="the real paper lies outside of the repository")
def test_the_real_paper_has_22_consultations_21_committees_16_goals_58_measures(capsys):
    assert cli.main(["import", "paper", str(REAL_PAPER), "--dry-run", "--json"]) == 0

    read = json.loads(capsys.readouterr().out)
    kinds = [section["kind"] for section in read["sections"]]
    assert len(read["consultations"]) == 22
    assert len({entry["organization"] for entry in read["consultations"]}) == 21
    assert kinds.count("goal") == 16
    assert kinds.count("measure") == 58
    assert all(entry["public"] is True and entry["date"] for entry in read["consultations"])


@pytest.mark.parametrize(
    "sample",
    [
        SAMPLE,
        pytest.param(
            SHARED_SAMPLE,
            marks=pytest.mark.skipif(not SHARED_SAMPLE.exists(), reason="the sample lies outside of the repository"),
        ),
    ],
)
def test_consolidating_files_writes_sorted_json_and_exits_0(sample, tmp_path):
    result = tmp_path / "result.json"

    code = cli.main(
        ["consolidate", "--input", str(sample / "base.json"), "--statements", str(sample / "statements.json"),
         "--decisions", str(sample / "decisions.json"), "--output", str(result)]
    )  # fmt: skip

    written = result.read_text(encoding="utf-8")
    assert code == 0
    assert json.loads(written)["format"] == "ikb-result/1"
    assert list(json.loads(written)) == sorted(json.loads(written))


def test_broken_json_exits_2_and_writes_nothing(tmp_path, capsys):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    result = tmp_path / "result.json"

    code = cli.main(["consolidate", "--input", str(broken), "--statements", str(broken), "--output", str(result)])

    assert code == 2
    assert not result.exists()
    assert "broken.json" in capsys.readouterr().err


def test_a_missing_setting_stops_the_start_and_names_itself():
    answer = run("routes", "--json")

    assert answer.returncode == 2
    assert "IKB_SECRET_KEY" in answer.stderr
    assert "IKB_SMTP_URL" in answer.stderr


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """An empty installation on SQLite, as environment variables: here and in the answer, for processes of their own."""
    settings = {
        "IKB_ENV": "test",
        "IKB_SECRET_KEY": "only for this test, but long enough for it",
        "IKB_DATA_DIR": str(tmp_path),
        "IKB_DATABASE_URL": f"sqlite:///{tmp_path / 'ikb.sqlite'}",
    }
    for name in [name for name in os.environ if name.startswith("IKB_")]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture
def migrated(installation, tmp_path):
    """The same with all tables."""
    (tmp_path / "ikb.sqlite").write_bytes(newest_sqlite())


@pytest.fixture
def ikb(capsys):
    """One command in this process: its exit code, what it said, and the faults it named."""

    def called(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def test_a_fresh_installation_gets_a_lead_a_paper_and_institutions(installation, ikb, tmp_path):
    listed = tmp_path / "liste.csv"
    listed.write_text("Name;Art;E-Mail\nLesekreis e. V.;Verein;post@lesekreis.example.org\n", encoding="utf-8")
    paper = ["import", "paper", str(FIXTURES / "auenstadt.txt"), "--lead", "anna@stadt.example.org"]
    lead = ["user", "add", "anna@stadt.example.org", "Anna Beispiel", "--role", "lead"]

    migrated = run("migrate", environment=installation)
    link = run(*lead, environment=installation)

    assert migrated.returncode == 0, migrated.stderr
    assert link.stdout.startswith("http://127.0.0.1:8000/konto/")
    assert ikb(*paper)[0] == 0
    assert ikb("import", "institutions", str(listed))[0] == 0
    assert ikb("import", "institutions", str(listed))[0] == 2  # it is there already
    assert ikb("journal", "verify")[0] == 0
    code, routes, _ = ikb("routes", "--json")
    assert code == 0
    assert all(route["roles"] for route in json.loads(routes))


@pytest.mark.usefixtures("migrated")
def test_a_paper_without_a_known_lead_is_not_stored(ikb):
    code, _, faults = ikb("import", "paper", str(FIXTURES / "auenstadt.txt"))

    assert code == 2
    assert "--lead" in faults


@pytest.mark.usefixtures("migrated")
def test_a_list_with_a_fault_names_row_and_column(ikb, tmp_path):
    listed = tmp_path / "liste.csv"
    listed.write_text("Name;Art;E-Mail\nLesekreis;Verein;keine-adresse\n", encoding="utf-8")

    code, _, faults = ikb("import", "institutions", str(listed))

    assert code == 2
    assert "Zeile 2" in faults
    assert "E-Mail" in faults


def _commands_in_readme() -> list[list[str]]:
    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("```sh\n")[1:]
    lines = [line for block in blocks for line in block.split("```")[0].splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("ikb ")]


@pytest.mark.parametrize("command", _commands_in_readme(), ids=" ".join)
def test_every_command_that_the_readme_shows_exists(command):
    options = cli._parser().parse_args(command)

    assert callable(options.run)


def test_every_make_target_that_the_readme_shows_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {line.split()[1] for line in readme.splitlines() if line.startswith("make ")}

    assert targets >= {"demo", "test"}
    assert all(f"\n{target}:" in makefile for target in targets)
