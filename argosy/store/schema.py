"""The tables, in types that SQLite and PostgreSQL both have. The migrations build the same; a test compares them."""

import sqlalchemy as sa

HEAD = "0001"
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
)
