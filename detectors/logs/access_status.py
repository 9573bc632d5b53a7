"""The HTTP status of a line of an access log, as a severity."""

import re

from argosy.signals.severity import Severity

_NAMES = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "CONNECT", "PROPFIND", "TRACE")
_METHODS = f"(?:{'|'.join(_NAMES)})"
_STATUS = re.compile(
    rf"(?<!\\)\"{_METHODS} (?:[^\"\\]|\\.){{0,2048}}+\"[ ,|\t]{{1,3}}(?:from \S{{1,60}} - )?\"?(?P<quoted>\d{{3}})\b"
    rf"|\b{_METHODS} [^\s\"]{{1,2048}}+(?: HTTP/[\d.]{{1,3}})?\"?[ \t]{{1,3}}(?P<plain>\d{{3}})\b"
    rf"|\s(?P<before>\d{{3}}) \"{_METHODS} "
    r"|\b[A-Z_]{3,30}/(?P<squid>\d{3}) \d+ [A-Z]{3,8} "
    r"|\s(?:[+-]?\d{1,9}/){4}\+?-?\d{1,9} (?P<haproxy>\d{3}) [+\d]"
    r"|\[GIN\][^|]{1,40}\|\s{0,6}(?P<gin>\d{3})\s{0,6}\|"
    r"|\bCompleted (?P<rails>\d{3}) [A-Z]|\bSent (?P<phoenix>\d{3}) in \d"
    rf"|\b{_METHODS} [^\s\"]{{1,2048}}+ (?:->|=>|→) (?P<arrow>\d{{3}})\b"
    r"|^(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT\S{1,30} \S{1,99} \S{1,60} \S{1,60} "
    r"(?:-?[\d.]{1,9} ){3}(?P<alb>\d{3}) "
)
_NAMED = re.compile(
    r"(?:^|[\s,{\"'])(?:status|status_code|statuscode|http_status|http\.status_code|response_code|downstreamstatus|sc-status)"
    r"[\"']?[=:] ?\"?(?P<named>\d{3})\b",
    re.IGNORECASE,
)
_OF_HTTP = re.compile(
    rf"\bHTTP/\d|\b{_METHODS}\b|(?:^|[\s,{{\"])(?:path|uri|url|method|request|route|endpoint)[\"']?[=:]"
)
_SIGNS = (*(f"{name} " for name in _NAMES), "ompleted ", "Sent ", "tatus", "TATUS", "_code", " HTTP/")


def access_severity(line: str) -> Severity:
    """Error from 500 up, warning from 400 up, else info; unknown where a line tells of no request.

    >>> access_severity('10.0.0.3 - - [02/Mar/2026:10:00:00 +0000] "GET /shop HTTP/1.1" 503 312')
    <Severity.ERROR: 'error'>
    """
    if not any(map(line.__contains__, _SIGNS)):
        return Severity.UNKNOWN
    if found := _STATUS.search(line):
        return severity_of_status(int(next(filter(None, found.groups()))))
    if (found := _NAMED.search(line)) and _OF_HTTP.search(line):
        return severity_of_status(int(found["named"]))
    return Severity.UNKNOWN


def severity_of_status(status: int) -> Severity:
    """Of an HTTP status; unknown for what is none."""
    if not 100 <= status <= 599:
        return Severity.UNKNOWN
    return Severity.ERROR if status >= 500 else Severity.WARNING if status >= 400 else Severity.INFO
