"""Sections moved, split and joined by hand, and where they went

Revision: 0125_rearranged
After: 0115_weighing_stages
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0125_rearranged"
down_revision = "0115_weighing_stages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hand_edit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("other_anchor", sa.String(length=80), server_default="", nullable=False))
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trace", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_column("trace")
    with op.batch_alter_table("hand_edit", schema=None) as batch_op:
        batch_op.drop_column("other_anchor")
