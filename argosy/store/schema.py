"""The tables, in types that SQLite and PostgreSQL both have. The migrations build the same; a test compares them."""

import sqlalchemy as sa

from argosy.store.column_types import Array, Bytes, Name, Number, Object, ObjectOrNone, Text, Whole

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

_ID = Name(64)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("started", Number, nullable=False, index=True),
    sa.Column("ended", Number),
    sa.Column("series", Text, nullable=False),
    sa.Column("points", Whole, nullable=False),
    sa.Column("model", Text, nullable=False),
    sa.Column("base", Text, nullable=False),
    sa.Column("seed", Whole, nullable=False),
    sa.Column("settings", Object, nullable=False),
    sa.Column("outcome", Text),
    sa.Column("report", ObjectOrNone),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", Name(64), primary_key=True),
    sa.Column("size", Whole, nullable=False),
    sa.Column("zlib", Bytes, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("session", _ID, sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("seq", Whole, primary_key=True, autoincrement=False),
    sa.Column("kind", Name(32), nullable=False),
    sa.Column("json", Object, nullable=False),
)

rules = sa.Table(
    "rules",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("source", Text, nullable=False),
    sa.Column("summary", Text, nullable=False),
    sa.Column("params", Object, nullable=False),
    sa.Column("direction", Name(16), nullable=False),
    sa.Column("author", Text, nullable=False),
    sa.Column("language_model", sa.Boolean, nullable=False),
    sa.Column("created", Number, nullable=False),
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
    sa.Column("role", Name(16), nullable=False),
    sa.Column("evidence", Object, nullable=False),
)

detectors = sa.Table(
    "detectors",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("session", _ID, sa.ForeignKey("sessions.id"), nullable=False, index=True),
    sa.Column("series", Text, nullable=False),
    sa.Column("base", Object, nullable=False),
    sa.Column("members", Array, nullable=False),
    sa.Column("step_s", Whole, nullable=False),
    sa.Column("created", Number, nullable=False),
    sa.Column("hold_points", Number, nullable=False, server_default="0"),
    sa.Column("rings_once", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("base_level", Number, nullable=False, server_default="1"),
)

refreshes = sa.Table(
    "refreshes",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True),
    sa.Column("line", _ID, sa.ForeignKey("detectors.id"), nullable=False, index=True),
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), nullable=False),
    sa.Column("started", Number, nullable=False),
    sa.Column("session", _ID, sa.ForeignKey("sessions.id")),
    sa.Column("search", _ID, sa.ForeignKey("sessions.id")),
    sa.Column("state", Name(32)),
    sa.Column("decision", Name(16)),
    sa.Column("challenger", _ID, sa.ForeignKey("detectors.id")),
    sa.Column("ended", Number),
    sa.Column("seen_until", Whole),
    sa.Column("data", Text),
    sa.Column("json", ObjectOrNone),
)

successions = sa.Table(
    "successions",
    metadata,
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), primary_key=True),
    sa.Column("predecessor", _ID, sa.ForeignKey("detectors.id"), nullable=False, index=True),
    sa.Column("line", _ID, sa.ForeignKey("detectors.id"), nullable=False, index=True),
    sa.Column("refresh", _ID, sa.ForeignKey("refreshes.id")),
    sa.Column("how", Name(16), nullable=False),
    sa.Column("made_until", Whole, nullable=False),
    sa.Column("promise", Object, nullable=False),
)

standings = sa.Table(
    "standings",
    metadata,
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), primary_key=True),
    sa.Column("seq", Whole, primary_key=True, autoincrement=False),
    sa.Column("at", Number, nullable=False),
    sa.Column("status", Name(16), nullable=False),
    sa.Column("refresh", _ID, sa.ForeignKey("refreshes.id")),
    sa.Column("author", Text, nullable=False),
    sa.Column("why", Text, nullable=False),
    sa.Column("expires", Whole),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("refresh", _ID, sa.ForeignKey("refreshes.id"), nullable=False, unique=True),
    sa.Column("asked", Number, nullable=False),
    sa.Column("facts", Object, nullable=False),
    sa.Column("verdict", Name(16)),
    sa.Column("decided", Number),
    sa.Column("author", Text),
    sa.Column("why", Text),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("thread", _ID, primary_key=True),
    sa.Column("space", Name(255), primary_key=True),
    sa.Column("id", _ID, primary_key=True),
    sa.Column("parent", _ID),
    sa.Column("kind", Name(32), nullable=False),
    sa.Column("data", Bytes, nullable=False),
    sa.Column("metadata", Object, nullable=False),
)

checkpoint_writes = sa.Table(
    "checkpoint_writes",
    metadata,
    sa.Column("thread", _ID, primary_key=True),
    sa.Column("space", Name(255), primary_key=True),
    sa.Column("checkpoint", _ID, primary_key=True),
    sa.Column("task", Name(255), primary_key=True),
    sa.Column("number", Whole, primary_key=True, autoincrement=False),
    sa.Column("path", Text, nullable=False),
    sa.Column("channel", Text, nullable=False),
    sa.Column("kind", Name(32), nullable=False),
    sa.Column("data", Bytes, nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("detector", _ID, sa.ForeignKey("detectors.id"), nullable=False),
    sa.Column("line", _ID, nullable=False),
    sa.Column("cron", Text, nullable=False),
    sa.Column("zone", Text, nullable=False),
    sa.Column("missed", Name(16), nullable=False),
    sa.Column("source", Object, nullable=False),
    sa.Column("request", Object, nullable=False),
    sa.Column("state", Name(16), nullable=False),
    sa.Column("created", Number, nullable=False),
    sa.Column("planned_until", Number, nullable=False),
    sa.Column("next", Number, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", Name(128), primary_key=True),
    sa.Column("schedule", _ID, sa.ForeignKey("schedules.id"), nullable=False, index=True),
    sa.Column("due", Number, nullable=False),
    sa.Column("cause", Name(16), nullable=False),
    sa.Column("entered", Number, nullable=False),
    sa.Column("state", Name(16), nullable=False, index=True),
    sa.Column("attempt", Whole, nullable=False),
    sa.Column("not_before", Number, nullable=False),
    sa.Column("queued_attempt", Whole, nullable=False),
    sa.Column("starts", Whole, nullable=False),
    sa.Column("worker", _ID),
    sa.Column("claim", _ID),
    sa.Column("started", Number),
    sa.Column("ended", Number),
    sa.Column("outcome", Name(16)),
    sa.Column("why", Text),
    sa.Column("facts", ObjectOrNone),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("host", Text, nullable=False),
    sa.Column("pid", Whole, nullable=False),
    sa.Column("started", Number, nullable=False),
    sa.Column("beats", Whole, nullable=False),
    sa.Column("beat_at", Number, nullable=False),
    sa.Column("lease_s", Number, nullable=False),
    sa.Column("ended", Number),
    sa.Column("died", Number),
)
