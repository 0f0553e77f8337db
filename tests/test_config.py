"""What stops a start, and what does not."""

from __future__ import annotations

import pytest

from ikb import cli
from ikb.config import Config, MisconfiguredError

SECRET = "only for this test, but long enough for it"
PRODUCTION = {
    "IKB_ENV": "production",
    "IKB_SECRET_KEY": SECRET,
    "IKB_BASE_URL": "https://beteiligung.example.org",
    "IKB_TRUSTED_HOSTS": "beteiligung.example.org",
    "IKB_SMTP_URL": "smtp://mail.example.org:587",
    "IKB_MAIL_FROM": "beteiligung@example.org",
}
TEST = {"IKB_ENV": "test", "IKB_SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    "environ",
    [
        PRODUCTION,
        PRODUCTION | {"IKB_BASE_URL": "http://127.0.0.1:8000"},
        PRODUCTION | {"IKB_BASE_URL": "http://localhost"},
        PRODUCTION | {"IKB_TRUSTED_PROXIES": "2"},
        TEST,
        TEST | {"IKB_BASE_URL": "http://[::1]:8000"},
        TEST | {"IKB_ENV": "demo", "IKB_BASE_URL": "http://127.0.0.1:9000"},
    ],
)
def test_what_is_right_starts(environ):
    assert Config.from_env(environ).trusted_proxies == int(environ.get("IKB_TRUSTED_PROXIES", "0"))


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        (PRODUCTION | {"IKB_BASE_URL": "http://beteiligung.example.org"}, "IKB_BASE_URL"),
        (PRODUCTION | {"IKB_BASE_URL": "beteiligung.example.org"}, "IKB_BASE_URL"),
        (PRODUCTION | {"IKB_BASE_URL": "https://[beteiligung"}, "IKB_BASE_URL"),
        (PRODUCTION | {"IKB_BASE_URL": "http://127.0.0.1.example.org"}, "IKB_BASE_URL"),
        (TEST | {"IKB_BASE_URL": "https://beteiligung.example.org"}, "IKB_BASE_URL"),
        (TEST | {"IKB_ENV": "demo", "IKB_BASE_URL": "http://192.0.2.1:8000"}, "IKB_BASE_URL"),
        (TEST | {"IKB_TRUSTED_PROXIES": "-1"}, "IKB_TRUSTED_PROXIES"),
        (TEST | {"IKB_TRUSTED_PROXIES": "one"}, "IKB_TRUSTED_PROXIES"),
        (TEST | {"IKB_TRUSTED_PROXIES": ""}, "IKB_TRUSTED_PROXIES"),
        (TEST | {"IKB_SMTP_URL": "mail.example.org:587"}, "IKB_SMTP_URL"),
        (TEST | {"IKB_SMTP_URL": "https://mail.example.org"}, "IKB_SMTP_URL"),
        (TEST | {"IKB_SMTP_URL": "smtp://town:secret@mail.example.org:submission"}, "IKB_SMTP_URL"),
        (TEST | {"IKB_MAIL_FROM": "Stadt Musterau"}, "IKB_MAIL_FROM"),
        (TEST | {"IKB_MAIL_FROM": "ikb@"}, "IKB_MAIL_FROM"),
    ],
)
def test_what_is_wrong_is_named(environ, named):
    with pytest.raises(MisconfiguredError, match=named):
        Config.from_env(environ)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "rechner.example.org"])
def test_only_production_serves_other_machines(monkeypatch, capsys, host):
    for name, value in TEST.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("ikb.serve.run", lambda *_: pytest.fail("it served"))

    assert cli.main(["run", "--host", host]) == 2
    assert "--host" in capsys.readouterr().err


MAILBOX = TEST | {"IKB_IMAP_URL": "imaps://ikb%40example.org:geheim@imap.example.org/INBOX"}
TOKEN = {
    "IKB_IMAP_TOKEN_URL": "https://login.example.org/token",
    "IKB_IMAP_CLIENT_ID": "ikb",
    "IKB_IMAP_CLIENT_SECRET": "streng geheim",
    "IKB_IMAP_SCOPE": "mail",
}
WITHOUT_PASSWORD = "imaps://ikb%40example.org@imap.example.org/INBOX"


@pytest.mark.parametrize(
    "environ",
    [
        MAILBOX,
        MAILBOX | {"IKB_IMAP_URL": "imap://ikb:geheim@imap.example.org:143/INBOX?starttls=1&done=Erledigt"},
        MAILBOX | {"IKB_IMAP_URL": "imap://ikb:geheim@127.0.0.1:1143"},
        MAILBOX | TOKEN | {"IKB_IMAP_URL": WITHOUT_PASSWORD},
    ],
)
def test_a_mailbox_for_returns_is_named_whole_and_its_secrets_are_not_shown(environ):
    config = Config.from_env(environ)

    assert config.imap_url == environ["IKB_IMAP_URL"]
    assert (config.imap_token is not None) is ("IKB_IMAP_SCOPE" in environ)
    assert "geheim" not in repr(config)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        (TEST | TOKEN, ["IKB_IMAP_URL"]),
        (TEST | {"IKB_IMAP_URL": "https://imap.example.org"}, ["IKB_IMAP_URL"]),
        (TEST | {"IKB_IMAP_URL": "imaps://geheim@imap.example.org:nine/"}, ["IKB_IMAP_URL"]),
        (TEST | {"IKB_IMAP_URL": "imaps://imap.example.org"}, ["IKB_IMAP_URL"]),
        (TEST | {"IKB_IMAP_URL": "imap://ikb:geheim@imap.example.org"}, ["IKB_IMAP_URL"]),
        (TEST | {"IKB_IMAP_URL": WITHOUT_PASSWORD}, ["IKB_IMAP_URL"]),
        (MAILBOX | {"IKB_IMAP_SCOPE": "mail"}, sorted(set(TOKEN) - {"IKB_IMAP_SCOPE"})),
        (MAILBOX | TOKEN | {"IKB_IMAP_TOKEN_URL": "http://login.example.org"}, ["IKB_IMAP_TOKEN_URL"]),
    ],
)
def test_half_a_mailbox_stops_the_start_and_names_what_is_missing_without_secrets(environ, named):
    with pytest.raises(MisconfiguredError) as stopped:
        Config.from_env(environ)

    lines = str(stopped.value).splitlines()
    assert sorted(line.split()[0] for line in lines) == named
    assert "geheim" not in str(stopped.value)
