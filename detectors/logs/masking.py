"""What of a log line is a value, and what tells good from bad: the first is masked, the second keeps lines apart."""

import re

WILDCARD = "<*>"

# Each alternative takes a whole word at most once, so that a line costs one pass however long its words are. Short
# numbers behind words such as "status" or "exit" stay: 200 and 500 are other messages.
_CHAR = r"(?:[\w/:@%+#-]|\.(?!\.))"  # rows of dots lead from a word to its value
_WORD = r"(?<![\w/:@%+#-])(?<![^.]\.)"
_SPOKEN = (
    r"(?<!status=)(?<!status )(?<!status: )(?<!status:)(?<!code=)(?<!code )(?<!code: )(?<!code:)(?<!rc=)(?<!rc: )"
    r"(?<!exit )(?<!errno=)(?<!errno )(?<!\" )(?<!returned )"
)
# None of what went wrong is another message than some of it.
_COUNTED = (
    "errors",
    "error",
    "failures",
    "failed",
    "fatal",
    "critical",
    "exceptions",
    "timeouts",
    "lost",
    "dropped",
    "errors found",
)
_AFTER_COUNTED = "|".join(
    f"(?<=(?i:{word}){between}0)" for word in _COUNTED for between in ("=", " = ", ": ", ":", " ")
)
_NONE = rf"(?!0(?: (?i:{'|'.join(_COUNTED)})\b|(?!{_CHAR})(?:{_AFTER_COUNTED})))"
_VALUES = re.compile(
    rf"{_WORD}(?!(?<=status=)\d{{1,3}}/[A-Z]{{3}})(?:"
    r"[A-Za-z]{3} {1,2}\d{1,2} \d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,+:Z-]*+"
    rf"|{_SPOKEN}{_NONE}\d{{1,3}}(?!{_CHAR})"
    rf"|(?:\d{{4,}}|\d{{1,3}}[/:@%+#A-Za-z_-]|\d{{1,3}}\.\d){_CHAR}*+"
    rf"|(?:[A-Za-z_/:@%+#-]|\.(?!\.))++\d{_CHAR}*+"
    rf"|/[\w.@%+#-]++/{_CHAR}*+"
    r")"
)
_TELLING = re.compile(
    r"(?<![a-z])(?:fatal|panic\w*|emerg\w*|alert|crit\w*|severe|err|errors?|fail\w*|failure|exceptions?|warn\w*|info"
    r"|notice|debug|trace|denied|refused|reset|rejected|timed? ?out|timeouts?|invalid|unable|cannot|can't|not|no"
    r"|lost|missing|corrupt\w*|corrected|recovered|abort\w*|kill\w*|terminat\w*|severed|unreachable|expired"
    r"|succe\w*|ok|accepted|opened|closed|started|stopped|up|down|true|false|enabled|disabled)(?![a-z])",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with its values as `<*>`: times, numbers, addresses, paths, and words that hold a digit.

    May be given many lines at once: no value reaches over the end of a line.

    >>> masked("Mar  3 10:22:01 web-1 sshd[912]: Failed password for root from 10.0.0.7 port 4022")
    '<*> <*> sshd[<*>]: Failed password for root from <*> port <*>'
    >>> masked('"GET /api/users" status=500 took 31 ms')
    '"GET <*>" status=500 took <*> ms'
    """
    return _VALUES.sub(WILDCARD, text)


def keeps_lines_apart(text: str) -> str:
    """The words and short numbers of a masked line that say how it went, as one word, in their order.

    Lines that differ in them are never one template: what reads a template must not be blind to its outcome.

    >>> keeps_lines_apart("<*> ERROR mount of <*> failed with status=500")
    'error|failed|500'
    """
    words = [found.group().casefold().replace(" ", "") for found in _TELLING.finditer(text)]
    return "|".join([*words, *re.findall(r"(?<![\w.])\d{1,3}(?!\w)", text)])
