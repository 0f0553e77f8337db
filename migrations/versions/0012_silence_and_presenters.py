"""Silence as consent, who presents where, and what a town's plan backwards consists of

Revision: 0012_silence_and_presenters
After: 0014_council_systems
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_silence_and_presenters"
down_revision = "0014_council_systems"
branch_labels = None
depends_on = None

# What a town begins with, from the sitting back to the start; its administrators change it.
FIRST_STEPS = [
    {"name": "Einladung mit Vorlage versenden", "days": 0, "unit": "working", "kind": "dispatch"},
    {"name": "Vorlage im Gremienbüro abgeben", "days": 3, "unit": "working", "kind": "papers"},
    {"name": "Mitzeichnung der beteiligten Ämter abschließen", "days": 5, "unit": "working", "kind": "own"},
    {"name": "Verwaltungsvorstand befassen", "days": 5, "unit": "working", "kind": "own"},
    {"name": "Vorlage fertigstellen", "days": 5, "unit": "working", "kind": "own"},
]
NUMBERS = {"silence_days": "42", "presenter_minutes": "90", "busy_sittings": "15", "busy_days": "10"}


def upgrade() -> None:
    op.create_table(
        "presenter",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_presenter_consultation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presenter")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_presenter_consultation_id")),
    )
    with op.batch_alter_table("town_plan") as batch_op:
        for name, number in NUMBERS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default=number, nullable=False))
    plan = sa.table("town_plan", sa.column("id", sa.Integer), sa.column("steps", sa.JSON))
    op.execute(plan.update().where(plan.c.id == 1).values(steps=FIRST_STEPS))
    with op.batch_alter_table("scenario") as batch_op:
        batch_op.add_column(sa.Column("keep", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("scenario_move") as batch_op:
        batch_op.add_column(sa.Column("consent_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("scenario_move") as batch_op:
        batch_op.drop_column("consent_on")
    with op.batch_alter_table("scenario") as batch_op:
        batch_op.drop_column("keep")
    with op.batch_alter_table("town_plan") as batch_op:
        for name in NUMBERS:
            batch_op.drop_column(name)
    op.drop_table("presenter")
