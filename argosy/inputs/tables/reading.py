"""How the cells of a table are to be read, where they do not say it themselves."""

from dataclasses import dataclass, replace
from enum import StrEnum

from argosy.signals.gap_policy import GapPolicy


class OpenIncidents(StrEnum):
    """What an incident without an end means that is not the last one."""

    NEXT = "next"
    LAST = "last"
    DROP = "drop"


@dataclass(frozen=True)
class Reading:
    """What was said of how tables are written: of that of a series and of that of its incidents alike.

    `zone` is the time zone of times without an offset, UTC where None. `time_format` is how times are written, in the
    letters of strftime. `start_column` and `end_column` are those of incidents, where no usual name finds them; without
    `open_incidents`, an incident without an end that is not the last one is refused.
    `skip` lines stand above the table, and lines that begin with `comment` are no part of it. `decimal` is the decimal
    point or comma; with it thousands may be separated by the other. `units` may stand behind numbers.
    `gaps` says what missing values mean, which is nothing where it is not said.
    With `rate` the values are those of a counter, and its rates are looked at.
    """

    zone: str | None = None
    time_format: str | None = None
    start_column: str | None = None
    end_column: str | None = None
    open_incidents: OpenIncidents | None = None
    skip: int | None = None
    comment: str | None = None
    decimal: str | None = None
    units: bool | None = None
    gaps: GapPolicy | None = None
    rate: bool | None = None

    def as_before(self, earlier: "Reading") -> "Reading":
        """The same, and as before in what changes the points themselves, where nothing is said of that now."""
        return replace(self, gaps=self.gaps or earlier.gaps, rate=earlier.rate if self.rate is None else self.rate)


UNSAID = Reading()
"""Nothing was said: what a table does not say itself is taken in the usual way, or refused."""
