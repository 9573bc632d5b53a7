"""The tables, in types that SQLite and PostgreSQL both have. The migrations build the same; a test compares them."""

import sqlalchemy as sa

HEAD = "0005"
"""The newest migration; a store that names another one is upgraded, or refused when that one is not known here."""

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

_ID = sa.String(64)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("started", sa.Double, nullable=False, index=True),
    sa.Column("ended", sa.Double),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("points", sa.BigInteger, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("base", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("report", sa.JSON),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("zlib", sa.LargeBinary, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("session", _ID, sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("json", sa.JSON, nullable=False),
)

rules = sa.Table(
    "rules",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("direction", sa.String(16), nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("language_model", sa.Boolean, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
)

lineage = sa.Table(
    "lineage",
    metadata,
    sa.Column("child", _ID, sa.ForeignKey("rules.id"), primary_key=True),
    sa.Column("parent", _ID, sa.ForeignKey("rules.id"), primary_key=True, index=True),
)

session_rules = sa.Table(
    "session_rules",
    metadata,
    sa.Column("session", _ID, sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("rule", _ID, sa.ForeignKey("rules.id"), primary_key=True, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
)

detectors = sa.Table(
    "detectors",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("session", _ID, sa.ForeignKey("sessions.id"), nullable=False, index=True),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("base", sa.JSON, nullable=False),
    sa.Column("members", sa.JSON, nullable=False),
    sa.Column("step_s", sa.BigInteger, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("hold_points", sa.Double, nullable=False, server_default="0"),
    sa.Column("rings_once", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("base_level", sa.Double, nullable=False, server_default="1"),
)

refreshes = sa.Table(
    "refreshes",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("line", _ID, sa.ForeignKey("detectors.id"), nullable=False, index=True),
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), nullable=False),
    sa.Column("started", sa.Double, nullable=False),
    sa.Column("session", _ID, sa.ForeignKey("sessions.id")),
    sa.Column("search", _ID, sa.ForeignKey("sessions.id")),
    sa.Column("state", sa.String(32)),
    sa.Column("decision", sa.String(16)),
    sa.Column("challenger", _ID, sa.ForeignKey("detectors.id")),
    sa.Column("ended", sa.Double),
    sa.Column("seen_until", sa.BigInteger),
    sa.Column("data", sa.Text),
    sa.Column("json", sa.JSON),
)

successions = sa.Table(
    "successions",
    metadata,
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), primary_key=True),
    sa.Column("predecessor", _ID, sa.ForeignKey("detectors.id"), nullable=False, index=True),
    sa.Column("line", _ID, sa.ForeignKey("detectors.id"), nullable=False, index=True),
    sa.Column("refresh", _ID, sa.ForeignKey("refreshes.id")),
    sa.Column("how", sa.String(16), nullable=False),
    sa.Column("made_until", sa.BigInteger, nullable=False),
    sa.Column("promise", sa.JSON, nullable=False),
)

standings = sa.Table(
    "standings",
    metadata,
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("refresh", _ID, sa.ForeignKey("refreshes.id")),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("expires", sa.BigInteger),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("refresh", _ID, sa.ForeignKey("refreshes.id"), nullable=False, unique=True),
    sa.Column("asked", sa.Double, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("verdict", sa.String(16)),
    sa.Column("decided", sa.Double),
    sa.Column("author", sa.Text),
    sa.Column("why", sa.Text),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("thread", _ID, primary_key=True),
    sa.Column("space", sa.String(255), primary_key=True),
    sa.Column("id", _ID, primary_key=True),
    sa.Column("parent", _ID),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
)

checkpoint_writes = sa.Table(
    "checkpoint_writes",
    metadata,
    sa.Column("thread", _ID, primary_key=True),
    sa.Column("space", sa.String(255), primary_key=True),
    sa.Column("checkpoint", _ID, primary_key=True),
    sa.Column("task", sa.String(255), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), nullable=False),
    sa.Column("line", _ID, nullable=False),
    sa.Column("cron", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("missed", sa.String(16), nullable=False),
    sa.Column("source", sa.JSON, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("planned_until", sa.Double, nullable=False),
    sa.Column("next", sa.Double, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("schedule", _ID, sa.ForeignKey("schedules.id"), nullable=False, index=True),
    sa.Column("due", sa.Double, nullable=False),
    sa.Column("cause", sa.String(16), nullable=False),
    sa.Column("entered", sa.Double, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("attempt", sa.BigInteger, nullable=False),
    sa.Column("not_before", sa.Double, nullable=False),
    sa.Column("queued_attempt", sa.BigInteger, nullable=False),
    sa.Column("starts", sa.BigInteger, nullable=False),
    sa.Column("worker", _ID),
    sa.Column("claim", _ID),
    sa.Column("started", sa.Double),
    sa.Column("ended", sa.Double),
    sa.Column("outcome", sa.String(16)),
    sa.Column("why", sa.Text),
    sa.Column("facts", sa.JSON),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.BigInteger, nullable=False),
    sa.Column("started", sa.Double, nullable=False),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("beat_at", sa.Double, nullable=False),
    sa.Column("lease_s", sa.Double, nullable=False),
    sa.Column("ended", sa.Double),
    sa.Column("died", sa.Double),
)
