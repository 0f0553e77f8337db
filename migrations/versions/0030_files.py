"""Files that people send, and what was found in them

Revision: 0030_files
After: 0018_returned_mail
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_files"
down_revision = "0018_returned_mail"
branch_labels = None
depends_on = None

TO_CHECK = sa.text("state = 'received'")


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=False),
        sa.Column("finding_text", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("preview_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_stored_file_procedure_id_procedure"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_stored_file_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_content", "stored_file", ["institution_id", "sha256"])
    op.create_index(op.f("ix_stored_file_procedure_id"), "stored_file", ["procedure_id"])
    op.create_index("ix_stored_file_to_check", "stored_file", ["id"], postgresql_where=TO_CHECK, sqlite_where=TO_CHECK)


def downgrade() -> None:
    op.drop_table("stored_file")
