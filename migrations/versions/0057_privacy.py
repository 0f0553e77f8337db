"""What the town tells about its data, how long it keeps them, and what was given out or erased

Revision: 0057_privacy
After: 0060_hand_edits
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057_privacy"
down_revision = "0060_hand_edits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_batch",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_batch")),
        sa.UniqueConstraint("kind", "scope", "due_on", name=op.f("uq_retention_batch_kind_scope_due_on")),
    )
    with op.batch_alter_table("retention_batch", schema=None) as batch_op:
        batch_op.create_index("ix_retention_batch_state", ["state"], unique=False)

    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("offers_archive", sa.Boolean(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("kind", name=op.f("uq_retention_rule_kind")),
    )
    op.create_table(
        "town_notice",
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_notice")),
    )
    op.create_table(
        "person_request",
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_person_request_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_request")),
    )
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_column("restricted_at")

    op.drop_table("person_request")
    op.drop_table("town_notice")
    op.drop_table("retention_rule")
    with op.batch_alter_table("retention_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_retention_batch_state")

    op.drop_table("retention_batch")
