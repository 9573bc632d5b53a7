"""A query as a source: whatever SQLAlchemy reaches, read and never written."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from argosy.inputs.sources.addresses import check_kept, standing_in
from argosy.inputs.sources.errors import NoData, SourceUnavailable
from argosy.inputs.sources.source import Stretch, cut
from argosy.inputs.tables.arrow_sheet import ArrowSheet
from argosy.inputs.tables.incidents import ListedIncidents, incidents_in_sheet
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_sheet
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

MOST_ROWS = 5_000_000
_CHUNK = 50_000
_URL = "write sqlite:////folder/name.db, or postgresql://host/name with a user and a password as ${NAME}"


@dataclass(frozen=True)
class SqlSource:
    """The rows of a query, whose columns are found as those of a file. It may name :since and :until, Unix seconds."""

    url: str
    query: str
    request: TableRequest
    timeout_s: float = 60.0

    def load(self, stretch: Stretch) -> LoadedSeries:
        table = ask(self.url, self.query, {"since": stretch.since, "until": stretch.until}, self.timeout_s)
        place = Path(_place(self.url))
        if not table.num_rows:
            raise NoData(f"{place}: the query gives no row from {stretch}")
        loaded = read_sheet(ArrowSheet(place, table), replace(self.request, path=place, infer_columns=False))
        if not loaded.times_known:
            raise BadInput(str(place), "its rows have no times, only an index", "select a column of times")
        return cut(loaded, stretch)


@dataclass(frozen=True)
class SqlIncidents:
    """Incidents of a series from a query with columns start and end, and maybe kind, author, labelled and series."""

    url: str
    query: str
    series: str | None = None
    timeout_s: float = 60.0
    reading: Reading = UNSAID

    def read(self) -> ListedIncidents:
        table = ask(self.url, self.query, {}, self.timeout_s)
        return incidents_in_sheet(ArrowSheet(Path(_place(self.url)), table), self.series, self.reading)


def kept_url(option: str, url: str) -> str:
    """The URL as it is kept: of a SQLite file, with its whole path.

    Raises BadInput for what SQLAlchemy cannot read, for a password in it, and for a database in memory.
    """
    check_kept(option, url)
    try:
        parsed = sa.make_url(standing_in(url))
        parsed.get_dialect()
    except ModuleNotFoundError:
        return url  # its driver may be where the worker runs
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ValueError) as error:
        raise BadInput(option, "not a URL that SQLAlchemy can read", _URL) from error
    if parsed.get_backend_name() != "sqlite":
        return url
    name = parsed.database or ""
    if name in ("", ":memory:"):
        raise BadInput(option, "names no file, and a database in memory is empty", _URL)
    if "${" in url or name.startswith("file:"):
        return url
    return parsed.set(database=str(Path(name).absolute())).render_as_string(hide_password=False)


def ask(url: str, query: str, values: Mapping[str, int], timeout_s: float) -> pa.Table:
    """The answer to a query, as a table. Nothing that the query changes stays.

    Raises BadInput for a wrong query or URL, SourceUnavailable for a database that cannot be reached or is slow.
    """
    place = _place(url)
    engine = _engine(url, timeout_s)
    statement = sa.text(query)
    wanted = {name: values[name] for name in statement.compile().params if name in values}
    until = time.monotonic() + timeout_s
    try:
        with _explained(place, timeout_s), engine.connect() as connection:
            _read_only(connection, timeout_s)
            result = connection.execution_options(stream_results=True).execute(statement, wanted)
            return _table(result, place, until)
    finally:
        engine.dispose()


def _engine(url: str, timeout_s: float) -> sa.Engine:
    place = _place(url)
    try:
        parsed = sa.make_url(url)
        wait = {"postgresql": {"connect_timeout": max(1, int(timeout_s))}, "sqlite": {"timeout": timeout_s}}
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            raise SourceUnavailable(place, "there is no such file", "write it, or schedule another")
        return sa.create_engine(
            parsed, connect_args=wait.get(parsed.get_backend_name(), {}), poolclass=sa.pool.NullPool
        )
    except ModuleNotFoundError as error:
        raise BadInput(
            place, f"no driver {error.name} here", f"pip install {error.name} where the worker runs"
        ) from error
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ValueError) as error:
        raise BadInput("--sql", "not a URL that SQLAlchemy can read", _URL) from error


def _read_only(connection: sa.Connection, timeout_s: float) -> None:
    match connection.dialect.name:
        case "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = ON")
        case "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")


@contextmanager
def _explained(place: str, timeout_s: float) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        line = str(error.orig).strip().partition("\n")[0]
        if "statement timeout" in line:
            raise SourceUnavailable(place, f"the query took longer than {timeout_s:g} s", "make it faster") from error
        if _lasting(error, line):
            raise BadInput(
                f"--query at {place}", line, "mend the query; try it with the database's own program"
            ) from error
        raise SourceUnavailable(place, line, "see to the database, or to --sql") from error
    except sa.exc.StatementError as error:
        raise BadInput(
            f"--query at {place}", str(error).partition("\n")[0], "only :since and :until are known"
        ) from error


def _lasting(error: sa.exc.DBAPIError, line: str) -> bool:
    """Whether the query is wrong, rather than the database away: SQLite calls both operational."""
    if isinstance(error, sa.exc.OperationalError):
        return line.startswith(("no such", "near ", "unrecognized", "attempt to write", "ambiguous", "incomplete"))
    return isinstance(
        error, sa.exc.ProgrammingError | sa.exc.DataError | sa.exc.NotSupportedError | sa.exc.InternalError
    )


def _table(result: sa.CursorResult[Any], place: str, until: float) -> pa.Table:
    if not result.returns_rows:
        raise BadInput(f"--query at {place}", "gives no rows", "write a SELECT")
    names = list(result.keys())
    rows: list[tuple[Any, ...]] = []
    for chunk in result.partitions(_CHUNK):
        rows.extend(tuple(row) for row in chunk)
        if len(rows) > MOST_ROWS:
            raise BadInput(f"--query at {place}", f"gives more than {MOST_ROWS:,} rows", "use :since and :until in it")
        if time.monotonic() > until:
            raise SourceUnavailable(place, "the rows came too slowly", "use :since and :until in the query")
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.Table.from_arrays([_array(list(column)) for column in columns], names)


def _array(cells: list[Any]) -> pa.Array:
    try:
        return pa.array([float(cell) if isinstance(cell, Decimal) else cell for cell in cells])
    except (pa.ArrowException, OverflowError):
        return pa.array([None if cell is None else str(cell) for cell in cells])  # a column of several types, as in CSV


def _place(url: str) -> str:
    """The database as it may stand in a message."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        return "database"
    host = f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host
    return ":".join(each for each in (parsed.get_backend_name(), host, parsed.database) if each)
