"""The ledger of a fusion in a report: which incidents each rule gained and lost, as JSON and in words."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from argosy.detectors.fusion.attribution import IncidentEffect, RuleEffects
    from argosy.sessions.report import Report
    from argosy.signals.series import Series

_MOST = 6


class _Section(BaseModel):
    """Frozen; fields that are not named here are kept and written as they came."""

    model_config = ConfigDict(frozen=True, extra="allow")


class EventSection(_Section):
    """An incident, the points from index `start` up to `stop`, from Unix second `begins` up to `ends`.

    `alone`: no other rule of the fusion had the same effect on it.
    """

    start: int
    stop: int
    begins: int
    ends: int
    alone: bool


class EventsSection(_Section):
    """What a rule did within the fusion on one part: incidents gained and lost, false points added and taken back."""

    gained: tuple[EventSection, ...] = ()
    lost: tuple[EventSection, ...] = ()
    false_points_added: int = 0
    false_points_removed: int = 0


def account_json(account: "RuleEffects", series: "Series") -> dict[str, object]:
    """A rule's account on one part, its incidents with indices and Unix seconds."""

    def told(entry: "IncidentEffect") -> dict[str, object]:
        begins, last = (int(series.seconds[index]) for index in (entry.start, entry.stop - 1))
        ends = last + series.step_s
        return {"start": entry.start, "stop": entry.stop, "begins": begins, "ends": ends, "alone": entry.alone}

    return {
        "gained": [told(each) for each in account.gained],
        "lost": [told(each) for each in account.lost],
        "false_points_added": account.false_points_added,
        "false_points_removed": account.false_points_removed,
    }


def event_lines(report: "Report") -> Iterator[str]:
    """A line for each rule and part on which it changed something."""
    for rule in report.rules:
        for part, did in rule.events.items():
            words = [f"{len(did.gained)} gained{_listed(did.gained, report)}"] if did.gained else []
            words += [f"{len(did.lost)} LOST{_listed(did.lost, report)}"] if did.lost else []
            words += [f"{did.false_points_added:,} false points added"] if did.false_points_added else []
            words += [f"{did.false_points_removed:,} false points taken back"] if did.false_points_removed else []
            if words:
                yield f"{rule.id} {part}: {'; '.join(words)}"


def _listed(events: Sequence[EventSection], report: "Report") -> str:
    more = f", and {len(events) - _MOST} more" if len(events) > _MOST else ""
    return f" ({', '.join(_named(each, report) for each in events[:_MOST])}{more})"


def _named(event: EventSection, report: "Report") -> str:
    from argosy.inputs.tables.times import iso

    where = iso(event.begins) if report.times_known else f"index {event.begins // max(1, report.series.step_s)}"
    return where if event.alone else f"{where}, shared"
