"""Answer letters as one file, asked for by a lead and written by the worker

Revision: 0150_answer_letters
After: 0146_weighing_words
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0150_answer_letters"
down_revision = "0146_weighing_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_letters",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("steps_total", sa.Integer(), nullable=False),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=40), nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_answer_letters_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["participation_phase.id"], name=op.f("fk_answer_letters_phase_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_answer_letters_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_answer_letters_key")),
    )
    with op.batch_alter_table("answer_letters", schema=None) as batch_op:
        batch_op.create_index("ix_answer_letters_procedure_id", ["procedure_id"], unique=False)
        batch_op.create_index("ix_answer_letters_state_lease_until", ["state", "lease_until"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("answer_letters", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_letters_state_lease_until")
        batch_op.drop_index("ix_answer_letters_procedure_id")

    op.drop_table("answer_letters")
