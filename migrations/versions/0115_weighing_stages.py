"""Stages of a consideration: their day and whose they are, which a procedure has, and which one issuing waits for

Revision: 0115_weighing_stages
After: 0100_more_time
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0115_weighing_stages"
down_revision = "0100_more_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consideration", sa.Column("resolved_on", sa.Date(), nullable=True))
    op.add_column("consideration", sa.Column("resolved_by", sa.String(length=200), server_default="", nullable=False))
    op.add_column(
        "procedure",
        sa.Column("weighing_stages", sa.String(length=60), server_default="administration", nullable=False),
    )
    op.add_column(
        "procedure", sa.Column("issuing_stage", sa.String(length=20), server_default="administration", nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_column("issuing_stage")
        batch_op.drop_column("weighing_stages")
    with op.batch_alter_table("consideration", schema=None) as batch_op:
        batch_op.drop_column("resolved_by")
        batch_op.drop_column("resolved_on")
    _guard_again()


def _guard_again() -> None:
    """SQLite changes a table by making it anew, and its triggers go with the old one."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER IF NOT EXISTS consideration_no_update BEFORE UPDATE ON consideration "
            "BEGIN SELECT RAISE(ABORT, 'rows of consideration only grow'); END"
        )
