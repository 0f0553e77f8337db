"""A short way to answer: summary and guiding questions in several languages, answers with their translation

Revision: 0046_guiding_questions
After: 0057_privacy
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046_guiding_questions"
down_revision = "0057_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guiding_question",
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_guiding_question_at_most_five")),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["participation_phase.id"], name=op.f("fk_guiding_question_phase_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guiding_question")),
        sa.UniqueConstraint("phase_id", "position", name=op.f("uq_guiding_question_phase_id_position")),
    )
    op.create_table(
        "guide_text",
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["participation_phase.id"], name=op.f("fk_guide_text_phase_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_text")),
        sa.UniqueConstraint("phase_id", "language", name=op.f("uq_guide_text_phase_id_language")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("question_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=35), server_default="de", nullable=False))
        batch_op.add_column(sa.Column("translation", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(op.f("fk_remark_question_id"), "guiding_question", ["question_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_remark_question_id"), ["question_id"])
    op.create_table(
        "remark_translation",
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("translated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("translated_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["remark.id"], name=op.f("fk_remark_translation_remark_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["translated_by_id"], ["user_account.id"], name=op.f("fk_remark_translation_translated_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_translation")),
        sa.UniqueConstraint("remark_id", "number", name=op.f("uq_remark_translation_remark_id_number")),
    )


def downgrade() -> None:
    op.drop_table("remark_translation")
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remark_question_id"))
        batch_op.drop_constraint(op.f("fk_remark_question_id"), type_="foreignkey")
        batch_op.drop_column("translation")
        batch_op.drop_column("language")
        batch_op.drop_column("question_id")
    op.drop_table("guide_text")
    op.drop_table("guiding_question")
