"""Who sees to which section or remark until when, and the acts that gave many at once

Revision: 0105_assignments
After: 0080_arguments
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0105_assignments"
down_revision = "0080_arguments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_act",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_bulk_act_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_bulk_act_by_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["bulk_act.id"], name=op.f("fk_bulk_act_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_act")),
        sa.UniqueConstraint("key", name=op.f("uq_bulk_act_key")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bulk_act_undoes_id")),
    )
    op.create_index("ix_bulk_act_draft_id", "bulk_act", ["draft_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_act_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_assignment_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["remark_id"], ["remark.id"], name=op.f("fk_assignment_remark_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_assignment_user_id")),
        sa.ForeignKeyConstraint(["act_id"], ["bulk_act.id"], name=op.f("fk_assignment_act_id")),
        sa.ForeignKeyConstraint(["ended_act_id"], ["bulk_act.id"], name=op.f("fk_assignment_ended_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "uq_assignment_of_section",
        "assignment",
        ["draft_id", "anchor"],
        unique=True,
        postgresql_where=sa.text("remark_id IS NULL AND ended_at IS NULL"),
        sqlite_where=sa.text("remark_id IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "uq_assignment_of_remark",
        "assignment",
        ["remark_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_assignment_draft", "assignment", ["draft_id", "ended_at"], unique=False)
    for column in ("user_id", "act_id", "ended_act_id"):
        op.create_index(f"ix_assignment_{column}", "assignment", [column], unique=False)


def downgrade() -> None:
    op.drop_table("assignment")
    op.drop_table("bulk_act")
