"""Release of a consideration by a second person, where a procedure wants it

Revision: 0117_releases
After: 0107_bulk_answers
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0117_releases"
down_revision = "0107_bulk_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("procedure", sa.Column("two_person", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("run", sa.Column("released_up_to", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "consideration_release",
        sa.Column("consideration_id", sa.Integer(), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consideration_id"],
            ["consideration.id"],
            name=op.f("fk_consideration_release_consideration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["user_account.id"], name=op.f("fk_consideration_release_released_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consideration_release")),
        sa.UniqueConstraint("consideration_id", name=op.f("uq_consideration_release_consideration_id")),
    )


def downgrade() -> None:
    op.drop_table("consideration_release")
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_column("two_person")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("released_up_to")
