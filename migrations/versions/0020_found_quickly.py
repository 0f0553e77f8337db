"""Find the statements in force and a procedure's last events without reading the rest

Revision: 0020_found_quickly
After: 0013_results
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_found_quickly"
down_revision = "0013_results"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("state = 'submitted'")


def upgrade() -> None:
    """Two indexes more, one less."""
    op.create_index(
        "ix_statement_in_force", "statement", ["invitation_id"], postgresql_where=IN_FORCE, sqlite_where=IN_FORCE
    )
    op.create_index("ix_journal_entry_procedure", "journal_entry", ["procedure_id", "id"])
    op.drop_index("ix_journal_entry_procedure_id", "journal_entry")


def downgrade() -> None:
    """As it was."""
    op.create_index("ix_journal_entry_procedure_id", "journal_entry", ["procedure_id"])
    op.drop_index("ix_journal_entry_procedure", "journal_entry")
    op.drop_index("ix_statement_in_force", "statement")
