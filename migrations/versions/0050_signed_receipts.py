"""Sign every receipt, and keep when the proxy in front saw what arrived

Revision: 0050_signed_receipts
After: 0056_publications

Receipts from before stay without a signature, and say so; `ikb receipt sign` signs them later, marked as such.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050_signed_receipts"
down_revision = "0056_publications"
branch_labels = None
depends_on = None


NEW_COLUMNS = ("arrived_at", "signed_part", "signature")


def upgrade() -> None:
    op.add_column("receipt", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("receipt", sa.Column("signed_part", sa.Text(), nullable=True))
    op.add_column("receipt", sa.Column("signature", sa.String(length=100), nullable=True))
    op.create_table(
        "late_signature",
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_part", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_late_signature_receipt_id_receipt"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_signature")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_late_signature_receipt_id")),
    )
    _refuse_updates("late_signature")


def downgrade() -> None:
    """Signatures are lost; what they were over stays."""
    op.drop_table("late_signature")
    for name in NEW_COLUMNS:  # in place: a table that is built anew would lose its trigger
        op.execute(f"ALTER TABLE receipt DROP COLUMN {name}")


def _refuse_updates(table: str) -> None:
    """Rows of a table only grow, whoever tries past the application."""
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} only grow'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {body}")
