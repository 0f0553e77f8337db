"""A session shares its servers, takes them along when it ends, and says what it has to do without."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from tests.services import browser as browsers
from tests.services import launch, ports
from tests.services.launch import ServiceUnavailable
from tests.services.session import PREFIX, sweep

ROOT = Path(__file__).parents[2]


# Browser


@pytest.mark.browser
def test_a_page_is_shown_and_scripted(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<h1>Größe</h1>")

    assert page.evaluate("document.querySelector('h1').textContent") == "Größe"
    context.close()


@pytest.mark.browser
def test_axe_finds_a_picture_without_words(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content('<html lang="de"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>')
    page.evaluate((ROOT / "tests/vendor/axe.min.js").read_text())

    found = page.evaluate("axe.run().then(result => result.violations.map(rule => rule.id))")

    assert "image-alt" in found
    context.close()


@pytest.mark.parametrize(
    ("named", "says"),
    [("none", "switched off"), ("/nowhere/chromium", "no program")],
)
def test_a_browser_that_is_not_there_says_so(monkeypatch, named, says):
    monkeypatch.setenv("IKB_CHROMIUM", named)

    for way in (browsers.find_chromium, browsers.provide_chromium):
        with pytest.raises(ServiceUnavailable, match=says):
            way()


def test_a_fetched_archive_that_was_changed_is_not_unpacked(tmp_path):
    archive = tmp_path / "changed.tgz"
    archive.write_bytes(b"something else")

    with pytest.raises(ServiceUnavailable, match="SHA-512"):
        browsers._unpack(archive, "node", tmp_path)


# Sessions


def test_a_missing_package_is_named():
    with pytest.raises(ServiceUnavailable, match="no_such_package"):
        launch.find_package("no_such_package")


def test_a_server_that_cannot_start_says_why(service_session):
    command = ["/bin/sh", "-c", "echo loud and clear; exit 3"]
    folder = service_session.folder
    pid = launch.start(folder, "broken", command, ask=signal.SIGTERM, user=None, env=dict(os.environ))

    with pytest.raises(ServiceUnavailable, match="loud and clear"):
        launch.until(lambda: False, folder, "broken", pid)


OTHER_SESSION = """
    import sys
    from tests.services.session import Session
    from tests.services.valkey import Valkey

    session = Session.begin()
    print(session.folder, Valkey.start(session).port, flush=True)
    sys.stdin.read()
"""


def test_a_killed_session_takes_its_servers_along_and_the_next_one_sweeps_up():
    other = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(OTHER_SESSION)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "IKB_TEST_REDIS_URL"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with other:
        folder, port = other.stdout.readline().decode().split()
        assert ports.answers(int(port))
        assert Path(folder).name.startswith(PREFIX)
        other.kill()

    sweep()

    assert not Path(folder).exists()
    assert not ports.answers(int(port))


def test_a_living_session_is_not_swept(service_session):
    subprocess.run([sys.executable, "-c", "from tests.services.session import sweep; sweep()"], cwd=ROOT, check=True)

    assert (service_session.folder / "alive").exists()


SUITE = """
    import pytest

    @pytest.mark.parametrize("number", range(4))
    def test_shared(postgres, valkey, worker_number, number):
        with open({log!r}, "a") as log:
            log.write(f"{{worker_number}} {{postgres.dsn('postgres')}} {{valkey.url()}}\\n")
"""


def pytest_apart(folder, *options, **environment):
    """Another pytest on another suite, with our plugin and nothing else of ours."""
    line = [sys.executable, "-m", "pytest", "-p", "tests.services.plugin", "-p", "no:cacheprovider", "-q", "-c"]
    return subprocess.run(
        [*line, os.devnull, "--rootdir", folder, *options, folder],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif("IKB_TEST_DATABASE_URL" in os.environ, reason="an outside server is always shared")
def test_all_workers_share_one_server_and_none_is_left(tmp_path):
    log = tmp_path / "log"
    (tmp_path / "test_shared.py").write_text(textwrap.dedent(SUITE.format(log=str(log))))

    run = pytest_apart(tmp_path, "-n2", "--dist=each")

    assert run.returncode == 0, run.stdout
    seen = [line.split() for line in log.read_text().splitlines()]
    assert {worker for worker, *_ in seen} == {"0", "1"}
    assert len({tuple(servers) for _, *servers in seen}) == 1
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(seen[0][1])


@pytest.mark.parametrize(("ci", "code", "word"), [("", 0, "skipped"), ("true", 1, "With CI=true")])
def test_without_a_browser_a_test_is_skipped_and_with_ci_it_fails(tmp_path, ci, code, word):
    (tmp_path / "test_page.py").write_text("def test_page(browser): pass\n")

    run = pytest_apart(tmp_path, "-rs", "-n0", IKB_CHROMIUM="none", CI=ci)

    assert (run.returncode, word in run.stdout, "switched off" in run.stdout) == (code, True, True), run.stdout
