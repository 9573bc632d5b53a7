"""When a schedule is due: a cron line, read in a time zone in which hours may be missing or come twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, CroniterError, croniter

from argosy.inputs.time_zone import check_zone
from argosy.signals.errors import BadInput

EVERY = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
"""Names that stand for a line."""

_FIELDS = re.compile(r"[0-9A-Za-z*,/\-#]+(\s+[0-9A-Za-z*,/\-#?]+){4}")
_DRAWN = re.compile(r"(^|[\s,])[HhRr](\W|$)")
_NEAR_S = 3 * 3600  # a clock that changes within so much of a second makes walls near it come in another order
_YEARS = 8  # a line that has nothing in them, such as 30 February, never has; 29 February has


@dataclass(frozen=True)
class Cron:
    """Five fields (minute, hour, day of month, month, day of week), read by the wall clock of a zone.

    A time in the hour that spring leaves out comes as much later as the clock jumped: 02:30 at 03:30. A time in the
    hour that autumn doubles comes once, the first time, when the line names its hours; a line for every hour, such as
    `*/10 * * * *`, goes through both hours, and through no hour that is missing.
    """

    line: str
    zone: str

    @classmethod
    def read(cls, line: str, zone: str = "UTC") -> "Cron":
        """Raises BadInput for a line or zone that means nothing, and for a line that never comes."""
        line = EVERY.get(line.strip().lower(), " ".join(line.split()))
        check_zone("--zone", zone)
        mend = "write minute hour day month weekday, such as '30 3 * * 1', or @daily"
        if not _FIELDS.fullmatch(line) or _DRAWN.search(line):
            raise BadInput(f"--cron {line!r}", "not five cron fields", mend)
        try:
            croniter(line, datetime(2000, 1, 1), max_years_between_matches=_YEARS).get_next(datetime)
        except CroniterBadDateError as error:
            raise BadInput(f"--cron {line!r}", "no day is ever such a one", mend) from error
        except (CroniterError, ValueError, KeyError, TypeError) as error:
            raise BadInput(f"--cron {line!r}", f"no cron line: {error}", mend) from error
        return cls(line, zone)

    def after(self, second: float) -> int:
        """The first Unix second after `second` that the line names."""
        start = self._wall(second) - self._spread(second)
        steps = croniter(self.line, start, max_years_between_matches=_YEARS)
        found: int | None = None
        while True:
            wall = steps.get_next(datetime)
            later = [each for each in self._seconds(wall) if each > second]
            found = min([*later, *([found] if found is not None else [])], default=None)
            if found is not None and wall >= self._wall(found) + self._spread(found):
                return found

    def newest(self, after: float, until: float, most: int) -> tuple[int, ...]:
        """The last `most` Unix seconds with after < second ≤ until that the line names, in order."""
        found = set[int]()
        bottom = self._wall(after) - self._spread(after)
        for wall in self._backward(self._wall(until) + self._spread(until) + timedelta(seconds=1)):
            full = len(found) >= most and wall < self._wall(min(found)) - self._spread(min(found))
            if wall < bottom or full:
                break
            found.update(second for second in self._seconds(wall) if after < second <= until)
        return tuple(sorted(found)[-most:])

    def _spread(self, second: float) -> timedelta:
        """How far the wall clock jumps near a second, and an hour; nothing where it goes evenly."""
        zone = ZoneInfo(self.zone)
        offsets = [datetime.fromtimestamp(second + each, zone).utcoffset() for each in (-_NEAR_S, 0, _NEAR_S)]
        known = [each for each in offsets if each is not None]
        return max(known) - min(known) + timedelta(hours=1) if max(known) != min(known) else timedelta()

    def _backward(self, top: datetime) -> Iterator[datetime]:
        steps = croniter(self.line, top, max_years_between_matches=_YEARS)
        while True:
            try:
                yield steps.get_prev(datetime)
            except CroniterError:
                return

    def _wall(self, second: float) -> datetime:
        return datetime.fromtimestamp(second, ZoneInfo(self.zone)).replace(tzinfo=None)

    def _seconds(self, wall: datetime) -> tuple[int, ...]:
        """The Unix seconds at which the line's time `wall` is due: none, one or two."""
        zone = ZoneInfo(self.zone)
        first, second = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
        exists = datetime.fromtimestamp(first, UTC).astimezone(zone).replace(tzinfo=None) == wall
        every_hour = self.line.split()[1].startswith("*")
        if not exists:
            return () if every_hour else (first,)
        return (first, second) if every_hour and second != first else (first,)
