"""Configuration: one frozen value, built once from the environment; a missing value stops the start and names itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parseaddr
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
class TokenSource:
    """Who gives out tokens for a mailbox, to whom, and for what (RFC 6749, section 4.4: client credentials)."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str


@dataclass(frozen=True)
class Config:
    """Everything that differs between installations. Names follow the environment variables `IKB_…`.

    send_lease: how long a worker may hold a message before another takes it up; a send gets half of it, at most 20 s.
    trusted_proxies: how many reverse proxies stand in front; only what they say about address and scheme is believed.
    arrival_header: in which header the proxy notes when a request arrived; None: it does not.
    mail_pace: how many messages a minute the mail server takes; None if it has not said.
    imap_url: the mailbox to which undeliverable messages come back; None: nobody reads it.
    clamav: the socket of a virus scanner, unix:///… or tcp://host:port; None: files are not scanned, and pages say so.
    imap_token: where and as whom a token for it is fetched, instead of a password; None: by password.
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
    arrival_header: str | None = None
    mail_pace: int | None = None
    metrics_token: str | None = field(default=None, repr=False)
    imap_url: str | None = field(default=None, repr=False)
    imap_token: TokenSource | None = None
    clamav: str | None = None

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


def data_dir_of(environ: Mapping[str, str]) -> Path:
    """The folder of an installation's files; known without the rest of its configuration."""
    return Path(environ.get("IKB_DATA_DIR", ROOT / "var" / "ikb"))


def _read(environ: dict[str, str]) -> Config:
    env = environ.get("IKB_ENV", "production")
    data_dir = data_dir_of(environ)
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
        arrival_header=environ.get("IKB_ARRIVAL_HEADER") or None,
        mail_pace=int(environ.get("IKB_MAIL_PACE") or "0") or None,
        metrics_token=environ.get("IKB_METRICS_TOKEN") or None,
        imap_url=environ.get("IKB_IMAP_URL") or None,
        imap_token=_token_source(environ),
        clamav=environ.get("IKB_CLAMAV") or None,
    )


IMAP_TOKEN = {
    "IKB_IMAP_TOKEN_URL": "the token for the mailbox is fetched there",
    "IKB_IMAP_CLIENT_ID": "the token is asked for under it",
    "IKB_IMAP_CLIENT_SECRET": "the token is asked for with it",
    "IKB_IMAP_SCOPE": "it says what the token is for",
}


def _token_source(environ: dict[str, str]) -> TokenSource | None:
    values = [environ.get(name, "") for name in IMAP_TOKEN]
    return TokenSource(*values) if all(values) else None


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
    if environ.get("IKB_ARRIVAL_HEADER") and proxies in ("", "0"):
        faults.append(
            "IKB_ARRIVAL_HEADER is set, but IKB_TRUSTED_PROXIES is 0: without a proxy a visitor chooses the time."
        )
    faults += _faults_of_sending(environ.get("IKB_SMTP_URL") or "", environ.get("IKB_MAIL_FROM") or "")
    faults += _faults_of_mailbox(environ)
    faults += _faults_of_scanner(environ.get("IKB_CLAMAV") or "")
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


def _faults_of_scanner(address: str) -> list[str]:
    if not address or (address.startswith("unix:///") and len(address) > 8):
        return []
    try:
        place = urlsplit(address)
        is_fine = place.scheme == "tcp" and bool(place.hostname) and place.port is not None
    except ValueError:
        is_fine = False
    message = f"IKB_CLAMAV is {address!r}; it must look like unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310."
    return [] if is_fine else [message]


def _faults_of_sending(url: str, sender: str) -> list[str]:
    faults = []
    try:
        place = urlsplit(url)
        is_fine = place.scheme in ("smtp", "smtps") and bool(place.hostname) and place.port != 0
    except ValueError:
        is_fine = False
    if url and not is_fine:  # the value is not repeated: it holds a password
        faults.append(
            "IKB_SMTP_URL must look like smtp://user:password@host:587?starttls=1 or smtps://user:password@host."
        )
    local, _, domain = parseaddr(sender)[1].rpartition("@")
    if sender and not (local and domain and local.isascii() and not set(" \t\r\n") & set(local + domain)):
        faults.append(
            f"IKB_MAIL_FROM is {sender!r}; it must be an address such as Stadt Musterau <ikb@stadt.example.org>."
        )
    return faults


def _faults_of_mailbox(environ: dict[str, str]) -> list[str]:
    """Of the mailbox for returns: either nothing is set, or all that it takes to read it."""
    url, given = environ.get("IKB_IMAP_URL"), [name for name in IMAP_TOKEN if environ.get(name)]
    if not url:
        return [f"IKB_IMAP_URL is missing, but {', '.join(given)} is set: say which mailbox is meant."] if given else []
    try:
        address = urlsplit(url)
        host, user, password = address.hostname, address.username, address.password
        _ = address.port
    except ValueError:
        host = user = password = None
    # The value is not repeated: it holds a password.
    if host is None or not user or address.scheme not in ("imap", "imaps"):
        return ["IKB_IMAP_URL must look like imaps://user:password@host/INBOX or imap://user:password@host?starttls=1."]
    faults = []
    if address.scheme == "imap" and "starttls=1" not in address.query.split("&") and not is_loopback(host):
        faults.append("IKB_IMAP_URL must begin with imaps:// or say ?starttls=1, or the password travels in the clear.")
    if given:
        faults += [f"{name} is missing: {why}." for name, why in IMAP_TOKEN.items() if name not in given]
    elif not password:
        faults.append("IKB_IMAP_URL has no password; without one set IKB_IMAP_TOKEN_URL and what belongs to it.")
    token = urlsplit(environ.get("IKB_IMAP_TOKEN_URL") or "https://none")
    if token.scheme != "https" and not is_loopback(token.hostname):
        faults.append("IKB_IMAP_TOKEN_URL must begin with https://, or the secret travels in the clear.")
    return faults
