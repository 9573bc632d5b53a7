"""The connection: how SQLite is set up, how a transaction begins, and what a driver's error means to a person."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from argosy.signals.errors import BadInput
from argosy.store.column_types import DamagedValue
from argosy.store.errors import StoreUnavailable

_WAIT_MS = 60_000  # for the write lock, which other processes hold for about a millisecond each
_WRITES = "argosy_writes"

_DAMAGED = "restore it from a copy, or move it away and a new one is made"
_SYMPTOMS: tuple[tuple[str, str, str], ...] = (
    ("readonly database", "cannot be written", "allow writing to it, or set ARGOSY_HOME to a folder of yours"),
    ("unable to open", "cannot be opened", "check the folder's permissions, or set ARGOSY_HOME to a folder of yours"),
    ("disk is full", "the disk is full", "make room, or set ARGOSY_HOME to a folder on another disk"),
    ("disk i/o error", "the disk failed or is full", "make room, or set ARGOSY_HOME to a folder on another disk"),
    ("malformed", "is damaged", _DAMAGED),
    ("not a database", "is not a SQLite database", "move it away, or point ARGOSY_STORE to another file"),
    ("database is locked", "was kept busy by another program for a minute", "end that program and try again"),
    ("connection", "the server does not answer", "start it, or correct ARGOSY_STORE"),
)


class Database:
    """An engine with two kinds of transaction. Safe to use from several threads at once."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.place = f"store {engine.url.database if _is_sqlite(engine) else engine.url.render_as_string()}"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the store. Raises StoreUnavailable."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that waits for its turn to write before it reads. Raises StoreUnavailable."""
        with self._explained(), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def insert_new(self, connection: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> bool:
        """Inserts the row unless one with its primary key is there; says whether it did."""
        insert: Any = sqlite.insert
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # most stores never need it, and it takes a while

            insert = postgresql.insert
        statement = insert(table).values(**row).on_conflict_do_nothing().returning(*table.primary_key)
        return connection.execute(statement).first() is not None  # not every driver counts rows truly

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.IntegrityError:
            raise
        except sa.exc.DBAPIError as error:
            raise self.unavailable(str(error.orig)) from error
        except sa.exc.TimeoutError as error:
            raise self.unavailable("database is locked") from error
        except (DamagedValue, UnicodeDecodeError) as error:
            raise StoreUnavailable(self.place, f"is damaged: {error}", _DAMAGED) from error

    def unavailable(self, message: str) -> StoreUnavailable:
        """What the driver's message means, and what to do about it."""
        for symptom, problem, mend in _SYMPTOMS:
            if symptom in message.lower():
                return StoreUnavailable(self.place, problem, mend)
        line = message.strip().partition("\n")[0] or "unknown error"
        return StoreUnavailable(self.place, line, "check the database, or point ARGOSY_STORE to another")


def connect(url: sa.URL) -> Database:
    """An engine for the URL; nothing is opened yet. Raises StoreUnavailable when there is no driver for it."""
    try:
        engine = sa.create_engine(
            url,
            json_serializer=to_json,
            json_deserializer=_from_json,
            pool_pre_ping=url.get_backend_name() != "sqlite",
        )
    except ModuleNotFoundError as error:
        place = f"store {url.render_as_string()}"
        raise StoreUnavailable(place, f"no driver {error.name} here", f"pip install {error.name}") from error
    except sa.exc.NoSuchModuleError as error:
        raise BadInput("ARGOSY_STORE", f"no such database as {url.drivername}", "use sqlite or postgresql") from error
    if _is_sqlite(engine):
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def to_json(value: Any) -> str:
    """JSON as every database takes it: NaN and the infinities become null."""
    return json.dumps(_finite(value), allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def _from_json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedValue(f"{text!r:.60} stands where JSON is kept") from error


def _finite(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case str():
            return value
        case Mapping():
            return {key: _finite(item) for key, item in value.items()}
        case Sequence():
            return [_finite(item) for item in value]
    return value


def _is_sqlite(engine: sa.Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _set_up_sqlite(connection: Any, _: object) -> None:
    """Leaves transactions to us (the driver begins them too late), and waits instead of failing."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """A writer takes the write lock first: one that reads before would fail when another wrote in between."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
