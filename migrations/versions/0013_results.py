"""Results with all their parts: votes by group and point, motions; what was laid before whom; what changed since

Revision: 0013
After: 0017_rules_and_texts
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_results"
down_revision = "0017_rules_and_texts"
branch_labels = None
depends_on = None

# Parts of an entry and entries of their own that only grow: a correction is a new row.
NEVER_UPDATED = ("group_vote", "point_vote", "motion", "motion_wording", "laying", "changed_since_answer")


def upgrade() -> None:
    _add_columns()
    _add_tables()
    for table in NEVER_UPDATED:
        _guard(table)


def downgrade() -> None:
    for table in ("changed_since_answer", "changed_since", "laying", "motion_wording", "motion", "point_vote"):
        op.drop_table(table)
    for table in ("group_vote", "resolution_kind"):
        op.drop_table(table)
    for name in ("kind_name", "excluded"):
        op.execute(f"ALTER TABLE result DROP COLUMN {name}")


def _add_columns() -> None:
    # By hand: the batch way would copy the table of results, and its triggers would stay behind.
    op.execute(
        "ALTER TABLE result ADD COLUMN excluded INTEGER CONSTRAINT ck_result_no_negative_excluded CHECK (excluded >= 0)"
    )
    op.add_column("result", sa.Column("kind_name", sa.String(length=120), server_default="", nullable=False))


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} only grow'); END"
        )


def _add_tables() -> None:
    op.create_table(
        "resolution_kind",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution_kind")),
        sa.UniqueConstraint("name", name=op.f("uq_resolution_kind_name")),
    )
    op.create_table(
        "group_vote",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("votes_yes", sa.Integer(), nullable=True),
        sa.Column("votes_no", sa.Integer(), nullable=True),
        sa.Column("abstentions", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("excluded", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "votes_yes >= 0 AND votes_no >= 0 AND abstentions >= 0 AND present >= 0 AND excluded >= 0",
            name=op.f("ck_group_vote_no_negative_votes"),
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_group_vote_result_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_vote")),
    )
    op.create_index(op.f("ix_group_vote_result_id"), "group_vote", ["result_id"], unique=False)
    op.create_table(
        "point_vote",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("manner", sa.String(length=40), nullable=True),
        sa.Column("votes_yes", sa.Integer(), nullable=True),
        sa.Column("votes_no", sa.Integer(), nullable=True),
        sa.Column("abstentions", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("excluded", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "votes_yes >= 0 AND votes_no >= 0 AND abstentions >= 0 AND present >= 0 AND excluded >= 0",
            name=op.f("ck_point_vote_no_negative_votes"),
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_point_vote_result_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_vote")),
    )
    op.create_index(op.f("ix_point_vote_result_id"), "point_vote", ["result_id"], unique=False)
    op.create_table(
        "motion",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("aim", sa.String(length=30), nullable=True),
        sa.Column("mover", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("votes_yes", sa.Integer(), nullable=True),
        sa.Column("votes_no", sa.Integer(), nullable=True),
        sa.Column("abstentions", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("excluded", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "votes_yes >= 0 AND votes_no >= 0 AND abstentions >= 0 AND present >= 0 AND excluded >= 0",
            name=op.f("ck_motion_no_negative_votes"),
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_motion_result_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
    )
    op.create_index(op.f("ix_motion_result_id"), "motion", ["result_id"], unique=False)
    op.create_table(
        "motion_wording",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("wish", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["motion.id"], name=op.f("fk_motion_wording_motion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_wording")),
    )
    op.create_index(op.f("ix_motion_wording_motion_id"), "motion_wording", ["motion_id"], unique=False)
    op.create_table(
        "laying",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("manner", sa.String(length=20), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipients", sa.String(length=500), nullable=False),
        sa.Column("recipient_count", sa.Integer(), nullable=True),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_laying_consultation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["laying.id"], name=op.f("fk_laying_corrects_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_laying_paper_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_laying_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laying")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_laying_corrects_id")),
        sa.UniqueConstraint("key", name=op.f("uq_laying_key")),
    )
    op.create_index("ix_laying_consultation_id", "laying", ["consultation_id", "paper_id"], unique=False)
    op.create_table(
        "changed_since",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_changed_since_consultation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["draft_version.id"], name=op.f("fk_changed_since_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_since")),
        sa.UniqueConstraint("consultation_id", "version_id", name=op.f("uq_changed_since_consultation_id_version_id")),
    )
    op.create_index(op.f("ix_changed_since_version_id"), "changed_since", ["version_id"], unique=False)
    op.create_table(
        "changed_since_answer",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_changed_since_answer_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["changed_since.id"], name=op.f("fk_changed_since_answer_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["consultation.id"], name=op.f("fk_changed_since_answer_successor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_since_answer")),
        sa.UniqueConstraint("key", name=op.f("uq_changed_since_answer_key")),
    )
    op.create_index(op.f("ix_changed_since_answer_question_id"), "changed_since_answer", ["question_id"], unique=False)
