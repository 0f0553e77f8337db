"""A wording of the lead's own for proposals that cannot both stand, tied to the decisions that it belongs to

Revision: 0090_own_wordings
After: 0085_standing_invitations
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0090_own_wordings"
down_revision = "0085_standing_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_wording",
        sa.Column("hand_edit_id", sa.Integer(), nullable=False),
        sa.Column("consideration_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hand_edit_id"], ["hand_edit.id"], name=op.f("fk_own_wording_hand_edit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consideration_id"],
            ["consideration.id"],
            name=op.f("fk_own_wording_consideration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_wording")),
        sa.UniqueConstraint(
            "hand_edit_id", "consideration_id", name=op.f("uq_own_wording_hand_edit_id_consideration_id")
        ),
    )
    with op.batch_alter_table("own_wording", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_own_wording_consideration_id"), ["consideration_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("own_wording", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_own_wording_consideration_id"))

    op.drop_table("own_wording")
