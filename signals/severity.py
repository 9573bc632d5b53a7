"""Severity: the level that a log entry was written at."""

from enum import StrEnum
from typing import Self


class Severity(StrEnum):
    """Levels from the least to the most severe, as syslog, OpenTelemetry and logging libraries have them.

    >>> Severity.WARNING < Severity.ERROR <= Severity.FATAL, Severity.UNKNOWN.is_error
    (True, False)
    >>> Severity("error")
    <Severity.ERROR: 'error'>
    """

    UNKNOWN = "unknown"
    TRACE = "trace"
    DEBUG = "debug"
    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"
    FATAL = "fatal"
    ALERT = "alert"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """Its place in the order; 0 is unknown."""
        return _RANKS[self]

    @property
    def is_error(self) -> bool:
        """Whether it is error or above."""
        return self.rank >= Severity.ERROR.rank

    def __lt__(self, other: Self | str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: Self | str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: Self | str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: Self | str) -> bool:
        return self.rank >= Severity(other).rank


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}

SYSLOG = (
    Severity.EMERGENCY,
    Severity.ALERT,
    Severity.CRITICAL,
    Severity.ERROR,
    Severity.WARNING,
    Severity.NOTICE,
    Severity.INFO,
    Severity.DEBUG,
)
"""By their number in syslog, journald and GELF (RFC 5424, section 6.2.1)."""
