"""Further links to an invitation, who wrote a remark, and release by a second person

Revision: 0045_shared_links
After: 0055_redaction
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045_shared_links"
down_revision = "0055_redaction"
branch_labels = None
depends_on = None

ADDED = (
    ("institution", "wants_release", sa.Boolean(), sa.false()),
    ("invitation", "holder_name", sa.String(length=200), ""),
    ("participation_phase", "shows_authors", sa.Boolean(), sa.false()),
    ("remark", "authors", sa.JSON(), "[]"),
    ("statement", "release", sa.String(length=20), ""),
)


def upgrade() -> None:
    op.create_table(
        "shared_link",
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_shared_link_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_link")),
        sa.UniqueConstraint("key", name=op.f("uq_shared_link_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shared_link_token_hash")),
    )
    op.create_index(op.f("ix_shared_link_invitation_id"), "shared_link", ["invitation_id"])
    op.create_index(op.f("ix_shared_link_email"), "shared_link", ["email"])
    op.create_table(
        "release_step",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_release_step_statement_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["shared_link.id"], name=op.f("fk_release_step_link_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_step")),
    )
    op.create_index(op.f("ix_release_step_statement_id"), "release_step", ["statement_id"])
    for table, name, kind, default in ADDED:
        op.add_column(table, sa.Column(name, kind, server_default=default, nullable=False))


def downgrade() -> None:
    for table, name, _, _ in reversed(ADDED):
        op.drop_column(table, name)
    op.drop_table("release_step")
    op.drop_table("shared_link")
