"""What a program of the quarantine cannot do, whatever a file makes it try."""

from __future__ import annotations

import socket
import subprocess

import pytest

from ikb.quarantine import process
from ikb.quarantine.process import NoAnswer, ask

PROBE = "tests.quarantine.probe"


@pytest.mark.parametrize("act", ["socket", "name", "shell", "fork", "program", "read", "climb", "remove", "write"])
def test_it_reaches_nothing_outside(act: str) -> None:
    assert ask(PROBE, b"", act) == b"PermissionError"


def test_it_gets_no_more_memory_than_300_mb() -> None:
    assert ask(PROBE, b"", "memory") == b"MemoryError"


def test_it_gets_what_was_sent_and_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IKB_SECRET_KEY", "secret")

    assert ask(PROBE, "Grüße".encode(), "echo") == "Grüße".encode()
    assert "IKB_SECRET_KEY" not in process._ENVIRONMENT


def test_what_lasts_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TIME_LIMIT", 0.5)

    with pytest.raises(NoAnswer, match="-9"):
        ask(PROBE, b"", "wait")


@pytest.mark.parametrize("act", ["talk", "die", "no such act"])
def test_what_says_too_much_or_dies_gives_no_answer(act: str) -> None:
    with pytest.raises(NoAnswer):
        ask(PROBE, b"", act)


def test_a_connection_past_python_finds_no_network_where_the_kernel_permits_that() -> None:
    permitted = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    if not permitted:
        pytest.skip("this kernel gives no network of its own to a program without rights")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            answer = ask(PROBE, b"", "connect", str(port))

    assert answer == b"unreachable"
