"""Schedules and their runs, as JSON values."""

from typing import Any

from argosy.scheduling.rows import RunRow, ScheduleRow


def schedule_json(row: ScheduleRow) -> dict[str, Any]:
    """A schedule as plain JSON values."""
    return {
        "schedule": row.id,
        "detector": row.detector,
        "line": row.line,
        "state": row.state.value,
        "cron": row.cron.line,
        "zone": row.cron.zone,
        "missed": str(row.missed),
        "next": row.next,
        "created": row.created,
        "source": row.source,
        "request": row.request,
    }


def run_json(run: RunRow, detector: str) -> dict[str, Any]:
    """A run as plain JSON values, with the detector that its schedule names."""
    names = ("id", "schedule", "due", "attempt", "starts", "worker", "started", "ended", "why", "facts")
    words = {"cause": run.cause.value, "state": run.state.value, "outcome": run.outcome and run.outcome.value}
    return {name: getattr(run, name) for name in names} | words | {"detector": detector}
