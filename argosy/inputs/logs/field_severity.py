"""The level of an entry that has fields: by the names and numbers that loggers, collectors and clouds use."""

from collections.abc import Mapping
from functools import lru_cache

from argosy.detectors.logs.access_status import severity_of_status
from argosy.detectors.logs.level_words import LETTERS, severity_of_word
from argosy.signals.severity import SYSLOG, Severity

_NAMED = ("levelname", "severitytext", "loglevel", "level", "severity", "lvl", "l", "sev", "leveltext", "logseverity")
_DOTTED = (
    "log.level",
    "log.syslog.severity.name",
    "syslog.severity.name",
    "winlog.level",
    "jsonPayload.level",
    "fields.level",
)
_DOTTED_STATUS = ("http.response.status_code", "httpRequest.status", "res.statusCode", "res.status", "response.status")
_HOLD_STATUS = frozenset({"http", "httprequest", "res", "response", "httpresponsestatuscode"})
_STATUS = ("status", "statuscode", "httpstatus", "httpstatuscode", "responsecode", "downstreamstatus", "respstatus")
_OF_HTTP = frozenset(
    {"method", "request", "requestmethod", "path", "uri", "url", "requesturi", "requestpath", "httpmethod", "verb"}
    | {"route", "useragent", "req", "httprequest", "http", "remoteaddr"}
)
_OTLP = (Severity.TRACE, Severity.DEBUG, Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.FATAL)
_TENS = (Severity.UNKNOWN, *_OTLP)
_CLOUD = (Severity.UNKNOWN, *reversed(SYSLOG))
"""Google Cloud: 100 debug, 200 info, 300 notice, 400 warning, 500 error, 600 critical, 700 alert, 800 emergency."""

_MONOLOG = {
    100: Severity.DEBUG,
    200: Severity.INFO,
    250: Severity.NOTICE,
    300: Severity.WARNING,
    400: Severity.ERROR,
    500: Severity.CRITICAL,
    550: Severity.ALERT,
    600: Severity.EMERGENCY,
}
_WINDOWS = {
    1: Severity.CRITICAL,
    2: Severity.ERROR,
    3: Severity.WARNING,
    4: Severity.INFO,
    5: Severity.TRACE,
}
_OF_WINDOWS = frozenset({"eventid", "providername", "eventrecordid", "logname"})
_APPLICATION_INSIGHTS = (Severity.TRACE, Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.CRITICAL)
_PYTHON = (
    Severity.UNKNOWN,
    Severity.DEBUG,
    Severity.INFO,
    Severity.WARNING,
    Severity.ERROR,
    Severity.CRITICAL,
)
_LOGSTASH = {5: Severity.TRACE, 10: Severity.DEBUG, 20: Severity.INFO, 30: Severity.WARNING, 40: Severity.ERROR}


@lru_cache(4_096)
def plain_name(name: str) -> str:
    """A field's name without case and marks: @level, log_level and LogLevel are level, loglevel and loglevel."""
    return "".join(char for char in name[:60].casefold() if char.isalnum())


def value_at(row: Mapping[str, object], dotted: str) -> object:
    """A value by a name with dots, be it one name or names within each other."""
    if dotted in row:
        return row[dotted]
    first, dot, rest = dotted.partition(".")
    inner = row.get(first) if dot else None
    return value_at(inner, rest) if isinstance(inner, dict) else None


def severity_of_fields(row: Mapping[str, object]) -> Severity:
    """The level that a program gave an entry; unknown where no field says one.

    >>> severity_of_fields({"log": {"level": "error"}}), severity_of_fields({"level": 50})
    (<Severity.ERROR: 'error'>, <Severity.ERROR: 'error'>)
    """
    plain = {plain_name(name): value for name, value in row.items() if isinstance(value, str | int | float)}
    for name in _NAMED:
        if name in plain and (found := _of_value(name, plain[name], plain)) is not Severity.UNKNOWN:
            return found
    for dotted in _DOTTED:
        value = value_at(row, dotted)
        if isinstance(value, str) and (found := severity_of_word(value)) is not Severity.UNKNOWN:
            return found
    return _by_number(plain) or _by_format(plain) or Severity.UNKNOWN


def transport_severity(row: Mapping[str, object]) -> Severity:
    """The level of what carried an entry: journald's and syslog's priority. What the entry says itself is nearer."""
    for name in ("PRIORITY", "priority", "syslog.severity.code", "log.syslog.severity.code"):
        if (number := _number(value_at(row, name))) is not None and 0 <= number < 8:
            return SYSLOG[number]
    return Severity.UNKNOWN


def request_severity(row: Mapping[str, object]) -> Severity:
    """By the HTTP status of a row that tells of a request."""
    plain = {plain_name(name): value for name, value in row.items()}
    statuses = [value_at(row, dotted) for dotted in _DOTTED_STATUS] if _HOLD_STATUS & plain.keys() else []
    if _OF_HTTP & plain.keys():
        statuses += [plain.get(name) for name in _STATUS]
    numbers = [number for each in statuses if (number := _number(each)) is not None]
    return max((severity_of_status(number) for number in numbers), default=Severity.UNKNOWN)


def is_pino_number(row: Mapping[str, object]) -> bool:
    """Whether the level is a number that pino and bunyan write otherwise than Python does."""
    number = _number(row.get("level"))
    return number is not None and 10 <= number < 100


def _of_value(name: str, value: object, plain: Mapping[str, object]) -> Severity:
    number = _number(value)
    if number is None:
        word = str(value).strip()
        return LETTERS.get(word) or severity_of_word(word)
    if name == "level" and _OF_WINDOWS & plain.keys():
        return _WINDOWS.get(number, Severity.UNKNOWN)
    if 0 <= number < 8:
        return SYSLOG[number]
    if name == "severity":
        return _CLOUD[number // 100] if 100 <= number < 900 else _otlp(number)
    if 10 <= number < 100:
        return _TENS[min(number // 10, 6)]
    return _MONOLOG.get(number, Severity.UNKNOWN)


def _by_number(plain: Mapping[str, object]) -> Severity | None:
    numbers = {name: number for name, value in plain.items() if (number := _number(value)) is not None}
    if "severitynumber" in numbers:
        return _otlp(numbers["severitynumber"])
    if "levelno" in numbers:
        return _PYTHON[min(max(numbers["levelno"] // 10, 0), 5)]
    if "severitylevel" in numbers and 0 <= numbers["severitylevel"] < len(_APPLICATION_INSIGHTS):
        return _APPLICATION_INSIGHTS[numbers["severitylevel"]]
    if "levelvalue" in numbers:
        return _LOGSTASH.get(numbers["levelvalue"] // 1_000, Severity.UNKNOWN)
    if isinstance(word := plain.get("severitynumber", plain.get("severitylevel")), str):
        return severity_of_word(word)
    return None


def _by_format(plain: Mapping[str, object]) -> Severity | None:
    """Levels of formats that leave the usual one out, or write a letter."""
    if {"t", "m"} <= plain.keys() or {"t", "mt"} <= plain.keys():  # Serilog's compact form: information has no @l
        return Severity.INFO
    if {"s", "c", "msg"} <= plain.keys():  # MongoDB
        return LETTERS.get(str(plain["s"])[:1])
    return None


def _otlp(number: int) -> Severity:
    return _OTLP[(number - 1) // 4] if 1 <= number <= 24 else Severity.UNKNOWN


def _number(value: object) -> int | None:
    """A small number, also where it is written as a text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else None
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e6 else None
