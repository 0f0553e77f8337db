"""Standing invitations: to whom they are given, and the version that somebody writes on outside of a phase

Revision: 0085_standing_invitations
After: 0070_letters
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0085_standing_invitations"
down_revision = "0070_letters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standing_invitation",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind IS NULL) != (institution_id IS NULL)", name=op.f("ck_standing_invitation_kind_or_institution")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_standing_invitation_institution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_standing_invitation_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_invitation")),
        sa.UniqueConstraint(
            "procedure_id", "institution_id", name=op.f("uq_standing_invitation_procedure_id_institution_id")
        ),
        sa.UniqueConstraint("procedure_id", "kind", name=op.f("uq_standing_invitation_procedure_id_kind")),
    )
    with op.batch_alter_table("standing_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_invitation_institution_id"), ["institution_id"], unique=False)
    for name in ("invitation", "statement"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("standing_version_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{name}_standing_version_id"), "draft_version", ["standing_version_id"], ["id"]
            )


def downgrade() -> None:
    for name in ("statement", "invitation"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{name}_standing_version_id"), type_="foreignkey")
            batch_op.drop_column("standing_version_id")
    with op.batch_alter_table("standing_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_invitation_institution_id"))

    op.drop_table("standing_invitation")
