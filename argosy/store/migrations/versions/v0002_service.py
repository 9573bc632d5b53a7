"""Detectors in service: their standing, who succeeded whom, refreshes, approvals, and checkpoints of what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.String(64)

_APPEND_ONLY_SQLITE = """
CREATE TRIGGER standings_no_{verb} BEFORE {verb} ON standings
BEGIN SELECT RAISE(ABORT, 'standings are append-only'); END
"""
_APPEND_ONLY_FUNCTION = """
CREATE FUNCTION standings_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'standings are append-only'; END $$
"""
_APPEND_ONLY_POSTGRESQL = """
CREATE TRIGGER standings_no_{verb} BEFORE {verb} ON standings
FOR EACH ROW EXECUTE FUNCTION standings_append_only()
"""


def upgrade() -> None:
    _create_refreshes()
    _create_lineage()
    _create_approvals()
    _create_checkpoints()
    _refuse_changes_to_standings()


def downgrade() -> None:
    for table in ("checkpoint_writes", "checkpoints", "approvals", "standings", "successions", "refreshes"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION standings_append_only()")


def _create_refreshes() -> None:
    op.create_table(
        "refreshes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", _ID, nullable=False),
        sa.Column("detector", _ID, nullable=False),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("session", _ID),
        sa.Column("search", _ID),
        sa.Column("state", sa.String(32)),
        sa.Column("decision", sa.String(16)),
        sa.Column("challenger", _ID),
        sa.Column("ended", sa.Double()),
        sa.Column("seen_until", sa.BigInteger()),
        sa.Column("data", sa.Text()),
        sa.Column("json", sa.JSON()),
        sa.ForeignKeyConstraint(["line"], ["detectors.id"], name="fk_refreshes_line"),
        sa.ForeignKeyConstraint(["detector"], ["detectors.id"], name="fk_refreshes_detector"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_refreshes_session"),
        sa.ForeignKeyConstraint(["search"], ["sessions.id"], name="fk_refreshes_search"),
        sa.ForeignKeyConstraint(["challenger"], ["detectors.id"], name="fk_refreshes_challenger"),
        sa.PrimaryKeyConstraint("id", name="pk_refreshes"),
        sa.UniqueConstraint("key", name="uq_refreshes_key"),
    )
    op.create_index("ix_refreshes_line", "refreshes", ["line"])


def _create_lineage() -> None:
    op.create_table(
        "successions",
        sa.Column("detector", _ID, nullable=False),
        sa.Column("predecessor", _ID, nullable=False),
        sa.Column("line", _ID, nullable=False),
        sa.Column("refresh", _ID),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("made_until", sa.BigInteger(), nullable=False),
        sa.Column("promise", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["detector"], ["detectors.id"], name="fk_successions_detector"),
        sa.ForeignKeyConstraint(["predecessor"], ["detectors.id"], name="fk_successions_predecessor"),
        sa.ForeignKeyConstraint(["line"], ["detectors.id"], name="fk_successions_line"),
        sa.ForeignKeyConstraint(["refresh"], ["refreshes.id"], name="fk_successions_refresh"),
        sa.PrimaryKeyConstraint("detector", name="pk_successions"),
    )
    op.create_index("ix_successions_predecessor", "successions", ["predecessor"])
    op.create_index("ix_successions_line", "successions", ["line"])
    op.create_table(
        "standings",
        sa.Column("detector", _ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("refresh", _ID),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.ForeignKeyConstraint(["detector"], ["detectors.id"], name="fk_standings_detector"),
        sa.ForeignKeyConstraint(["refresh"], ["refreshes.id"], name="fk_standings_refresh"),
        sa.PrimaryKeyConstraint("detector", "seq", name="pk_standings"),
    )


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("refresh", _ID, nullable=False),
        sa.Column("asked", sa.Double(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(16)),
        sa.Column("decided", sa.Double()),
        sa.Column("author", sa.Text()),
        sa.Column("why", sa.Text()),
        sa.ForeignKeyConstraint(["refresh"], ["refreshes.id"], name="fk_approvals_refresh"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.UniqueConstraint("refresh", name="uq_approvals_refresh"),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("thread", _ID, nullable=False),
        sa.Column("space", sa.String(255), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("parent", _ID),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("thread", "space", "id", name="pk_checkpoints"),
    )
    op.create_table(
        "checkpoint_writes",
        sa.Column("thread", _ID, nullable=False),
        sa.Column("space", sa.String(255), nullable=False),
        sa.Column("checkpoint", _ID, nullable=False),
        sa.Column("task", sa.String(255), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("thread", "space", "checkpoint", "task", "number", name="pk_checkpoint_writes"),
    )


def _refuse_changes_to_standings() -> None:
    match op.get_bind().dialect.name:
        case "sqlite":
            statement = _APPEND_ONLY_SQLITE
        case "postgresql":
            op.execute(_APPEND_ONLY_FUNCTION)
            statement = _APPEND_ONLY_POSTGRESQL
        case _:
            return
    for verb in ("UPDATE", "DELETE"):
        op.execute(statement.format(verb=verb))
