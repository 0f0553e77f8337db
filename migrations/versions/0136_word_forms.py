"""Word forms that leads bring, for letters that look as the town's do

Revision: 0136_word_forms
After: 0116_text_modules
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0136_word_forms"
down_revision = "0116_text_modules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word_form",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_word_form_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_word_form_file_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_word_form_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_form")),
        sa.UniqueConstraint("key", name=op.f("uq_word_form_key")),
    )
    with op.batch_alter_table("word_form", schema=None) as batch_op:
        batch_op.create_index("ix_word_form_purpose", ["procedure_id", "purpose"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("word_form", schema=None) as batch_op:
        batch_op.drop_index("ix_word_form_purpose")

    op.drop_table("word_form")
