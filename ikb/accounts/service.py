"""Signing in and out, inviting people, and the one-time links that let them set a password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm.attributes import flag_modified

from ikb.accounts.model import AccountToken, Grant, LoginSession, Role, User
from ikb.db import db, read
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor

IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
INVITATION_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(minutes=60)
SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()
# Verified when nobody has that address, so that an answer takes as long for a stranger as for somebody we know.
_NOBODYS_HASH = _hasher.hash(secrets.token_hex(16))


def hash_of(token: str) -> str:
    """SHA-256 in hex: what is kept of a token that is itself 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(email: str, name: str, roles: Iterable[Role], *, by: Actor, now: datetime) -> tuple[User, str]:
    """A new account without a password, and the token of the link that sets one.

    Raises Implausible if the address is taken.
    """
    address = email.strip().lower()
    if db.session.scalar(select(User.id).where(User.email == address)):
        raise Implausible("Mit dieser E-Mail-Adresse gibt es schon ein Konto. Ändern Sie dort die Aufgaben.", "email")
    user = User(email=address, name=name.strip(), created_at=now)
    user.grants = [Grant(role=role) for role in sorted(set(roles))]
    db.session.add(user)
    db.session.flush()
    journal.record("account created", user, by=by, now=now, facts={"roles": sorted(user.roles)})
    return user, issue_token(user, "invitation", now=now)


def issue_token(user: User, purpose: str, *, now: datetime) -> str:
    """A one-time token for a person; earlier ones for the same purpose stop working."""
    db.session.execute(
        update(AccountToken)
        .where(AccountToken.user_id == user.id, AccountToken.purpose == purpose, AccountToken.used_at.is_(None))
        .values(used_at=now)
    )
    token = secrets.token_urlsafe(32)
    life = INVITATION_LIFE if purpose == "invitation" else RESET_LIFE
    db.session.add(AccountToken(token_hash=hash_of(token), user_id=user.id, purpose=purpose, expires_at=now + life))
    return token


def token_in_use(token: str, now: datetime) -> AccountToken:
    """The row of a token that can still be used. Raises NotFound else, whatever the reason."""
    row = db.session.scalar(
        select(AccountToken).where(
            AccountToken.token_hash == hash_of(token), AccountToken.used_at.is_(None), AccountToken.expires_at > now
        )
    )
    if row is None:
        raise NotFound("Dieser Link wurde schon benutzt oder ist abgelaufen. Lassen Sie sich einen neuen schicken.")
    return row


def set_password(token: str, password: str, *, now: datetime) -> User:
    """Use a one-time link: the password is set, every open session of that person ends.

    Raises NotFound for a used or expired token, Implausible for a password that is too short.
    """
    row = token_in_use(token, now)
    user = row.user
    user.password_hash = hash_password(password)
    row.used_at = now
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    db.session.flush()
    journal.record("password set", user, by=Actor.user(user.id), now=now)
    return user


def hash_password(password: str) -> str:
    """Argon2id. Raises Implausible below 12 characters (no other rule: length is what counts, NIST SP 800-63B)."""
    if len(password) < SHORTEST_PASSWORD:
        raise Implausible(f"Das Passwort ist zu kurz: mindestens {SHORTEST_PASSWORD} Zeichen.", "password")
    return _hasher.hash(password)


def sign_in(email: str, password: str, *, now: datetime) -> str | None:
    """The token of a new session, or None: the same answer for a wrong password and for an unknown address."""
    user = db.session.scalar(select(User).where(User.email == email.strip().lower(), User.is_active))
    if not _matches(user.password_hash if user else None, password) or user is None:
        return None
    token = secrets.token_urlsafe(32)
    db.session.add(LoginSession(token_hash=hash_of(token), user_id=user.id, created_at=now, last_seen_at=now))
    db.session.flush()
    journal.record("signed in", user, by=Actor.user(user.id), now=now)
    return token


def _matches(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or _NOBODYS_HASH, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@dataclass(frozen=True)
class Presence:
    """Somebody who is signed in, as every page needs them."""

    session_id: int
    user_id: int
    name: str
    last_seen_at: datetime
    roles: frozenset[Role]


# A line for each role; asked at every request.
_PRESENT = (
    select(LoginSession.id, User.id, User.name, LoginSession.last_seen_at, Grant.role)
    .join(LoginSession.user)
    .outerjoin(User.grants)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        LoginSession.last_seen_at > bindparam("seen_after"),
        LoginSession.created_at > bindparam("begun_after"),
        User.is_active,
    )
)


def session_of(token: str, now: datetime) -> Presence | None:
    """Who is behind a cookie, None if the session ended, idled for 30 minutes or is 12 hours old."""
    rows = read(_PRESENT, token_hash=hash_of(token), seen_after=now - IDLE, begun_after=now - AT_MOST).all()
    if not rows:
        return None
    session_id, user_id, name, seen_at, _ = rows[0]
    return Presence(session_id, user_id, name, seen_at, frozenset(Role(row[4]) for row in rows if row[4] is not None))


def touch(session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=now))


def sign_out(token: str) -> None:
    """End a session for good: the cookie is worth nothing afterwards, whoever kept it."""
    db.session.execute(delete(LoginSession).where(LoginSession.token_hash == hash_of(token)))


def change_roles(user: User, roles: Iterable[Role], *, is_active: bool, seen: int, by: Actor, now: datetime) -> None:
    """Give a person other tasks; their open sessions end, so that nobody works on with what was taken.

    seen: the row's version that travelled in the form. Raises Conflict if somebody saved in between.
    """
    db.session.refresh(user, with_for_update={"of": User})
    if user.row_version != seen:
        raise Conflict(
            "Jemand anderes hat diesen Eintrag eben geändert. Öffnen Sie ihn neu und prüfen Sie, was dort jetzt steht."
        )
    wanted = set(roles)
    kept = [grant for grant in user.grants if Role(grant.role) in wanted]
    user.grants = kept + [Grant(role=role) for role in sorted(wanted - user.roles)]
    user.is_active = is_active
    flag_modified(user, "is_active")  # tasks are rows of their own: without this the person's version would stay
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    db.session.flush()
    journal.record("roles changed", user, by=by, now=now, facts={"roles": sorted(wanted), "active": is_active})
