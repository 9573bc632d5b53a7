"""Sessions: begun, finished, listed, found by the beginning of their id."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from argosy.graphs.recording.redaction import Redaction
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.database import Database
from argosy.store.ids import TRIES, find_id, timed_id
from argosy.store.rows import Json, SessionRow

LATEST = "latest"
FAILED = "failed"
"""The outcome of a session that something of ours, or of its surroundings, stopped; it can be resumed."""
PATTERN = "pattern"
"""Set in the settings of a run that wrote no rules: the name of the pattern that ran."""
_AT_FIRST = ("id", "started", "series", "points", "model", "base", "seed", "settings")


class Sessions:
    """Keeps sessions. The clock gives Unix seconds, the token four hex digits."""

    def __init__(
        self, database: Database, redaction: Redaction, clock: Callable[[], float], token: Callable[[], str]
    ) -> None:
        self._database, self._redaction, self._clock, self._token = database, redaction, clock, token

    def begin(
        self, series: str, points: int, model: str, base: str, seed: int = 0, settings: Json | None = None
    ) -> SessionRow:
        """Enters a session that starts now, under an id of its own."""
        clean = self._redaction.tree
        for _ in range(TRIES):
            at = self._clock()
            row = SessionRow(
                id=timed_id("s", at, self._token()),
                started=at,
                series=clean(series),
                points=points,
                model=clean(model),
                base=clean(base),
                seed=seed,
                settings=clean(settings or {}),
            )
            with self._database.writing() as connection:
                if self._database.insert_new(connection, schema.sessions, _values(row)):
                    return row
        raise self._database.unavailable("no free id in this second")

    def finish(self, session: str, outcome: str, report: Json, base: str | None = None) -> SessionRow:
        """Enters how a session ended; `base` names the one that was chosen, where it was not known before."""
        table = schema.sessions
        values: dict[str, object] = {
            "ended": self._clock(),
            "outcome": outcome,
            "report": self._redaction.tree(report),
        } | ({"base": self._redaction.text(base)} if base else {})
        with self._database.writing() as connection:
            connection.execute(table.update().where(table.c.id == session).values(**values))
        return self.find(session)

    def find(self, start: str) -> SessionRow:
        """The session whose id begins so, or the latest for 'latest'. Raises BadInput."""
        table = schema.sessions
        with self._database.reading() as connection:
            if start == LATEST:
                newest = sa.select(table).order_by(table.c.started.desc(), table.c.id.desc()).limit(1)
                found = connection.execute(newest).first()
                if found is None:
                    raise BadInput("session 'latest'", "there is no session yet", "argosy run FILE makes one")
                return _row(found)
            session = find_id(connection, table.c.id, start, "session")
            return _row(connection.execute(sa.select(table).where(table.c.id == session)).one())

    def unfinished(self) -> tuple[SessionRow, ...]:
        """Rule-generation sessions that failed, were killed, or are still running, newest first."""
        table = schema.sessions
        query = sa.select(table).where(table.c.outcome.is_(None) | (table.c.outcome == FAILED))
        query = query.order_by(table.c.started.desc(), table.c.id.desc())
        with self._database.reading() as connection:
            rows = (_row(found) for found in connection.execute(query))
            return tuple(row for row in rows if PATTERN not in row.settings)

    def series(self) -> dict[str, str]:
        """The series that each session looked at, by the session's id."""
        table = schema.sessions
        with self._database.reading() as connection:
            return {row.id: row.series for row in connection.execute(sa.select(table.c.id, table.c.series))}

    def newest(self, limit: int | None = None) -> tuple[SessionRow, ...]:
        """Sessions, newest first; all of them unless limited."""
        table = schema.sessions
        query = sa.select(table).order_by(table.c.started.desc(), table.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(_row(found) for found in connection.execute(query))


def _values(row: SessionRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in _AT_FIRST}


def _row(found: sa.Row[Any]) -> SessionRow:
    return SessionRow(**found._mapping)
