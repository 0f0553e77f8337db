"""What late statements count for: decisions of leads, rows that only grow

Revision: 0086_late_decisions
After: 0091_sign_offs
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0086_late_decisions"
down_revision = "0091_sign_offs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_decision",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_late_decision_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_late_decision_statement_id_statement"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_decision")),
        sa.UniqueConstraint("key", name=op.f("uq_late_decision_key")),
    )
    with op.batch_alter_table("late_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_late_decision_statement_id"), ["statement_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
    else:
        body = "BEGIN SELECT RAISE(ABORT, 'rows of late_decision only grow'); END"
    op.execute(f"CREATE TRIGGER late_decision_no_update BEFORE UPDATE ON late_decision {body}")


def downgrade() -> None:
    op.drop_table("late_decision")
