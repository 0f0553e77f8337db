"""What comes back to the sender's mailbox, and how reading it went

Revision: 0018_returned_mail
After: 0012_silence_and_presenters
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_returned_mail"
down_revision = "0012_silence_and_presenters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "returned_mail",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("excerpt", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_returned_mail_delivery_id_delivery"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_mail")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_returned_mail_fingerprint")),
    )
    with op.batch_alter_table("returned_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_mail_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_returned_mail_received_at"), ["received_at"], unique=False)
    op.create_table(
        "returns_mailbox",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faulty_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns_mailbox")),
        sa.UniqueConstraint("name", name=op.f("uq_returns_mailbox_name")),
    )


def downgrade() -> None:
    op.drop_table("returns_mailbox")
    op.drop_table("returned_mail")
