"""What earlier sessions say of detectors: how the baselines that were tried did, by what their series were like."""

from collections.abc import Iterator, Mapping
from typing import Any

from argosy.detectors.cards import PastResult
from argosy.store.rows import SessionRow
from argosy.store.store import Store

MOST_SESSIONS = 500
"""So many of the newest sessions are looked at."""

MOST_RECORDS = 200


def past_results(store: Store, objective: str = "default", leave_out: str | None = None) -> tuple[PastResult, ...]:
    """One record for each series, of its newest session with this objective, newest first; of `leave_out` none.

    `reached` are the objectives before the lockbox, `held` is what the chosen base reached on it.
    """
    found: dict[str, PastResult] = {}
    for row in store.sessions.newest(MOST_SESSIONS):
        if row.series == leave_out or row.series in found:
            continue
        for record in _records(row, objective):
            found[row.series] = record
        if len(found) == MOST_RECORDS:
            break
    return tuple(found.values())


def _records(row: SessionRow, objective: str) -> Iterator[PastResult]:
    """The record of a session; none of one that failed, that tried one base alone, or that is older than tags."""
    report: Mapping[str, Any] = row.report or {}
    tags, base = report.get("tags"), report.get("base")
    if report.get("objective") != objective or not isinstance(tags, list) or not isinstance(base, Mapping):
        return
    listed = base.get("reached")
    reached = {str(name): float(value) for name, value in listed.items()} if isinstance(listed, Mapping) else {}
    if len(reached) > 1:
        chosen = str(base.get("name", ""))
        yield PastResult(row.series, tuple(map(str, tags)), reached, chosen, _held(report))


def _held(report: Mapping[str, Any]) -> float | None:
    try:
        found = report["scores"]["base"]["lockbox"]["objective"]
    except (KeyError, TypeError):
        return None
    return float(found) if isinstance(found, int | float) else None
