"""What weighing is called in a procedure

Revision: 0146_weighing_words
After: 0165_clearances
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0146_weighing_words"
down_revision = "0165_clearances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("weighing_word", sa.String(length=20), server_default="evaluation", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_column("weighing_word")
