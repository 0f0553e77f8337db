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
