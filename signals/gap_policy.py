"""What a missing value means, which only the owner of a series knows: nothing, the last value, zero, or an anomaly."""

from enum import StrEnum


class GapPolicy(StrEnum):
    """What is put where points are absent or their values missing.

    IGNORE leaves the series as it is. HOLD repeats the last value that there was; ZERO puts 0, for counts that are not
    written when nothing happens; ANOMALY leaves the values missing, and says that something is wrong there.
    """

    IGNORE = "ignore"
    HOLD = "hold"
    ZERO = "zero"
    ANOMALY = "anomaly"
