"""The columns of starts and ends in a list of incidents.

Tools name them differently: PagerDuty `created_at` and `resolved_at`, Alertmanager `startsAt` and `endsAt`, Grafana
`time` and `timeEnd`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = (
    ("start", "end"),
    ("startsat", "endsat"),
    ("startedat", "endedat"),
    ("starttime", "endtime"),
    ("startdate", "enddate"),
    ("startedat", "resolvedat"),
    ("createdat", "resolvedat"),
    ("createdon", "resolvedon"),
    ("triggeredat", "resolvedat"),
    ("openedat", "resolvedat"),
    ("openedat", "closedat"),
    ("createdat", "closedat"),
    ("created", "resolved"),
    ("opened", "closed"),
    ("activeat", "resolvedat"),
    ("begin", "end"),
    ("from", "to"),
    ("time", "timeend"),
)
"""Usual names of start and end, in order of preference, as `plain` writes them."""


@dataclass(frozen=True)
class StartEnd:
    """The columns of starts and ends; `end` is None where no incident has one."""

    start: str
    end: str | None

    @property
    def note(self) -> str | None:
        """What to say of columns that nobody named so."""
        if self.end is None or (plain(self.start), plain(self.end)) == NAMES[0]:
            return None
        return f"incidents go from {self.start!r} to {self.end!r}"


def plain(name: str) -> str:
    """A column's name in small letters, without what stands between its words.

    >>> plain("Resolved at")
    'resolvedat'
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def start_and_end(columns: Sequence[str], start: str | None, end: str | None) -> StartEnd | None:
    """The columns that are given, else the first usual pair; None where there is none.

    With one of the two given, the other is any that is called so usually.
    """
    found = {plain(name): name for name in reversed(columns)}
    for usual_start, usual_end in NAMES:
        one = found.get(usual_start) if start is None else start
        other = found.get(usual_end) if end is None else end
        if one is not None and other is not None:
            return StartEnd(one, other)
    return None


def start_alone(columns: Sequence[str], start: str | None) -> StartEnd | None:
    """The column of starts, where no incident has an end."""
    found = {plain(name): name for name in reversed(columns)}
    starts = [found[usual] for usual, _ in NAMES if usual in found] if start is None else [start]
    return StartEnd(starts[0], None) if starts else None
