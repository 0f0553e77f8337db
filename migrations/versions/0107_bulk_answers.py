"""Answers that one act gave to several remarks, and which of them were taken back

Revision: 0107_bulk_answers
After: 0111_section_claims
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0107_bulk_answers"
down_revision = "0111_section_claims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_answer",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("consideration_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["bulk_act.id"], name=op.f("fk_bulk_answer_act_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["consideration_id"],
            ["consideration.id"],
            name=op.f("fk_bulk_answer_consideration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["taken_back_id"], ["bulk_act.id"], name=op.f("fk_bulk_answer_taken_back_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_answer")),
        sa.UniqueConstraint("consideration_id", name=op.f("uq_bulk_answer_consideration_id")),
    )
    op.create_index("ix_bulk_answer_act_id", "bulk_answer", ["act_id"], unique=False)
    op.create_index("ix_bulk_answer_taken_back_id", "bulk_answer", ["taken_back_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bulk_answer")
