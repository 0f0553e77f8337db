"""The services of the tests are real, shared, and gone afterwards."""

import os
import signal
import smtplib
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services import browser as browsers
from tests.services import launch, ports
from tests.services.launch import ServiceUnavailable
from tests.services.postgres import Postgres, clean_environment
from tests.services.session import PREFIX, Session, sweep
from tests.services.smtp import Fault
from tests.services.valkey import Valkey

ROOT = Path(__file__).parents[2]
AT_ONCE = Retry(NoBackoff(), 0)


# PostgreSQL


@pytest.fixture
def database(postgres, worker_number):
    name = f"services_{worker_number}"
    postgres.create_database(name)
    yield name
    postgres.drop_database(name)


def test_postgres_is_new_enough_for_production_s_promises(postgres, database):
    with psycopg.connect(postgres.dsn(database)) as connection:
        assert connection.info.server_version >= 150000


def test_postgres_keeps_german_text_and_utc(postgres, database):
    with psycopg.connect(postgres.dsn(database)) as connection:
        connection.execute("CREATE TABLE t (name text)")
        connection.execute("INSERT INTO t VALUES ('Größe')")

        assert connection.execute("SELECT name FROM t WHERE lower(name) = 'größe'").fetchone() == ("Größe",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_two_claimers_never_get_the_same_row(postgres, database):
    claim = "DELETE FROM due WHERE id IN (SELECT id FROM due ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id"
    with psycopg.connect(postgres.dsn(database)) as one, psycopg.connect(postgres.dsn(database)) as other:
        one.execute("CREATE TABLE due (id int)")
        one.execute("INSERT INTO due VALUES (1), (2)")
        one.commit()

        assert [one.execute(claim).fetchone(), other.execute(claim).fetchone()] == [(1,), (2,)]


def test_a_template_is_filled_once_and_copied_as_often_as_wanted(postgres, worker_number):
    fills = []

    def fill(url):
        fills.append(url)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE shelf (id int)")

    name = f"services_template_{worker_number}"
    for _ in range(2):
        postgres.template(name, fill)
    copies = [f"services_copy_{worker_number}_{number}" for number in range(2)]
    for copy in copies:
        postgres.create_database(copy, template=name)
        with psycopg.connect(postgres.dsn(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM shelf").fetchone() == (0,)

    assert len(fills) == 1
    for made in [*copies, name]:
        postgres.drop_database(made)


def test_a_database_goes_even_while_somebody_is_connected(postgres, worker_number):
    name = f"services_held_{worker_number}"
    with psycopg.connect(postgres.create_database(name).replace("+psycopg", "")) as held:
        postgres.drop_database(name)

        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")


@pytest.mark.skipif("IKB_TEST_DATABASE_URL" in os.environ, reason="an outside server has passwords of its own")
def test_postgres_lets_nobody_in_without_the_password(postgres):
    dsn = postgres.dsn("postgres")
    password = dsn.split("@")[0].rsplit(":", 1)[1]

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(dsn.replace(password, "wrong"))


def test_settings_of_another_server_do_not_reach_ours(monkeypatch):
    for name, value in [("PGHOST", "elsewhere"), ("PGDATA", "/elsewhere"), ("LC_COLLATE", "xx"), ("LANG", "de_DE")]:
        monkeypatch.setenv(name, value)

    env = clean_environment()

    assert not {"PGHOST", "PGDATA", "LC_COLLATE", "LANG"} & env.keys()
    assert env["LC_ALL"] == "C.UTF-8"


def test_an_outside_server_gets_databases_of_its_own_names_and_loses_them_again(postgres, database, monkeypatch):
    monkeypatch.setenv("IKB_TEST_DATABASE_URL", postgres.url(database))
    session = Session.begin()
    outside = Postgres.start(session)
    url = outside.create_database("ikb")

    assert url.rpartition("/")[2].startswith("ikbt")
    assert not (session.folder / "postgres.json").exists()

    outside.stop()
    session.end()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


# Valkey


def test_valkey_keeps_what_it_is_told(valkey, valkey_db):
    with redis.Redis.from_url(valkey.url(valkey_db)) as client:
        client.set("name", "Größe")

        assert client.get("name") == "Größe".encode()


def test_flushing_one_database_leaves_the_others(valkey, valkey_db):
    with (
        redis.Redis.from_url(valkey.url(valkey_db)) as mine,
        redis.Redis.from_url(valkey.url(valkey_db + 1)) as other,
    ):
        mine.set("a", 1)
        other.set("a", 1)

        valkey.flush(valkey_db)

        assert (mine.exists("a"), other.exists("a")) == (0, 1)


def test_a_killed_valkey_refuses_and_comes_back_empty_on_its_port(mortal_valkey):
    with redis.Redis.from_url(mortal_valkey.url(), retry=AT_ONCE) as client:
        client.set("a", 1)

        mortal_valkey.kill()
        assert not ports.answers(mortal_valkey.port)

        mortal_valkey.restart()
        assert client.exists("a") == 0


def test_valkey_lets_nobody_in_without_the_password(mortal_valkey):
    with (
        redis.Redis("127.0.0.1", mortal_valkey.port, retry=AT_ONCE) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_an_outside_redis_is_used_as_it_is_and_never_ended(service_session, mortal_valkey, monkeypatch):
    monkeypatch.setenv("IKB_TEST_REDIS_URL", mortal_valkey.url(0))

    outside = Valkey.start(service_session)

    assert outside.url(2) == mortal_valkey.url(2)
    outside.stop()
    assert ports.answers(mortal_valkey.port)


# SMTP

LETTER = "Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\nMessage-ID: <7@example.org>\r\n\r\nGuten Tag\r\n"


def send(sink, *recipients, letter=LETTER):
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
        return client.sendmail("stadt@example.org", recipients, letter)


def test_a_sent_message_is_kept_as_it_came(smtp_sink):
    send(smtp_sink, "verein@example.org")

    (message,) = smtp_sink.wait_for(1)

    assert (message.sender, message.recipients) == ("stadt@example.org", ("verein@example.org",))
    assert (message.message_id, message.subject) == ("<7@example.org>", "Größe")
    assert message.text.strip() == "Guten Tag"
    assert message.raw.startswith(b"Subject:")


def test_many_senders_at_once_lose_nothing(smtp_sink):
    senders = [threading.Thread(target=send, args=(smtp_sink, f"{number}@example.org")) for number in range(20)]
    for sender in senders:
        sender.start()

    smtp_sink.wait_for(20)

    for sender in senders:
        sender.join()
    assert sorted(smtp_sink.recipients()) == sorted(f"{number}@example.org" for number in range(20))


@pytest.mark.parametrize("reply", ["450 4.2.1 later", "550 5.1.1 unknown"])
def test_a_refused_recipient_gets_nothing_and_the_others_do(smtp_sink, reply):
    smtp_sink.faults = lambda recipient: Fault(reply) if recipient.startswith("voll") else None

    refused = send(smtp_sink, "voll@example.org", "verein@example.org")

    assert refused["voll@example.org"][0] == int(reply[:3])
    assert smtp_sink.recipients() == ["verein@example.org"]


def test_an_error_after_the_text_leaves_the_sender_in_doubt_though_it_arrived(smtp_sink):
    smtp_sink.faults = lambda recipient: Fault("451 4.3.0 try again", after=True)

    with pytest.raises(smtplib.SMTPDataError):
        send(smtp_sink, "verein@example.org")

    assert smtp_sink.recipients() == ["verein@example.org"]


def test_a_slow_server_outlasts_an_impatient_sender(smtp_sink):
    smtp_sink.faults = lambda recipient: Fault(seconds=5)

    client = smtplib.SMTP("127.0.0.1", smtp_sink.port, timeout=0.3)

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        client.sendmail("stadt@example.org", ["verein@example.org"], LETTER)

    client.close()


def test_a_stopped_sink_refuses_and_returns_on_its_port(smtp_sink):
    smtp_sink.stop()
    with pytest.raises(ConnectionRefusedError):
        send(smtp_sink, "verein@example.org")

    smtp_sink.start()
    send(smtp_sink, "verein@example.org")

    assert len(smtp_sink.wait_for(1)) == 1


def test_waiting_in_vain_says_what_came(smtp_sink):
    with pytest.raises(TimeoutError, match="0 of 1 messages"):
        smtp_sink.wait_for(1, timeout=0.05)


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
