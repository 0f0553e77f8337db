"""The units under deploy/ name programs and options that exist."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import click
import pytest
from celery.bin.celery import celery as celery_command

from ikb import cli
from ikb.config import ROOT
from ikb.mail.smtp import SEND_TIMEOUT

DEPLOY = ROOT / "deploy"
PLACE = "/opt/ikb/.venv/bin/"


def unit(name: str) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return read


def command(name: str) -> list[str]:
    """What a unit starts, without the place where it is installed."""
    words = shlex.split(unit(name)["Service"]["ExecStart"])
    assert words[0].startswith(PLACE)
    return [words[0].removeprefix(PLACE), *words[1:]]


def pinned(program: str) -> bool:
    files = [ROOT / "requirements" / f"{name}.in" for name in ("run", "prod")]
    return any(re.search(rf"^{program}\b", path.read_text(encoding="utf-8"), re.MULTILINE) for path in files)


@pytest.mark.parametrize("name", ["ikb-web.service", "ikb-worker.service", "ikb-beat.service", "ikb-deliver.service"])
def test_every_unit_starts_a_program_that_is_installed(name: str) -> None:
    program = command(name)[0]

    assert program == "ikb" or pinned(program)


@pytest.mark.parametrize("name", ["ikb-worker.service", "ikb-beat.service"])
def test_worker_and_beat_are_units_of_their_own_whose_options_celery_knows(name: str) -> None:
    _, _, app, part, *options = command(name)

    assert (ROOT / f"{app}.py").exists()
    assert part == name.removeprefix("ikb-").removesuffix(".service")
    subcommand = celery_command.commands[part]
    known = {flag for option in subcommand.params if isinstance(option, click.Option) for flag in option.opts}
    assert {option.partition("=")[0] for option in options} <= known


def test_cron_sends_without_celery() -> None:
    options = cli._parser().parse_args(command("ikb-deliver.service")[1:])

    assert options.run is cli.deliver
    assert options.once
    assert command("ikb-deliver.service")[1:] == ["deliver", "--once"]
    timer = (DEPLOY / "ikb-deliver.timer").read_text(encoding="utf-8")
    assert "UTC" in unit("ikb-deliver.timer")["Timer"]["OnCalendar"]
    assert ".venv/bin/ikb deliver --once" in timer


def test_the_web_server_serves_our_application() -> None:
    assert command("ikb-web.service")[-1] == "wsgi:app"
    assert (ROOT / "wsgi.py").exists()


def test_a_worker_has_time_to_end_its_run_before_it_is_killed() -> None:
    service = unit("ikb-worker.service")["Service"]

    assert int(service["TimeoutStopSec"]) >= 30 > SEND_TIMEOUT.total_seconds()
    assert service["KillMode"] == "mixed"


def test_every_unit_runs_as_nobody_important(tmp_path: Path) -> None:
    for path in DEPLOY.glob("*.service"):
        service = unit(path.name)["Service"]
        assert service["User"] == "ikb"
        assert service["NoNewPrivileges"] == "yes"
