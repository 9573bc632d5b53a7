"""Schedules and their runs, as a person or a program reads them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from argosy.columns import Column
    from argosy.scheduling.rows import RunRow, ScheduleRow


def moment_utc(at: float) -> str:
    """Unix seconds as a date and time of day."""
    from argosy.terminal import moment

    return f"{moment(at)} UTC"


def print_one(row: "ScheduleRow", as_json: bool, words: str) -> None:
    """What was done to a schedule."""
    from argosy.scheduling.listing import schedule_json
    from argosy.terminal import print_json

    if as_json:
        print_json(schedule_json(row))
    else:
        typer.echo(f"{row.id} {words}")


def print_schedules(found: "list[tuple[ScheduleRow, RunRow | None]]") -> None:
    """A table of schedules, each with its last run."""
    from argosy.columns import Column

    rows = []
    for row, last in found:
        came = f"{last.outcome.value if last.outcome else '–'} {moment_utc(last.ended or last.due)}" if last else "–"
        when = moment_utc(row.next) if row.state.value == "active" else "–"
        kind = row.source["data"]["kind"]
        rows.append((row.id, row.state.value, f"{row.cron.line} {row.cron.zone}", when, row.detector, kind, came))
    columns = [Column("schedule"), Column("state"), Column("cron", 10, leaves=3), Column("next", 10)]
    columns += [Column("detector", leaves=2), Column("source", leaves=1), Column("last", 12)]
    _table(columns, rows)


def print_runs(found: "tuple[RunRow, ...]", detectors: dict[str, str]) -> None:
    """A table of runs for each schedule, under its name and that of its detector."""
    from argosy.terminal import printable

    for schedule in dict.fromkeys(run.schedule for run in found):
        typer.echo(printable(f"schedule {schedule} of detector {detectors[schedule]}"))
        _print_runs_of_one([run for run in found if run.schedule == schedule])


def _print_runs_of_one(found: "Sequence[RunRow]") -> None:
    from argosy.columns import Column

    rows = []
    for run in found:
        state = run.outcome.value if run.outcome else run.state.value
        took = f"{run.ended - run.started:,.1f} s" if run.ended and run.started else "–"
        facts = run.facts or {}
        what = " ".join(str(facts[name]) for name in ("decision", "state", "session") if facts.get(name))
        rows.append(
            (moment_utc(run.due), run.cause.value, state, took, " · ".join(each for each in (what, run.why) if each))
        )
    columns = [Column("due"), Column("cause", leaves=1), Column("outcome"), Column("took", leaves=2)]
    _table([*columns, Column("what came of it", 24)], rows)


def _table(columns: "Sequence[Column]", rows: Sequence[tuple[str, ...]]) -> None:
    from argosy.columns import FittedTable
    from argosy.terminal import stdout_console

    table = FittedTable(*columns)
    for row in rows:
        table.add_row(*row)
    stdout_console().print(table)
