"""Brings a store's schema to the newest migration, once, however many processes open it together."""

import sqlalchemy as sa

from argosy.store.database import Database
from argosy.store.errors import StoreUnavailable
from argosy.store.schema import HEAD

_LOCK = 0x4152474F  # any number of our own; PostgreSQL's advisory locks have no names


def upgrade(database: Database) -> None:
    """Creates or upgrades the tables. Raises StoreUnavailable, also for a schema newer than this program."""
    with database.reading() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    if database.engine.dialect.name == "sqlite":
        _write_ahead(database)
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _revision(connection) != HEAD:
            _run(database, connection)


def _revision(connection: sa.Connection) -> str | None:
    """The migration that the store names; None for a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)


def _run(database: Database, connection: sa.Connection) -> None:
    # Imported here because a store that is up to date, which nearly all are, needs none of it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "argosy.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        mend = "upgrade Argosy, or set ARGOSY_HOME to another folder"
        raise StoreUnavailable(database.place, "was made by a newer Argosy", mend) from error


def _write_ahead(database: Database) -> None:
    """Lets readers and one writer work at once. The mode is the file's own, so one process sets it for all."""
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()
