"""Alembic's environment: runs inside the application's context, on whichever engine the configuration names."""

from __future__ import annotations

from alembic import context
from flask import current_app

from ikb.db import Base

target = current_app.extensions["migrate"].db


def run() -> None:
    """Bring the database to the wanted revision, each revision in one transaction."""
    with target.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
