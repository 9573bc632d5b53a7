"""How the cells of a table are to be read, where they do not say it themselves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What was said of how tables are written: of that of a series and of that of its incidents alike.

    `zone` is the time zone of times without an offset, UTC where None. `time_format` is how times are written, in the
    letters of strftime.
    """

    zone: str | None = None
    time_format: str | None = None


UNSAID = Reading()
"""Nothing was said: what a table does not say itself is taken in the usual way, or refused."""
