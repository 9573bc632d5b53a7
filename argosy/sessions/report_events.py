"""What each rule of a fusion did, in a report: which incidents it gained and lost, and false points."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from argosy.detectors.fusion.attribution import IncidentEffect, RuleEffects
    from argosy.signals.series import Series


class _Section(BaseModel):
    """Frozen; fields that are not named here are kept and written as they came."""

    model_config = ConfigDict(frozen=True, extra="allow")


class EventSection(_Section):
    """An incident, the points from index `start` up to `stop`, from Unix second `begins` up to `ends`.

    `alone`: no other rule of the fusion had the same effect on it. `alarm`: the Unix second of the rule's alarm in it,
    or of the one that it took back; earlier versions did not keep it.
    """

    start: int
    stop: int
    begins: int
    ends: int
    alone: bool
    alarm: int | None = None


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
        where = {"start": entry.start, "stop": entry.stop, "begins": begins, "ends": ends}
        return {**where, "alone": entry.alone, "alarm": int(series.seconds[entry.at])}

    return {
        "gained": [told(each) for each in account.gained],
        "lost": [told(each) for each in account.lost],
        "false_points_added": account.false_points_added,
        "false_points_removed": account.false_points_removed,
    }
