"""From the fields of a log entry to one line of text, and from a cell to a label."""

from collections.abc import Iterator, Mapping

from argosy.signals.errors import BadInput

MESSAGES = ("message", "msg", "MESSAGE", "content", "log", "text", "event", "body", "raw", "line")
LEVELS = ("level", "severity", "levelname", "lvl", "log.level", "PRIORITY", "Level")
SOURCES = ("logger", "component", "service", "program", "app", "unit", "SYSLOG_IDENTIFIER", "_COMM")
PRIORITIES = ("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG")
"""By their number in syslog and journald."""

_MOST_DEPTH = 4
_ABNORMAL = frozenset({"1", "true", "abnormal", "anomaly", "anomalous", "yes"})
_NORMAL = frozenset({"", "0", "false", "normal", "no", "-"})


def line_of(row: Mapping[str, object], message: str | None = None) -> str:
    """One line for a row: level, source and message; every field as name=value where there is no message.

    >>> line_of({"PRIORITY": "3", "_COMM": "sshd", "MESSAGE": "bad key", "_PID": "7"})
    'ERR sshd: bad key'
    >>> line_of({"user": "ann", "status": {"code": 0}})
    'user=ann status.code=0'
    """
    if message is not None and row.get(message) is None:
        return ""
    name = message or next((each for each in MESSAGES if isinstance(row.get(each), str) and row[each]), None)
    if name is None:
        return " ".join(f"{field}={value}" for field, value in _flat(row, "", 0))
    level = next((str(row[each]) for each in LEVELS if each != name and _is_plain(row.get(each))), "")
    source = next((str(row[each]) for each in SOURCES if each != name and _is_plain(row.get(each))), "")
    if level.isdigit() and int(level) < len(PRIORITIES) and "PRIORITY" in row:
        level = PRIORITIES[int(level)]
    return " ".join(part for part in (level, f"{source}:" if source else "", str(row[name])) if part)


def label_of(cell: object, place: str) -> bool:
    """Whether a label says abnormal. Raises BadInput for what says neither."""
    word = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip().casefold()
    if cell is None or word in _NORMAL:
        return False
    if word in _ABNORMAL:
        return True
    raise BadInput(place, f"{word[:40]!r} is no label", "write 1 or abnormal, and 0 or normal")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and value != ""


def _flat(row: Mapping[str, object], prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, Mapping) and depth < _MOST_DEPTH:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        elif value is not None and value != "":
            yield f"{prefix}{name}", value
