"""Turns the times that a schedule names into runs: each time once, however many workers plan."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from argosy.inputs.time_text import iso
from argosy.scheduling.rows import Cause, Outcome, RunRow, RunState, ScheduleRow, ScheduleState
from argosy.scheduling.schedules import read_schedule, run_values
from argosy.store import schema
from argosy.store.database import Database

ON_TIME_S = 300.0
"""How late a run may be planned and still count as on time: as long as it takes to restart a worker."""

SET_BACK_S = 120.0
"""How far a clock may be behind what was planned before it is taken as set back; workers' clocks differ by less."""

_COUNTED = 1_000
_TABLE, _RUNS = schema.schedules, schema.runs


def plan(database: Database, now: float) -> tuple[RunRow, ...]:
    """Enters whatever is due by `now`, and returns what was entered; what another process entered is left out."""
    due = (_TABLE.c.next <= now) | (_TABLE.c.planned_until > now + SET_BACK_S)
    query = sa.select(_TABLE.c.id).where((_TABLE.c.state == ScheduleState.ACTIVE.value) & due)
    with database.reading() as connection:
        names = list(connection.scalars(query.order_by(_TABLE.c.next)))
    return tuple(run for name in names for run in _plan_one(database, name, now))


def _plan_one(database: Database, name: str, now: float) -> Iterable[RunRow]:
    with database.writing() as connection:
        found = connection.execute(sa.select(_TABLE).where(_TABLE.c.id == name).with_for_update()).one()
        row = read_schedule(found)
        if row.state is not ScheduleState.ACTIVE:
            return ()
        if row.planned_until > now + SET_BACK_S:
            runs: Sequence[RunRow] = [_set_back(row, now)]
        elif row.next <= now:
            runs = _due(row, now, *_unfinished(connection, row.id))
        else:
            return ()
        values = {"planned_until": now, "next": row.cron.after(now)}
        connection.execute(_TABLE.update().where(_TABLE.c.id == row.id).values(**values))
        return [run for run in runs if database.insert_new(connection, _RUNS, run_values(run))]


def _unfinished(connection: sa.Connection, schedule: str) -> tuple[int, int]:
    """How many runs wait, and how many run."""
    query = sa.select(_RUNS.c.state).where((_RUNS.c.schedule == schedule) & (_RUNS.c.state != RunState.ENDED.value))
    states = list(connection.scalars(query))
    return states.count(RunState.WAITING.value), states.count(RunState.RUNNING.value)


def _due(row: ScheduleRow, now: float, waiting: int, running: int) -> list[RunRow]:
    """The runs for the times that have come, and one row that tells of those that are left out."""
    times = row.cron.newest(row.planned_until, now, _COUNTED)
    if not times:
        return []
    on_time = now - times[-1] <= ON_TIME_S and not waiting and not running
    room = row.missed.room(on_time, waiting)
    taken, left = (times[-room:], times[:-room]) if room else ((), times)
    runs = [RunRow(f"{row.id}@{time}", row.id, time, Cause.CAUGHT_UP, now, RunState.WAITING) for time in taken]
    if runs and on_time:
        runs[-1] = replace(runs[-1], cause=Cause.CRON)
    if left:
        why = "an earlier run is not done" if waiting or running else "no worker ran"
        runs.insert(0, _skipped(row, left, now, why))
    return runs


def _skipped(row: ScheduleRow, times: Sequence[int], now: float, why: str) -> RunRow:
    number = f"{_COUNTED:,} or more" if len(times) >= _COUNTED - row.missed.most else f"{len(times):,}"
    what = f"{number} {'time' if len(times) == 1 else 'times'} up to {iso(times[-1])} passed while {why}"
    why = f"{what}; the policy for missed runs is {row.missed}"
    return _ended(row, f"{row.id}@{times[-1]}", times[-1], Cause.CRON, now, Outcome.SKIPPED, why)


def _set_back(row: ScheduleRow, now: float) -> RunRow:
    why = f"planned until {iso(int(row.planned_until))}, and now the clock says {iso(int(now))}; no time is run twice"
    return _ended(row, f"{row.id}@clock-{now:.3f}", now, Cause.CLOCK, now, Outcome.CLOCK_SET_BACK, why)


def _ended(row: ScheduleRow, name: str, due: float, cause: Cause, now: float, outcome: Outcome, why: str) -> RunRow:
    return RunRow(name, row.id, due, cause, now, RunState.ENDED, ended=now, outcome=outcome, why=why)
