"""What was published on which ground, and consents that were taken back

Revision: 0056_publications
After: 0035_register
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056_publications"
down_revision = "0035_register"
branch_labels = None
depends_on = None


def _guard() -> None:
    """Snapshots are never changed; a name that has to go is a row of its own."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER publication_no_update BEFORE UPDATE ON publication "
            "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER publication_no_update BEFORE UPDATE ON publication "
            "BEGIN SELECT RAISE(ABORT, 'rows of publication only grow'); END"
        )


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_publication_by_id")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_publication_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("kind", "subject_id", "version", name=op.f("uq_publication_kind_subject_id_version")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index("ix_publication_procedure_id", ["procedure_id", "kind"], unique=False)

    op.create_table(
        "publication_rule",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_publication_rule_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_rule")),
        sa.UniqueConstraint("procedure_id", name=op.f("uq_publication_rule_procedure_id")),
    )
    op.create_table(
        "published_name",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_published_name_publication_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_name")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_published_name_publication_id")),
    )
    op.create_table(
        "consent_withdrawal",
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_consent_withdrawal_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_withdrawal")),
    )
    with op.batch_alter_table("consent_withdrawal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_withdrawal_invitation_id"), ["invitation_id"], unique=False)

    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consents_to_text", sa.Boolean(), server_default=sa.false(), nullable=False))
    _guard()


def downgrade() -> None:
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_column("consents_to_text")

    with op.batch_alter_table("consent_withdrawal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_withdrawal_invitation_id"))

    op.drop_table("consent_withdrawal")
    op.drop_table("published_name")
    op.drop_table("publication_rule")
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.drop_index("ix_publication_procedure_id")

    op.drop_table("publication")
