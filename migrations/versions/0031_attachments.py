"""Files on statements, and the sentence that goes with a letter

Revision: 0031_attachments
After: 0051_withdrawals
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_attachments"
down_revision = "0051_withdrawals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=80), nullable=True),
        sa.Column("is_letter", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_attachment_statement_id_statement"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_attachment_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("statement_id", "file_id", name=op.f("uq_attachment_statement_id_file_id")),
    )
    op.create_index(op.f("ix_attachment_file_id"), "attachment", ["file_id"])
    op.add_column("statement", sa.Column("letter_note", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("statement") as batch:
        batch.drop_column("letter_note")
    op.drop_table("attachment")
