"""Edits of a working version by hand, each with its reason

Revision: 0060_hand_edits
After: 0050_signed_receipts
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060_hand_edits"
down_revision = "0050_signed_receipts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_edit",
        sa.Column("base_version_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["draft_version.id"], name=op.f("fk_hand_edit_base_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["edited_by_id"], ["user_account.id"], name=op.f("fk_hand_edit_edited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_edit")),
    )
    with op.batch_alter_table("hand_edit", schema=None) as batch_op:
        batch_op.create_index("ix_hand_edit_standing", ["base_version_id", "withdrawn_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("hand_edit", schema=None) as batch_op:
        batch_op.drop_index("ix_hand_edit_standing")

    op.drop_table("hand_edit")
