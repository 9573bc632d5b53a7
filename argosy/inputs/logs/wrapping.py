"""What stands round the lines of a program that something else collected: container runtimes, compose, syslog."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SYSLOG = (
    r"(?:<\d{1,3}>)?(?:\d )?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d))"
    r" (?P<source>[\w.-]{1,80} [^\s:\[\]]{1,80}(?:\[\d+\])?): ?"
)
_FORMS = {
    "cri": r"\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) (?P<source>stdout|stderr) (?P<part>[FP])(?: |$)",
    "compose": r"(?P<source>[A-Za-z][\w.-]{0,60}) {0,40}\| ",
    "kubectl": r"\[(?P<source>pod/[\w./-]{1,200})\] ",
    "syslog": _SYSLOG,
    "time": r"(?P<source>)\d{4}-\d\d-\d\dT[\d:.]{8,18}Z (?=\{)",
}
_PATTERNS = {name: re.compile(form) for name, form in _FORMS.items()}
_TABS = re.compile(r"#011")


@dataclass(frozen=True)
class Wrapped:
    """A line within its wrapping. `partial` is one that goes on in the next."""

    content: str
    source: str = ""
    is_wrapped: bool = False
    partial: bool = False


class Wrapping:
    """Takes lines out of their wrapping, where most of a log's first lines have one."""

    def __init__(self, first_lines: Sequence[str]) -> None:
        counts = {name: sum(bool(pattern.match(line)) for line in first_lines) for name, pattern in _PATTERNS.items()}
        best = max(counts, key=lambda name: counts[name])
        self.name = best if 2 * counts[best] > len(first_lines) else ""

    def of(self, line: str) -> Wrapped:
        """The line as its program wrote it."""
        found = _PATTERNS[self.name].match(line) if self.name else None
        if found is None:
            return Wrapped(line)
        content = line[found.end() :]
        if self.name == "syslog":
            content = _TABS.sub("\t", content)
        return Wrapped(content, found["source"], True, self.name == "cri" and found["part"] == "P")
