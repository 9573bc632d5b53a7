"""Sessions in a list, as JSON values."""

from typing import Any

import pydantic

from argosy.sessions.report import Report
from argosy.store.rows import SessionRow


def session_json(row: SessionRow) -> dict[str, Any]:
    """What a session ran on, how it ended and what it gained; None where that is not known."""
    try:
        report = Report.model_validate(row.report) if row.report is not None else None
    except pydantic.ValidationError:
        report = None  # a failed session leaves a report of another shape
    return {
        "session": row.id,
        "started": row.started,
        "ended": row.ended,
        "series": row.series,
        "points": row.points,
        "model": row.model,
        "base": row.base,
        "seed": row.seed,
        "outcome": row.outcome,
        "rules": None if report is None else len(report.rules),
        "gain": None if report is None else report.gain,
    }
