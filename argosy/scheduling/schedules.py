"""Schedules in the store: added, listed, paused, resumed, removed."""

import secrets
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from argosy.scheduling.cron import Cron
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.scheduling.rows import Cause, Outcome, RunRow, RunState, ScheduleRow, ScheduleState
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.ids import TRIES, find_id, timed_id
from argosy.store.rows import Json
from argosy.store.status_rows import Status
from argosy.store.store import Store

_TABLE, _RUNS = schema.schedules, schema.runs


class Schedules:
    """Keeps schedules. The clock gives Unix seconds, the token a few hex digits."""

    def __init__(
        self, store: Store, clock: Callable[[], float], token: Callable[[], str] = lambda: secrets.token_hex(2)
    ) -> None:
        self._store, self._clock, self._token = store, clock, token
        self._database = store.database

    def add(self, detector: str, cron: Cron, missed: MissedPolicy, source: Json, request: Json) -> ScheduleRow:
        """Enters a schedule for the line of a detector. Raises BadInput for one that is not there, or is retired."""
        row = self._store.detectors.find(detector)
        if self._store.service.status(row.id) is Status.RETIRED:
            live = self._store.service.with_status(self._store.service.line_of(row.id), Status.LIVE)
            mend = f"schedule {live}, which is live now" if live else "argosy run makes another"
            raise BadInput(f"detector {row.id}", "is retired", mend)
        line = self._store.service.line_of(row.id)
        for _ in range(TRIES):
            at = self._clock()
            name = timed_id("c", at, self._token())
            new = ScheduleRow(
                name, row.id, line, cron, missed, source, request, ScheduleState.ACTIVE, at, at, cron.after(at)
            )
            with self._database.writing() as connection:
                if self._database.insert_new(connection, _TABLE, _values(new)):
                    return new
        raise self._database.unavailable("no free id in this second")

    def find(self, start: str) -> ScheduleRow:
        """The schedule whose id begins so. Raises BadInput."""
        with self._database.reading() as connection:
            name = find_id(connection, _TABLE.c.id, start, "schedule")
            return read_schedule(connection.execute(sa.select(_TABLE).where(_TABLE.c.id == name)).one())

    def listed(self, removed: bool = False) -> tuple[ScheduleRow, ...]:
        """Schedules, the oldest first; those removed too, if they are wanted."""
        query = sa.select(_TABLE).order_by(_TABLE.c.created, _TABLE.c.id)
        if not removed:
            query = query.where(_TABLE.c.state != ScheduleState.REMOVED.value)
        with self._database.reading() as connection:
            return tuple(read_schedule(found) for found in connection.execute(query))

    def lines(self) -> dict[str, str]:
        """The line of each schedule, those removed too, by its id."""
        with self._database.reading() as connection:
            return {row.id: row.line for row in connection.execute(sa.select(_TABLE.c.id, _TABLE.c.line))}

    def detectors(self) -> dict[str, str]:
        """The detector that each schedule names, those removed too, by its id."""
        with self._database.reading() as connection:
            return {row.id: row.detector for row in connection.execute(sa.select(_TABLE.c.id, _TABLE.c.detector))}

    def pause(self, start: str) -> ScheduleRow:
        """Holds a schedule. What runs goes on; what waits is cancelled. Raises BadInput."""
        return self._change(start, ScheduleState.PAUSED, "the schedule was paused before it began")

    def remove(self, start: str) -> ScheduleRow:
        """Ends a schedule for good; its history stays. Raises BadInput."""
        return self._change(start, ScheduleState.REMOVED, "the schedule was removed before it began")

    def resume(self, start: str) -> ScheduleRow:
        """Lets a paused schedule go on from now: what passed meanwhile was not missed. Raises BadInput."""
        return self._change(start, ScheduleState.ACTIVE, "")

    def run_now(self, start: str) -> RunRow:
        """Enters a run that is due now, also of a paused schedule. Raises BadInput for a removed one."""
        row = self.find(start)
        if row.state is ScheduleState.REMOVED:
            raise BadInput(f"schedule {row.id}", "was removed", "argosy schedule add makes another")
        for _ in range(TRIES):
            at = self._clock()
            run = RunRow(
                f"{row.id}@{timed_id('now', at, self._token())}", row.id, at, Cause.RUN_NOW, at, RunState.WAITING
            )
            with self._database.writing() as connection:
                if self._database.insert_new(connection, _RUNS, run_values(run)):
                    return run
        raise self._database.unavailable("no free id in this second")

    def _change(self, start: str, state: ScheduleState, cancelled: str) -> ScheduleRow:
        row = self.find(start)
        if row.state is ScheduleState.REMOVED and state is not ScheduleState.REMOVED:
            raise BadInput(f"schedule {row.id}", "was removed", "argosy schedule add makes another")
        now = self._clock()
        values: dict[str, object] = {"state": state.value}
        if state is ScheduleState.ACTIVE and row.state is not state:
            values |= {"planned_until": now, "next": row.cron.after(now)}
        waiting = (_RUNS.c.schedule == row.id) & (_RUNS.c.state == RunState.WAITING.value)
        ended = {"state": RunState.ENDED.value, "ended": now, "outcome": Outcome.CANCELLED.value, "why": cancelled}
        with self._database.writing() as connection:
            connection.execute(_TABLE.update().where(_TABLE.c.id == row.id).values(**values))
            if cancelled:
                connection.execute(_RUNS.update().where(waiting).values(**ended))
        return self.find(row.id)


def read_schedule(found: sa.Row[Any]) -> ScheduleRow:
    """A row of the table as a value."""
    values = dict(found._mapping)
    cron = Cron(values["cron"], values.pop("zone"))
    missed, state = MissedPolicy.read(values["missed"]), ScheduleState(values["state"])
    return ScheduleRow(**(values | {"cron": cron, "missed": missed, "state": state}))


def run_values(run: RunRow) -> dict[str, object]:
    """A run as a row of its table."""
    values = {name: getattr(run, name) for name in run.__dataclass_fields__}
    words = {"cause": run.cause.value, "state": run.state.value, "outcome": run.outcome and run.outcome.value}
    return values | words


def read_run(found: sa.Row[Any]) -> RunRow:
    """A row of the table as a value."""
    values = dict(found._mapping)
    outcome = Outcome(values["outcome"]) if values["outcome"] else None
    return RunRow(
        **(values | {"cause": Cause(values["cause"]), "state": RunState(values["state"]), "outcome": outcome})
    )


def _values(row: ScheduleRow) -> dict[str, object]:
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    words = {"cron": row.cron.line, "zone": row.cron.zone, "missed": str(row.missed), "state": row.state.value}
    return values | words
