"""Keep kinds, languages and terms of office in the register, and what was merged

Revision: 0035_register
After: 0045_shared_links
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035_register"
down_revision = "0045_shared_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Contacts hold an office for a time; institutions speak languages, and one may stand for another."""
    op.create_table(
        "institution_kind",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institution_kind"),
        sa.UniqueConstraint("name", name="uq_institution_kind_name"),
    )
    with op.batch_alter_table("institution") as table:
        table.add_column(sa.Column("languages", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("key", sa.Uuid()))
        table.add_column(sa.Column("merged_into_id", sa.Integer()))
        table.add_column(sa.Column("merged_at", sa.DateTime(timezone=True)))
        table.create_unique_constraint("uq_institution_key", ["key"])
        table.create_foreign_key("fk_institution_merged_into_id", "institution", ["merged_into_id"], ["id"])
        table.create_index("ix_institution_merged_into_id", ["merged_into_id"])
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("role", sa.String(100), server_default="", nullable=False))
        table.add_column(sa.Column("is_deputy", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("valid_from", sa.Date()))
        table.add_column(sa.Column("valid_until", sa.Date()))
        table.create_check_constraint(
            "begins_before_it_ends", "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until"
        )


def downgrade() -> None:
    """As it was."""
    with op.batch_alter_table("contact") as table:
        table.drop_constraint("begins_before_it_ends", type_="check")
        for name in ("valid_until", "valid_from", "is_deputy", "role"):
            table.drop_column(name)
    with op.batch_alter_table("institution") as table:
        table.drop_index("ix_institution_merged_into_id")
        table.drop_constraint("fk_institution_merged_into_id", type_="foreignkey")
        table.drop_constraint("uq_institution_key", type_="unique")
        for name in ("merged_at", "merged_into_id", "key", "languages"):
            table.drop_column(name)
    op.drop_table("institution_kind")
