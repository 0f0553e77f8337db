"""Trial runs of the sequence: reasons beside findings, the town's own steps, what offices are asked

Revision: 0011_trial_runs
After: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_trial_runs"
down_revision = "0001"
branch_labels = None
depends_on = None


# What a town begins with; its administrators change it.
FIRST_STEPS = [
    {"name": "Mitzeichnung", "days": 5, "unit": "working"},
    {"name": "Verwaltungsvorstand", "days": 5, "unit": "working"},
]


def upgrade() -> None:
    op.create_table(
        "town_plan",
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_plan")),
    )
    plan = sa.table("town_plan", sa.column("id", sa.Integer), sa.column("steps", sa.JSON))
    op.bulk_insert(plan, [{"id": 1, "steps": FIRST_STEPS}])
    op.create_table(
        "finding_override",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("station_ids", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_taken_back", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_finding_override_made_by_id")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_finding_override_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_override")),
        sa.UniqueConstraint("key", name=op.f("uq_finding_override_key")),
    )
    with op.batch_alter_table("finding_override", schema=None) as batch_op:
        batch_op.create_index("ix_finding_override_finding", ["procedure_id", "finding"], unique=False)

    op.create_table(
        "scenario",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("target_meeting_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_scenario_consultation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_scenario_created_by_id")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_scenario_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["target_meeting_id"], ["meeting.id"], name=op.f("fk_scenario_target_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("key", name=op.f("uq_scenario_key")),
    )
    with op.batch_alter_table("scenario", schema=None) as batch_op:
        batch_op.create_index("ix_scenario_procedure_state", ["procedure_id", "state"], unique=False)

    op.create_table(
        "scenario_move",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_meeting_id", sa.Integer(), nullable=True),
        sa.Column("skip_reason", sa.String(length=300), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("refusal", sa.String(length=300), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_scenario_move_consultation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_scenario_move_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_move_scenario_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_meeting_id"], ["meeting.id"], name=op.f("fk_scenario_move_to_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_move")),
    )
    with op.batch_alter_table("scenario_move", schema=None) as batch_op:
        batch_op.create_index("ix_scenario_move_consultation_state", ["consultation_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_scenario_move_scenario_id"), ["scenario_id"], unique=False)

    _guard_overrides()


def _guard_overrides() -> None:
    # A reason that was given stays as it was written; taking it back is a row of its own.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER finding_override_no_update BEFORE UPDATE ON finding_override "
            "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER finding_override_no_update BEFORE UPDATE ON finding_override "
            "BEGIN SELECT RAISE(ABORT, 'rows of finding_override only grow'); END"
        )


def downgrade() -> None:
    with op.batch_alter_table("scenario_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scenario_move_scenario_id"))
        batch_op.drop_index("ix_scenario_move_consultation_state")

    op.drop_table("scenario_move")
    with op.batch_alter_table("scenario", schema=None) as batch_op:
        batch_op.drop_index("ix_scenario_procedure_state")

    op.drop_table("scenario")
    with op.batch_alter_table("finding_override", schema=None) as batch_op:
        batch_op.drop_index("ix_finding_override_finding")

    op.drop_table("finding_override")
    op.drop_table("town_plan")
