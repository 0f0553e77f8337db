"""Copies of attached files that may leave

Revision: 0165_clearances
After: 0145_opinions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0165_clearances"
down_revision = "0145_opinions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clearance",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("is_redacted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("readable", sa.Text(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_clearance_attachment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_clearance_file_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_clearance_made_by_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["user_account.id"], name=op.f("fk_clearance_released_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_clearance_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
        sa.UniqueConstraint("key", name=op.f("uq_clearance_key")),
    )
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_clearance_attachment_id"), ["attachment_id"], unique=False)
        batch_op.create_index(op.f("ix_clearance_file_id"), ["file_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_clearance_file_id"))
        batch_op.drop_index(op.f("ix_clearance_attachment_id"))

    op.drop_table("clearance")
