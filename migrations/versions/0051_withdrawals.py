"""Let institutions withdraw a statement, with a signed confirmation of its own

Revision: 0051_withdrawals
After: 0046_guiding_questions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051_withdrawals"
down_revision = "0046_guiding_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("journal_entry_id", sa.Integer(), nullable=False),
        sa.Column("signed_part", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journal_entry_id"], ["journal_entry.id"], name=op.f("fk_withdrawal_journal_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_withdrawal_statement_id_statement"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("number", name=op.f("uq_withdrawal_number")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_withdrawal_statement_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
    else:
        body = "BEGIN SELECT RAISE(ABORT, 'rows of withdrawal only grow'); END"
    op.execute(f"CREATE TRIGGER withdrawal_no_update BEFORE UPDATE ON withdrawal {body}")


def downgrade() -> None:
    """Withdrawn statements count as replaced: that state is known, and does not count either."""
    op.execute("UPDATE statement SET state = 'replaced' WHERE state = 'withdrawn'")
    op.drop_table("withdrawal")
