"""The register: names over time, notice rules, joint sittings, minutes, and the town's own days

Revision: 0002
After: 0011_trial_runs
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_the_register"
down_revision = "0011_trial_runs"
branch_labels = None
depends_on = None

ORGANIZATION = (
    sa.Column("district", sa.String(length=100), server_default="", nullable=False),
    sa.Column("chair", sa.String(length=200), server_default="", nullable=False),
    sa.Column("valid_from", sa.Date(), nullable=True),
    sa.Column("valid_to", sa.Date(), nullable=True),
    sa.Column("notice_unit", sa.String(length=10), server_default="calendar", nullable=False),
    sa.Column("count_delivery_day", sa.Boolean(), server_default="0", nullable=False),
    sa.Column("count_meeting_day", sa.Boolean(), server_default="0", nullable=False),
    sa.Column("short_notice_amount", sa.Integer(), nullable=True),
    sa.Column("short_notice_unit", sa.String(length=15), server_default="hours", nullable=False),
    sa.Column("delivery", sa.String(length=10), server_default="electronic", nullable=False),
    sa.Column("delivery_extra_days", sa.Integer(), server_default="0", nullable=False),
    sa.Column("papers_days", sa.Integer(), nullable=True),
    sa.Column("minutes_days", sa.Integer(), nullable=True),
    sa.Column("key", sa.Uuid(), nullable=True),
)
MEETING = (
    sa.Column("ends_at_local", sa.Time(), nullable=True),
    sa.Column("public_from", sa.Time(), nullable=True),
    sa.Column("nonpublic_from", sa.Time(), nullable=True),
    sa.Column("has_nonpublic_part", sa.Boolean(), server_default="0", nullable=False),
    sa.Column("cancelled_reason", sa.String(length=300), server_default="", nullable=False),
    sa.Column("key", sa.Uuid(), nullable=True),
)
AGENDA_ITEM = (sa.Column("key", sa.Uuid(), nullable=True),)
KEYED = ("organization", "meeting", "agenda_item")


def _on_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add_columns() -> None:
    # Columns are added in place: on SQLite a table that is copied is dropped first, and its children go with it.
    for table, columns in (("organization", ORGANIZATION), ("meeting", MEETING), ("agenda_item", AGENDA_ITEM)):
        for column in columns:
            op.add_column(table, column)
    moved_to = sa.Column(
        "moved_to_id", sa.Integer(), sa.ForeignKey("meeting.id", name=op.f("fk_meeting_moved_to_id")), nullable=True
    )
    op.add_column("meeting", moved_to, inline_references=not _on_postgres())
    op.create_index(op.f("ix_meeting_moved_to_id"), "meeting", ["moved_to_id"])
    for table in KEYED:
        op.create_index(op.f(f"ix_{table}_key"), table, ["key"], unique=True)


def _add_tables() -> None:
    op.create_table(
        "organization_name",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_key", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_from <= valid_to", name=op.f("ck_organization_name_begins_before_it_ends")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_name_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_name")),
        sa.UniqueConstraint("organization_id", "valid_to", name=op.f("uq_organization_name_organization_id_valid_to")),
    )
    op.create_index(op.f("ix_organization_name_sort_key"), "organization_name", ["sort_key"])
    op.create_table(
        "meeting_organization",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_organization_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_meeting_organization_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_organization")),
        sa.UniqueConstraint(
            "meeting_id", "organization_id", name=op.f("uq_meeting_organization_meeting_id_organization_id")
        ),
    )
    op.create_index(op.f("ix_meeting_organization_organization_id"), "meeting_organization", ["organization_id"])
    op.create_table(
        "town_period",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_town_period_begins_before_it_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_period")),
        sa.UniqueConstraint("key", name=op.f("uq_town_period_key")),
    )
    op.create_index(op.f("ix_town_period_kind"), "town_period", ["kind"])
    op.create_index(op.f("ix_town_period_last_on"), "town_period", ["last_on"])
    op.create_table(
        "minutes_extract",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_minutes_extract_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name=op.f("fk_minutes_extract_result_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_minutes_extract_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_extract")),
        sa.UniqueConstraint("key", name=op.f("uq_minutes_extract_key")),
    )
    op.create_index(op.f("ix_minutes_extract_consultation_id"), "minutes_extract", ["consultation_id"])
    op.create_index(op.f("ix_minutes_extract_result_id"), "minutes_extract", ["result_id"])


def upgrade() -> None:
    _add_columns()
    _add_tables()
    if _on_postgres():
        op.execute(
            "CREATE TRIGGER minutes_extract_no_update BEFORE UPDATE ON minutes_extract "
            "FOR EACH ROW EXECUTE FUNCTION ikb_refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER minutes_extract_no_update BEFORE UPDATE ON minutes_extract "
            "BEGIN SELECT RAISE(ABORT, 'rows of minutes_extract only grow'); END"
        )


def downgrade() -> None:
    for table in ("minutes_extract", "town_period", "meeting_organization", "organization_name"):
        op.drop_table(table)
    for table in KEYED:
        op.drop_index(op.f(f"ix_{table}_key"), table_name=table)
    op.drop_index(op.f("ix_meeting_moved_to_id"), table_name="meeting")
    _drop("meeting", ("moved_to_id", *(column.name for column in MEETING)))
    _drop("organization", tuple(column.name for column in ORGANIZATION))
    _drop("agenda_item", tuple(column.name for column in AGENDA_ITEM))


def _drop(table: str, names: tuple[str, ...]) -> None:
    # ALTER TABLE … DROP COLUMN by hand: the batch way would copy and drop the table, and take its children along.
    for name in names:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
