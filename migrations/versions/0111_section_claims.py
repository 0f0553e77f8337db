"""Who has a section in hand right now

Revision: 0111_section_claims
After: 0110_board
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0111_section_claims"
down_revision = "0110_board"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "section_claim",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_section_claim_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_section_claim_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_claim")),
        sa.UniqueConstraint("draft_id", "anchor", name=op.f("uq_section_claim_draft_id_anchor")),
    )
    with op.batch_alter_table("section_claim", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_section_claim_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("section_claim", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_section_claim_user_id"))

    op.drop_table("section_claim")
