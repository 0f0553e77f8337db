"""Reading people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from ikb.accounts.model import Grant, Role, User
from ikb.db import db


def people() -> Select[User]:
    """Everybody with an account, by name."""
    return select(User).order_by(User.name, User.id)


def with_role(role: Role) -> Sequence[User]:
    """The active people with one task, by name."""
    return db.session.scalars(
        select(User).join(Grant).where(Grant.role == role, User.is_active).order_by(User.name, User.id)
    ).all()


def by_email(email: str) -> User | None:
    """The person with that address, however its letters were typed."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))
