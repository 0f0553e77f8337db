"""What the administration says to a body's wording, each version of it a row

Revision: 0110_board
After: 0126_remark_places
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0110_board"
down_revision = "0126_remark_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "administration_comment",
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["remark.id"], name=op.f("fk_administration_comment_remark_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_administration_comment_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_comment")),
    )
    with op.batch_alter_table("administration_comment", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_administration_comment_remark_id"), ["remark_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("administration_comment", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_administration_comment_remark_id"))

    op.drop_table("administration_comment")
