"""Delivery: who tried and for how long, soft bounces, what somebody does not want, how fast a mail server takes mail

Revision: 0016_delivery
After: 0015_calendars
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_delivery"
down_revision = "0015_calendars"
branch_labels = None
depends_on = None

IS_OPEN = "state IN ('planned', 'sending', 'bounced_soft')"


def upgrade() -> None:
    op.create_table(
        "mail_refusal",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_refusal")),
        sa.UniqueConstraint("address_hash", "stream", name=op.f("uq_mail_refusal_address_hash_stream")),
    )
    op.create_table(
        "mail_pace",
        sa.Column("server", sa.String(length=200), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pace")),
        sa.UniqueConstraint("server", name=op.f("uq_mail_pace_server")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("soft_bounces", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(
            "ix_delivery_open",
            ["urgency", "next_at", "id"],
            postgresql_where=sa.text(IS_OPEN),
            sqlite_where=sa.text(IS_OPEN),
        )
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("worker", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.drop_column("worker")
        batch_op.drop_column("began_at")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_open")
        batch_op.drop_column("soft_bounces")
    op.drop_table("mail_pace")
    op.drop_table("mail_refusal")
