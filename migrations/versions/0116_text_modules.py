"""Text modules for reasons, with their versions and where each is used

Revision: 0116_text_modules
After: 0106_saved_views
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0116_text_modules"
down_revision = "0106_saved_views"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_module",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_text_module_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_module")),
        sa.UniqueConstraint("key", name=op.f("uq_text_module_key")),
    )
    op.create_index("ix_text_module_procedure_id", "text_module", ["procedure_id"], unique=False)
    op.create_table(
        "text_module_version",
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_id"], ["text_module.id"], name=op.f("fk_text_module_version_module_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_text_module_version_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_module_version")),
        sa.UniqueConstraint("module_id", "number", name=op.f("uq_text_module_version_module_id_number")),
    )
    op.create_table(
        "text_module_use",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("consideration_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["text_module_version.id"], name=op.f("fk_text_module_use_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consideration_id"],
            ["consideration.id"],
            name=op.f("fk_text_module_use_consideration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_module_use")),
        sa.UniqueConstraint(
            "version_id", "consideration_id", name=op.f("uq_text_module_use_version_id_consideration_id")
        ),
    )
    op.create_index("ix_text_module_use_consideration_id", "text_module_use", ["consideration_id"], unique=False)


def downgrade() -> None:
    op.drop_table("text_module_use")
    op.drop_table("text_module_version")
    op.drop_table("text_module")
