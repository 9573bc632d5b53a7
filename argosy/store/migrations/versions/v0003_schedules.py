"""Schedules, the runs that they ask for, and the workers that execute them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.String(64)


def upgrade() -> None:
    _create_schedules()
    _create_runs()
    _create_workers()


def downgrade() -> None:
    for table in ("workers", "runs", "schedules"):
        op.drop_table(table)


def _create_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("detector", _ID, nullable=False),
        sa.Column("line", _ID, nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("missed", sa.String(16), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("planned_until", sa.Double(), nullable=False),
        sa.Column("next", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["detector"], ["detectors.id"], name="fk_schedules_detector"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("schedule", _ID, nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("entered", sa.Double(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.Column("queued_attempt", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("worker", _ID),
        sa.Column("claim", _ID),
        sa.Column("started", sa.Double()),
        sa.Column("ended", sa.Double()),
        sa.Column("outcome", sa.String(16)),
        sa.Column("why", sa.Text()),
        sa.Column("facts", sa.JSON()),
        sa.ForeignKeyConstraint(["schedule"], ["schedules.id"], name="fk_runs_schedule"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_schedule", "runs", ["schedule"])
    op.create_index("ix_runs_state", "runs", ["state"])


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("beats", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.Double(), nullable=False),
        sa.Column("lease_s", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double()),
        sa.Column("died", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
