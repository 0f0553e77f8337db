"""The services of the tests are real, shared, and gone afterwards."""

import os
import smtplib
import threading

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services import ports
from tests.services.postgres import Postgres, clean_environment
from tests.services.session import Session
from tests.services.smtp import Fault
from tests.services.valkey import Valkey

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


def test_an_outside_redis_is_used_as_it_is_and_never_ended(valkey, service_session, mortal_valkey, monkeypatch):
    monkeypatch.setenv("IKB_TEST_REDIS_URL", mortal_valkey.url(0))

    outside = Valkey.start(service_session)

    assert outside.url(2) == mortal_valkey.url(2)
    outside.stop()
    assert ports.answers(mortal_valkey.port)
    assert ports.answers(valkey.port), "the session's own server was ended in its place"


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
