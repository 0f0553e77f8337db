"""Opinions that other departments are asked for, with each answer as a row of its own

Revision: 0145_opinions
After: 0117_releases
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0145_opinions"
down_revision = "0117_releases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_requests()
    op.create_table(
        "opinion_subject",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["opinion_request.id"], name=op.f("fk_opinion_subject_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["remark.id"], name=op.f("fk_opinion_subject_remark_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_subject")),
        sa.UniqueConstraint("request_id", "remark_id", name=op.f("uq_opinion_subject_request_id_remark_id")),
    )
    with op.batch_alter_table("opinion_subject", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_opinion_subject_remark_id"), ["remark_id"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["opinion_request.id"], name=op.f("fk_opinion_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("key", name=op.f("uq_opinion_key")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_opinion_request_id_number")),
    )
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
    else:
        body = "BEGIN SELECT RAISE(ABORT, 'rows of opinion only grow'); END"
    op.execute(f"CREATE TRIGGER opinion_no_update BEFORE UPDATE ON opinion {body}")


def _create_requests() -> None:
    op.create_table(
        "opinion_request",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("base_version_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=False),
        sa.Column("section_name", sa.String(length=300), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_opinion_request_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["base_version_id"],
            ["draft_version.id"],
            name=op.f("fk_opinion_request_base_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_opinion_request_asked_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_opinion_request_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_request")),
        sa.UniqueConstraint("key", name=op.f("uq_opinion_request_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_opinion_request_token_hash")),
    )
    with op.batch_alter_table("opinion_request", schema=None) as batch_op:
        batch_op.create_index("ix_opinion_request_place", ["procedure_id", "anchor"], unique=False)
        batch_op.create_index(op.f("ix_opinion_request_base_version_id"), ["base_version_id"], unique=False)


def downgrade() -> None:
    op.drop_table("opinion")
    op.drop_table("opinion_subject")
    op.drop_table("opinion_request")
