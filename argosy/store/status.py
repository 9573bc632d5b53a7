"""Detectors in service: their status, their lineage, and the one that is live."""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from argosy.store import schema
from argosy.store.database import Database
from argosy.store.status_rows import ConcurrentUpdate, StandingRow, Status, StatusChange, SuccessionRow

_STANDINGS, _SUCCESSIONS = schema.standings, schema.successions


def newest_standing() -> sa.Subquery:
    """A query of the last change of status of each detector: columns `detector` and `status`."""
    last = sa.select(_STANDINGS.c.detector, sa.func.max(_STANDINGS.c.seq).label("seq"))
    last_seq = last.group_by(_STANDINGS.c.detector).subquery()
    both = (_STANDINGS.c.detector == last_seq.c.detector) & (_STANDINGS.c.seq == last_seq.c.seq)
    return sa.select(_STANDINGS.c.detector, _STANDINGS.c.status).join(last_seq, both).subquery()


def is_live(detectors: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row of detectors is live: said to be, or never spoken of and not made by a refresh's search."""
    newest = newest_standing()
    status = sa.select(newest.c.status).where(newest.c.detector == detectors.c.id).scalar_subquery()
    searched = sa.select(schema.refreshes.c.search).where(schema.refreshes.c.search.is_not(None))
    return (status == Status.LIVE.value) | (status.is_(None) & detectors.c.session.not_in(searched))


class DetectorStatus:
    """Reads and changes the status of detectors. Changes are added, never made undone."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def status(self, detector: str) -> Status:
        """The status now, of a whole id."""
        with self._database.reading() as connection:
            return _status(connection, detector)

    def standings(self, detector: str) -> tuple[StandingRow, ...]:
        """Every change of status that was entered, the oldest first."""
        query = sa.select(_STANDINGS).where(_STANDINGS.c.detector == detector).order_by(_STANDINGS.c.seq)
        with self._database.reading() as connection:
            return tuple(_standing(found) for found in connection.execute(query))

    def succession(self, detector: str) -> SuccessionRow | None:
        """Whom it was made to succeed; None for the first of a line."""
        query = sa.select(_SUCCESSIONS).where(_SUCCESSIONS.c.detector == detector)
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        return None if found is None else SuccessionRow(**found._mapping)

    def line_of(self, detector: str) -> str:
        """The first detector of the line."""
        found = self.succession(detector)
        return found.line if found else detector

    def line(self, first: str) -> tuple[str, ...]:
        """All detectors of a line, the first one first, the others in the order in which they were made."""
        query = (
            sa.select(_SUCCESSIONS.c.detector)
            .join(schema.detectors, schema.detectors.c.id == _SUCCESSIONS.c.detector)
            .where(_SUCCESSIONS.c.line == first)
            .order_by(schema.detectors.c.created, schema.detectors.c.id)
        )
        with self._database.reading() as connection:
            return (first, *connection.scalars(query))

    def with_status(self, first: str, status: Status) -> str | None:
        """The newest detector of a line that has this status."""
        return next((each for each in reversed(self.line(first)) if self.status(each) is status), None)

    def lives(self) -> frozenset[str]:
        """The ids of all live detectors."""
        table = schema.detectors
        with self._database.reading() as connection:
            return frozenset(connection.scalars(sa.select(table.c.id).where(is_live(table))))

    def enter(self, succession: SuccessionRow, author: str, why: str) -> None:
        """Enters a challenger into its line as a candidate; said again, it changes nothing."""
        with self._database.writing() as connection:
            self.enter_within(connection, succession, author, why)

    def enter_within(self, connection: sa.Connection, succession: SuccessionRow, author: str, why: str) -> None:
        """The same in a transaction of somebody else's."""
        row = {name: getattr(succession, name) for name in succession.__dataclass_fields__}
        if self._database.insert_new(connection, _SUCCESSIONS, row | {"promise": dict(succession.promise)}):
            first = StandingRow(
                succession.detector, 1, self._clock(), Status.CANDIDATE, author, why, succession.refresh
            )
            self._database.insert_new(connection, _STANDINGS, _values(first))

    def move(self, moves: Iterable[StatusChange], author: str) -> None:
        """Changes statuses, all or none. Raises Overtaken when one is not what it should be."""
        try:
            with self._database.writing() as connection:
                self.move_within(connection, moves, author)
        except sa.exc.IntegrityError as error:
            raise ConcurrentUpdate("another process changed the status first") from error

    def move_within(
        self, connection: sa.Connection, moves: Iterable[StatusChange], author: str, refresh: str | None = None
    ) -> None:
        """The same in a transaction of somebody else's, whose IntegrityError means that it was overtaken."""
        for move in moves:
            now, seq = _newest(connection, move.detector)
            if now is not move.before:
                raise ConcurrentUpdate(f"{move.detector} is {now.value}, no longer {move.before.value}")
            at = self._clock()
            row = StandingRow(move.detector, seq + 1, at, move.after, author, move.why, refresh, move.expires)
            connection.execute(_STANDINGS.insert().values(**_values(row)))


def _status(connection: sa.Connection, detector: str) -> Status:
    return _newest(connection, detector)[0]


def _newest(connection: sa.Connection, detector: str) -> tuple[Status, int]:
    """The status, and the number of the change that made it, 0 where none did.

    Both come from one query: the next number is free only for whoever has seen the newest status, also where the
    database shows each statement what others have committed meanwhile.
    """
    table = schema.detectors
    newest = sa.select(_STANDINGS.c.status, _STANDINGS.c.seq).where(_STANDINGS.c.detector == detector)
    found = connection.execute(newest.order_by(_STANDINGS.c.seq.desc()).limit(1)).first()
    if found is not None:
        return Status(found.status), found.seq
    live = connection.scalar(sa.select(table.c.id).where((table.c.id == detector) & is_live(table)))
    return Status.LIVE if live else Status.CANDIDATE, 0


def _standing(found: sa.Row[Any]) -> StandingRow:
    values = dict(found._mapping)
    return StandingRow(**(values | {"status": Status(values["status"])}))


def _values(row: StandingRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__} | {"status": row.status.value}
