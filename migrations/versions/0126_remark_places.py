"""Where a person says that a remark belongs on a version

Revision: 0126_remark_places
After: 0136_word_forms
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0126_remark_places"
down_revision = "0136_word_forms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remark_place",
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["remark.id"], name=op.f("fk_remark_place_remark_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["draft_version.id"], name=op.f("fk_remark_place_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["placed_by_id"], ["user_account.id"], name=op.f("fk_remark_place_placed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_place")),
    )
    with op.batch_alter_table("remark_place", schema=None) as batch_op:
        batch_op.create_index("ix_remark_place_version", ["version_id", "remark_id"], unique=False)
        batch_op.create_index(op.f("ix_remark_place_remark_id"), ["remark_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("remark_place", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_remark_place_remark_id"))
        batch_op.drop_index("ix_remark_place_version")

    op.drop_table("remark_place")
