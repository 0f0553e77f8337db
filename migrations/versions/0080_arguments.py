"""Remarks that say the same: suggested by a run, put together by a person, answered once

Revision: 0080_arguments
After: 0086_late_decisions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0080_arguments"
down_revision = "0086_late_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "section_grouping",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("clusters", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_section_grouping_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_grouping")),
        sa.UniqueConstraint("run_id", "anchor", name=op.f("uq_section_grouping_run_id_anchor")),
    )
    op.create_table(
        "argument",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_argument_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_argument_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_argument")),
        sa.UniqueConstraint("key", name=op.f("uq_argument_key")),
    )
    op.create_index("ix_argument_section", "argument", ["draft_id", "anchor"], unique=False)
    op.create_table(
        "argument_member",
        sa.Column("argument_id", sa.Integer(), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("joined_by_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_by_id", sa.Integer(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["argument_id"], ["argument.id"], name=op.f("fk_argument_member_argument_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["remark.id"], name=op.f("fk_argument_member_remark_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["joined_by_id"], ["user_account.id"], name=op.f("fk_argument_member_joined_by_id")),
        sa.ForeignKeyConstraint(["left_by_id"], ["user_account.id"], name=op.f("fk_argument_member_left_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_argument_member")),
    )
    op.create_index("ix_argument_member_argument_id", "argument_member", ["argument_id"], unique=False)
    op.create_index(
        "uq_argument_member_standing",
        "argument_member",
        ["remark_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )
    with op.batch_alter_table("consideration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("argument_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_consideration_argument_id"), "argument", ["argument_id"], ["id"])
        batch_op.create_index(op.f("ix_consideration_argument_id"), ["argument_id"], unique=False)
    _guard_again()


def downgrade() -> None:
    with op.batch_alter_table("consideration", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_consideration_argument_id"))
        batch_op.drop_constraint(op.f("fk_consideration_argument_id"), type_="foreignkey")
        batch_op.drop_column("argument_id")
    _guard_again()
    op.drop_table("argument_member")
    op.drop_table("argument")
    op.drop_table("section_grouping")


def _guard_again() -> None:
    """SQLite changes a table by making it anew, and its triggers go with the old one."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER IF NOT EXISTS consideration_no_update BEFORE UPDATE ON consideration "
            "BEGIN SELECT RAISE(ABORT, 'rows of consideration only grow'); END"
        )
