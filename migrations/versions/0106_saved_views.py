"""Filters of the workbench's list that somebody gave a name

Revision: 0106_saved_views
After: 0135_case_archives
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0106_saved_views"
down_revision = "0135_case_archives"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_saved_view_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_view_key")),
        sa.UniqueConstraint("procedure_id", "user_id", "name", name=op.f("uq_saved_view_procedure_id_user_id_name")),
    )
    op.create_index("ix_saved_view_user_id", "saved_view", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("saved_view")
