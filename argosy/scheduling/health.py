"""What is wrong with schedules and workers, and which detectors nobody looks at again: for `argosy doctor`."""

from collections.abc import Iterator
from dataclasses import dataclass

from argosy.inputs.time_text import duration, iso
from argosy.scheduling.planner import ON_TIME_S
from argosy.scheduling.rows import Outcome, RunRow, ScheduleRow, ScheduleState, WorkerRow
from argosy.scheduling.runs import Runs
from argosy.scheduling.schedules import Schedules
from argosy.scheduling.workers import Workers
from argosy.service.expiry import due_at
from argosy.store.store import Store

_DAY_S = 86_400.0
_FAILED = frozenset({Outcome.REFUSED, Outcome.UNAVAILABLE, Outcome.CRASHED})


@dataclass(frozen=True)
class ServiceFinding:
    """What is wrong, with what, and what to do. `grave`: something does not happen that should."""

    what: str
    mend: str
    grave: bool = True


@dataclass(frozen=True)
class Health:
    """`told` says in one line how it stands."""

    told: str
    ailments: tuple[ServiceFinding, ...] = ()


def of_workers(store: Store, now: float) -> Health:
    """Who is alive, who has died, and whether anybody is there for what is due."""
    rows = Workers(store.database, lambda: now).all()
    alive = [row for row in rows if row.ended is None and row.died is None and now - row.beat_at <= row.lease_s]
    dead = [row for row in rows if row.ended is None and row not in alive and now - row.beat_at <= _DAY_S]
    active = [row for row in Schedules(store, lambda: now).listed() if row.state is ScheduleState.ACTIVE]
    ailments = [_dead(row, now, bool(alive)) for row in dead]
    if active and not alive:
        ailments.append(_nobody(len(active), rows))
    told = f"{len(alive)} alive" + (f", {len(dead)} died within a day" if dead else "")
    return Health(told, tuple(ailments))


def of_schedules(store: Store, now: float) -> Health:
    """Which schedules have not run though they were due, and which failed last."""
    schedules = Schedules(store, lambda: now).listed()
    runs = Runs(store.database, store.redaction, lambda: now)
    waiting = {run.schedule: run for run in reversed(runs.open())}
    ailments = [each for row in schedules for each in _late(row, waiting.get(row.id), runs, now)]
    active = sum(row.state is ScheduleState.ACTIVE for row in schedules)
    return Health(f"{active} active, {len(schedules) - active} paused", tuple(ailments))


def of_detectors(store: Store, now: float) -> Health:
    """Which live detectors are due to be looked at again, and which no schedule looks at. Neither is grave."""
    lives, service = store.service.lives(), store.service
    rows = [row for row in store.detectors.newest() if row.id in lives]
    lines = {row.line for row in Schedules(store, lambda: now).listed()}
    due = [(at, row.id) for row in rows if (at := due_at(store, row, service.standings(row.id))) is not None]
    past = sorted((at, name) for at, name in due if at < now)
    alone = [row.id for row in rows if service.line_of(row.id) not in lines]
    ailments = []
    if past:
        since, first = past[0]
        what = f"{len(past)} of {len(rows)} live past due, the first {first} since {iso(since)}"
        ailments.append(
            ServiceFinding(what, f"argosy refresh {first} FILE; argosy detector list tells of all", grave=False)
        )
    if alone:
        what = f"{len(alone)} of {len(rows)} live in no schedule, the newest {alone[0]}"
        ailments.append(ServiceFinding(what, f"argosy schedule add {alone[0]} looks at it on time", grave=False))
    return Health(f"{len(rows)} live", tuple(ailments))


def _nobody(active: int, rows: tuple[WorkerRow, ...]) -> ServiceFinding:
    """Not grave where the last one ended in order, as `worker --once` does: of schedules it is said what is overdue."""
    waiting = f"{active} {'schedule waits' if active == 1 else 'schedules wait'} for one"
    ended = rows[-1].ended if rows else None
    if ended is None:
        return ServiceFinding(f"no worker runs, and {waiting}", "start argosy worker")
    what = f"no worker runs since {iso(int(ended))}, when the last one ended in order, and {waiting}"
    return ServiceFinding(what, "start argosy worker, or let cron start argosy worker --once", grave=False)


def _dead(row: WorkerRow, now: float, others: bool) -> ServiceFinding:
    ago = duration(int(now - row.beat_at))
    what = f"worker {row.id} on {row.host} (process {row.pid}) has not beaten for {ago}"
    if row.died is not None:
        return ServiceFinding(
            f"{what}; what it had begun was taken over", "see its log; start another if it is missed", False
        )
    mend = "another worker takes over within its lease" if others else "start argosy worker, which takes over"
    return ServiceFinding(what, mend, grave=not others)


def _late(row: ScheduleRow, waiting: RunRow | None, runs: Runs, now: float) -> Iterator[ServiceFinding]:
    if row.state is ScheduleState.ACTIVE and now - row.next > ON_TIME_S:
        ago = duration(int(now - row.next))
        yield ServiceFinding(f"schedule {row.id} was due {ago} ago and has not been planned", "start argosy worker")
    elif waiting is not None and waiting.starts == 0 and now - max(waiting.due, waiting.not_before) > ON_TIME_S:
        ago = duration(int(now - waiting.due))
        yield ServiceFinding(f"schedule {row.id}: its run has waited for {ago}", "start argosy worker, or one more")
    last = runs.last(row.id, frozenset(Outcome) - {Outcome.SKIPPED, Outcome.CANCELLED, Outcome.CLOCK_SET_BACK})
    if last is not None and last.outcome in _FAILED:
        what = f"schedule {row.id}: its last run was {last.outcome.value}: {last.why}"
        yield ServiceFinding(what, f"argosy schedule history {row.id}", grave=False)
