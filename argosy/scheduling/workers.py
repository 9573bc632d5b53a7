"""Workers in the store: who is alive, told by beats that others watch, not by anybody's clock."""

from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from argosy.scheduling.rows import WorkerRow
from argosy.store import schema
from argosy.store.database import Database

_TABLE = schema.workers

KEPT_S = 7 * 86_400.0


class Workers:
    """Keeps workers. The clock gives Unix seconds, and is only for people."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def enter(self, name: str, host: str, pid: int, lease_s: float) -> WorkerRow:
        """Enters a worker that begins now, and forgets those that were gone a week ago."""
        now = self._clock()
        row = WorkerRow(name, host, pid, now, 0, now, lease_s)
        gone = sa.func.coalesce(_TABLE.c.ended, _TABLE.c.died) < now - KEPT_S
        with self._database.writing() as connection:
            connection.execute(_TABLE.delete().where(gone))
            connection.execute(
                _TABLE.insert().values(**{each: getattr(row, each) for each in row.__dataclass_fields__})
            )
        return row

    def beat(self, name: str) -> bool:
        """Says that a worker is alive; False when others had taken it for dead."""
        with self._database.writing() as connection:
            died = connection.scalar(sa.select(_TABLE.c.died).where(_TABLE.c.id == name))
            values = {"beats": _TABLE.c.beats + 1, "beat_at": self._clock(), "died": None}
            connection.execute(_TABLE.update().where(_TABLE.c.id == name).values(**values))
        return died is None

    def leave(self, name: str) -> None:
        """Enters that a worker has ended of its own accord."""
        with self._database.writing() as connection:
            connection.execute(_TABLE.update().where(_TABLE.c.id == name).values(ended=self._clock()))

    def bury(self, row: WorkerRow) -> bool:
        """Enters that a worker has died, if it has not moved since it was read; says whether it was so."""
        still = (_TABLE.c.id == row.id) & (_TABLE.c.beats == row.beats) & _TABLE.c.died.is_(None)
        with self._database.writing() as connection:
            found = connection.execute(_TABLE.update().where(still).values(died=self._clock()).returning(_TABLE.c.id))
            return found.first() is not None

    def all(self) -> tuple[WorkerRow, ...]:
        """Every worker that is remembered, the oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(_TABLE).order_by(_TABLE.c.started, _TABLE.c.id))
            return tuple(WorkerRow(**row._mapping) for row in found)


@dataclass
class Watch:
    """Who has stopped beating, by one's own steady clock: a clock that is set forward kills nobody.

    Nor does a pause of the watcher's own, in which the whole machine may have stood still: of the time between two
    looks no more than half a lease counts, and a worker that lives beats several times in the rest.
    """

    steady: Callable[[], float]
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    _looked: float | None = None

    def silent(self, rows: tuple[WorkerRow, ...]) -> tuple[WorkerRow, ...]:
        """Those that have not beaten for longer than their lease while they were watched."""
        now = self.steady()
        since_last = 0.0 if self._looked is None else now - self._looked
        self._looked = now
        silent = []
        for row in rows:
            beats, silence = self._seen.get(row.id, (-1, 0.0))
            silence = silence + min(since_last, row.lease_s / 2) if beats == row.beats else 0.0
            self._seen[row.id] = (row.beats, silence)
            if row.ended is None and silence > row.lease_s:
                silent.append(row)
        return tuple(silent)
