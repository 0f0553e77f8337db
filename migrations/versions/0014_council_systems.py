"""Council systems: what is read from where, what it said last, and where it differs

Revision: 0014_council_systems
After: 0016_delivery
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_council_systems"
down_revision = "0016_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "council_system",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("allows_private", sa.Boolean(), nullable=False),
        sa.Column("interval_minutes", sa.Integer(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("leads_dates", sa.Boolean(), nullable=False),
        sa.Column("leads_agendas", sa.Boolean(), nullable=False),
        sa.Column("leads_results", sa.Boolean(), nullable=False),
        sa.Column("body_url", sa.String(length=1000), nullable=False),
        sa.Column("oparl_version", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["user_account.id"], name=op.f("fk_council_system_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_system")),
        sa.UniqueConstraint("url", name=op.f("uq_council_system_url")),
    )
    op.create_table(
        "source_link",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("remote_id", sa.String(length=1000), nullable=False),
        sa.Column("parent_id", sa.String(length=1000), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("local_kind", sa.String(length=30), nullable=False),
        sa.Column("local_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"], ["council_system.id"], name=op.f("fk_source_link_system_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_link")),
        sa.UniqueConstraint("system_id", "remote_id", name=op.f("uq_source_link_system_id_remote_id")),
    )
    with op.batch_alter_table("source_link", schema=None) as batch_op:
        batch_op.create_index("ix_source_link_kind", ["system_id", "kind"], unique=False)
        batch_op.create_index("ix_source_link_local", ["local_kind", "local_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_link_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "sync_run",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=30), nullable=False),
        sa.Column("next_url", sa.String(length=2000), nullable=False),
        sa.Column("trail", sa.JSON(), nullable=False),
        sa.Column("todo", sa.JSON(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"], ["council_system.id"], name=op.f("fk_sync_run_system_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    with op.batch_alter_table("sync_run", schema=None) as batch_op:
        batch_op.create_index("ix_sync_run_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_run_system_id"), ["system_id"], unique=False)
        batch_op.create_index(
            "uq_sync_run_one_open",
            ["system_id"],
            unique=True,
            postgresql_where=sa.text("state IN ('waiting', 'running')"),
            sqlite_where=sa.text("state IN ('waiting', 'running')"),
        )

    op.create_table(
        "difference",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.String(length=20), nullable=False),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["source_link.id"], name=op.f("fk_difference_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_difference_procedure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user_account.id"], name=op.f("fk_difference_resolved_by_id")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["council_system.id"], name=op.f("fk_difference_system_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference")),
    )
    with op.batch_alter_table("difference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_difference_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_difference_procedure_id"), ["procedure_id"], unique=False)
        batch_op.create_index(
            "uq_difference_one_open",
            ["system_id", "subject_kind", "subject_id", "field"],
            unique=True,
            postgresql_where=sa.text("resolved_at IS NULL"),
            sqlite_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "sync_fault",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("sentence", sa.String(length=700), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_fault_run_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["system_id"], ["council_system.id"], name=op.f("fk_sync_fault_system_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_fault")),
    )
    with op.batch_alter_table("sync_fault", schema=None) as batch_op:
        batch_op.create_index("ix_sync_fault_open", ["system_id", "cleared_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_fault_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sync_fault", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_fault_run_id"))
        batch_op.drop_index("ix_sync_fault_open")

    op.drop_table("sync_fault")
    with op.batch_alter_table("difference", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_difference_one_open",
            postgresql_where=sa.text("resolved_at IS NULL"),
            sqlite_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_difference_procedure_id"))
        batch_op.drop_index(batch_op.f("ix_difference_link_id"))

    op.drop_table("difference")
    with op.batch_alter_table("sync_run", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sync_run_one_open",
            postgresql_where=sa.text("state IN ('waiting', 'running')"),
            sqlite_where=sa.text("state IN ('waiting', 'running')"),
        )
        batch_op.drop_index(batch_op.f("ix_sync_run_system_id"))
        batch_op.drop_index("ix_sync_run_state_next_at")

    op.drop_table("sync_run")
    with op.batch_alter_table("source_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_link_parent_id"))
        batch_op.drop_index("ix_source_link_local")
        batch_op.drop_index("ix_source_link_kind")

    op.drop_table("source_link")
    op.drop_table("council_system")
