"""Configuration: one frozen value, built once from the environment; a missing value stops the start and names itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import ikb

ROOT = Path(ikb.__file__).resolve().parents[1]
LOCAL = "http://127.0.0.1:8000"
ENVIRONMENTS = ("production", "demo", "test")


class MisconfiguredError(Exception):
    """The start was stopped; each line names one environment variable and what is wrong with it."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between installations. Names follow the environment variables `IKB_…`.

    send_lease: how long a worker may hold a message before another takes it up; a send gets half of it, at most 20 s.
    trusted_proxies: how many reverse proxies stand in front; only what they say about address and scheme is believed.
    mail_pace: how many messages a minute the mail server takes; None if it has not said.
    metrics_token: whoever asks for figures from another machine must show it; None: only this machine is answered.
    """

    env: str
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    smtp_url: str | None = field(repr=False)
    base_url: str
    trusted_hosts: tuple[str, ...]
    data_dir: Path
    mail_from: str
    clock_offset: timedelta = timedelta(0)
    send_lease: timedelta = timedelta(seconds=40)
    trusted_proxies: int = 0
    mail_pace: int | None = None
    metrics_token: str | None = field(default=None, repr=False)

    @property
    def is_production(self) -> bool:
        """True unless this is the demonstration or a test."""
        return self.env == "production"

    @property
    def has_mailbox_page(self) -> bool:
        """The demonstration keeps its mails in a folder and shows them; no other installation does."""
        return self.env != "production" and self.smtp_url is None

    @property
    def is_secure(self) -> bool:
        """Whether people reach ikb through TLS, so that cookies may insist on it."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """The configuration as the environment gives it.

        Raises MisconfiguredError naming every variable that is missing or wrong.
        """
        return _read(dict(os.environ) if environ is None else dict(environ))


def _read(environ: dict[str, str]) -> Config:
    env = environ.get("IKB_ENV", "production")
    data_dir = Path(environ.get("IKB_DATA_DIR", ROOT / "var" / "ikb"))
    if faults := _faults(env, environ):
        raise MisconfiguredError("\n".join(faults))
    hosts = tuple(host.strip() for host in environ.get("IKB_TRUSTED_HOSTS", "").split(",") if host.strip())
    return Config(
        env=env,
        secret_key=environ["IKB_SECRET_KEY"],
        database_url=environ.get("IKB_DATABASE_URL") or f"sqlite:///{data_dir / 'ikb.sqlite'}",
        redis_url=environ.get("IKB_REDIS_URL") or None,
        smtp_url=environ.get("IKB_SMTP_URL") or None,
        base_url=environ.get("IKB_BASE_URL", LOCAL).rstrip("/"),
        trusted_hosts=hosts,
        data_dir=data_dir,
        mail_from=environ.get("IKB_MAIL_FROM", "ikb@localhost.localdomain"),
        send_lease=timedelta(seconds=int(environ.get("IKB_SEND_LEASE", "40"))),
        trusted_proxies=int(environ.get("IKB_TRUSTED_PROXIES", "0")),
        mail_pace=int(environ.get("IKB_MAIL_PACE") or "0") or None,
        metrics_token=environ.get("IKB_METRICS_TOKEN") or None,
    )


def is_loopback(host: str | None) -> bool:
    """Whether only this machine reaches that host: `localhost`, 127.…, ::1."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _faults(env: str, environ: dict[str, str]) -> list[str]:
    faults = []
    if env not in ENVIRONMENTS:
        faults.append(f"IKB_ENV is {env!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    if len(environ.get("IKB_SECRET_KEY", "")) < 32:
        faults.append("IKB_SECRET_KEY is missing or shorter than 32 characters; links and sessions are signed with it.")
    lease = environ.get("IKB_SEND_LEASE", "40")
    if not lease.isdecimal() or not 2 <= int(lease) <= 600:
        faults.append(f"IKB_SEND_LEASE is {lease!r}; it must be a whole number of seconds from 2 to 600.")
    pace = environ.get("IKB_MAIL_PACE") or "0"
    if not pace.isdecimal() or int(pace) > 60_000:
        faults.append(f"IKB_MAIL_PACE is {pace!r}; it must be a whole number of messages a minute, at most 60000.")
    if 0 < len(environ.get("IKB_METRICS_TOKEN") or "") < 16:
        faults.append("IKB_METRICS_TOKEN is shorter than 16 characters; whoever knows it sees the house's figures.")
    proxies = environ.get("IKB_TRUSTED_PROXIES", "0")
    if proxies not in tuple("0123456789"):
        faults.append(f"IKB_TRUSTED_PROXIES is {proxies!r}; it must be a whole number of reverse proxies from 0 to 9.")
    faults += _faults_of_address(env, environ.get("IKB_BASE_URL") or LOCAL)
    needed_in_production = {
        "IKB_BASE_URL": "links in mails begin with it",
        "IKB_TRUSTED_HOSTS": "requests for other hosts are refused",
        "IKB_SMTP_URL": "without it no invitation is sent",
        "IKB_MAIL_FROM": "it is the sender of every message",
    }
    if env == "production":
        faults += [f"{name} is missing: {why}." for name, why in needed_in_production.items() if not environ.get(name)]
    return faults


def _faults_of_address(env: str, base_url: str) -> list[str]:
    try:
        address = urlsplit(base_url)
        host = address.hostname
    except ValueError:
        host = None
    if host is None or address.scheme not in ("http", "https"):
        return [f"IKB_BASE_URL is {base_url!r}; it must be an address such as https://beteiligung.example.org."]
    if is_loopback(host):
        return []
    if env in ("demo", "test"):
        return [f"IKB_BASE_URL is {base_url!r}; demo and test ask for no second factor and stay on loopback."]
    if address.scheme != "https":
        return [f"IKB_BASE_URL is {base_url!r}; it must begin with https://, or cookies and links travel in the clear."]
    return []
