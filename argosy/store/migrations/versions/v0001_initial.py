"""Sessions, events, blobs, rules, lineage and detectors; events can be added to but not changed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(64)

_APPEND_ONLY_SQLITE = """
CREATE TRIGGER events_no_{verb} BEFORE {verb} ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
"""
_APPEND_ONLY_FUNCTION = """
CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$
"""
_APPEND_ONLY_POSTGRESQL = """
CREATE TRIGGER events_no_{verb} BEFORE {verb} ON events
FOR EACH ROW EXECUTE FUNCTION events_append_only()
"""


def upgrade() -> None:
    _create_sessions()
    _create_rules()
    _create_detectors()
    _refuse_changes_to_events()


def downgrade() -> None:
    for table in ("detectors", "session_rules", "lineage", "rules", "events", "blobs", "sessions"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION events_append_only()")


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double()),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("report", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_started", "sessions", ["started"])
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("zlib", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "events",
        sa.Column("session", _ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("json", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_events_session"),
        sa.PrimaryKeyConstraint("session", "seq", name="pk_events"),
    )


def _create_rules() -> None:
    op.create_table(
        "rules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("language_model", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
    )
    op.create_table(
        "lineage",
        sa.Column("child", _ID, nullable=False),
        sa.Column("parent", _ID, nullable=False),
        sa.ForeignKeyConstraint(["child"], ["rules.id"], name="fk_lineage_child"),
        sa.ForeignKeyConstraint(["parent"], ["rules.id"], name="fk_lineage_parent"),
        sa.PrimaryKeyConstraint("child", "parent", name="pk_lineage"),
    )
    op.create_index("ix_lineage_parent", "lineage", ["parent"])
    op.create_table(
        "session_rules",
        sa.Column("session", _ID, nullable=False),
        sa.Column("rule", _ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_session_rules_session"),
        sa.ForeignKeyConstraint(["rule"], ["rules.id"], name="fk_session_rules_rule"),
        sa.PrimaryKeyConstraint("session", "rule", name="pk_session_rules"),
    )
    op.create_index("ix_session_rules_rule", "session_rules", ["rule"])


def _create_detectors() -> None:
    op.create_table(
        "detectors",
        sa.Column("id", _ID, nullable=False),
        sa.Column("session", _ID, nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("step_s", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_detectors_session"),
        sa.PrimaryKeyConstraint("id", name="pk_detectors"),
    )
    op.create_index("ix_detectors_session", "detectors", ["session"])


def _refuse_changes_to_events() -> None:
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
