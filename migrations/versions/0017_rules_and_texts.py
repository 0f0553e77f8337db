"""Rules of reminding, letters in the leads' own words, and the language in which an institution is written to

Revision: 0017_rules_and_texts
After: 0002_the_register
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_rules_and_texts"
down_revision = "0002_the_register"
branch_labels = None
depends_on = None

NEVER_UPDATED = ("mail_text", "call_note")


def _guard_rows() -> None:
    for table in NEVER_UPDATED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} only grow'); END"
            )


def upgrade() -> None:
    op.create_table(
        "reminder_rules",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("send_at_local", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("quiet_from_local", sa.Time(), nullable=False),
        sa.Column("quiet_until_local", sa.Time(), nullable=False),
        sa.Column("spares_saturdays", sa.Boolean(), nullable=False),
        sa.Column("spares_sundays", sa.Boolean(), nullable=False),
        sa.Column("spares_holidays", sa.Boolean(), nullable=False),
        sa.Column("second_contact_days", sa.Integer(), nullable=True),
        sa.Column("call_list_days", sa.Integer(), nullable=True),
        sa.Column("gather_minutes", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("has_digest", sa.Boolean(), nullable=False),
        sa.Column("warns_of_busy_days", sa.Boolean(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("gather_minutes BETWEEN 1 AND 1440", name=op.f("ck_reminder_rules_gather_within_a_day")),
        sa.CheckConstraint("lead_days BETWEEN 0 AND 20", name=op.f("ck_reminder_rules_lead_days_sensible")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_reminder_rules_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rules")),
        sa.UniqueConstraint("procedure_id", name=op.f("uq_reminder_rules_procedure_id")),
    )
    op.create_table(
        "reminder_step",
        sa.Column("rules_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("in_working_days", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("days BETWEEN 0 AND 60", name=op.f("ck_reminder_step_days_sensible")),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["reminder_rules.id"], name=op.f("fk_reminder_step_rules_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_step")),
        sa.UniqueConstraint(
            "rules_id", "days", "in_working_days", name=op.f("uq_reminder_step_rules_id_days_in_working_days")
        ),
    )
    op.create_table(
        "call_note",
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["called_by_id"], ["user_account.id"], name=op.f("fk_call_note_called_by_id")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_call_note_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    with op.batch_alter_table("call_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_note_invitation_id"), ["invitation_id"], unique=False)
    op.create_table(
        "mail_text",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_mail_text_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["user_account.id"], name=op.f("fk_mail_text_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint(
            "procedure_id",
            "letter",
            "language",
            "number",
            name=op.f("uq_mail_text_procedure_id_letter_language_number"),
        ),
    )
    op.add_column("procedure", sa.Column("texts_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("institution", sa.Column("language", sa.String(length=5), server_default="de", nullable=False))
    _guard_rows()


def downgrade() -> None:
    op.drop_column("institution", "language")
    op.drop_column("procedure", "texts_version")
    for table in ("mail_text", "call_note", "reminder_step", "reminder_rules"):
        op.drop_table(table)
