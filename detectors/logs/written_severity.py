"""The level of a line of text, read once, from where loggers write it: in front of the message, never out of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from argosy.detectors.logs.access_status import access_severity
from argosy.detectors.logs.level_words import LETTERS, WEAK, WORDS, severity_of_word
from argosy.signals.severity import SYSLOG, Severity

LEVEL_KEYS = frozenset(
    {"level", "lvl", "severity", "loglevel", "log_level", "log.level", "levelname", "level_name", "sev"}
)
"""The names of a level in logfmt, casefolded."""

_ZONE_CHARS = 400
_SEARCHED_CHARS = 8_192
_MOST_PLAIN = 3

_COMMON = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?\s{1,4}\[?"
    r"(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\]?\s"
)
_WRAPPED = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP] ?")
_SYSLOG = re.compile(r"<(\d{1,3})>")
_LETTER = re.compile(
    r"(?:^|[\s:|\]])(?P<klog>[IWEFD])\d{4} \d\d:\d\d:\d\d\.\d"
    r"|^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\s+(?:\d+\s+\d+\s+)?(?P<logcat>[VDIWEFA])[ /]"
    r"|^(?P<brief>[VDIWEF])/[^(:\s]{1,60}\s{0,20}\(\s{0,9}\d+\):"
    r"|^\S{1,40}[T ]\d\d:\d\d:\d\d\S{0,14}\s+(?P<mongo>[DIWEF])\d?\s+[A-Z-]{1,12}\s"
    r"|^(?P<apt>[EWF]): "
    r"|[\dZ|]\s{1,4}(?P<bar>[TDINWECF])\s{0,4}\|"
)
_REDIS = re.compile(r"^\d+:[XCSM] \d\d \w{3} \d{4} [\d:.]+ (?P<mark>[.*#-]) ")
_REDIS_MARKS = {".": Severity.DEBUG, "-": Severity.INFO, "*": Severity.NOTICE, "#": Severity.WARNING}
_KEY_OR_QUOTED = re.compile(
    r"(?:(?<=[\s,;{(])|^)(?P<key>[\w.@-]{1,40})=\"?(?P<value>[^\s\",;}]{0,40})|\"(?:[^\"\\]|\\.)*+\"?"
)
_KEY_OF_OBJECT = re.compile(
    r"[{,\s][\"']?(?:level|lvl|severity|log\.level|levelname)[\"']?\s?:\s?[\"']?([A-Za-z]{1,20})\b", re.IGNORECASE
)

# A line is bounded before it comes here, and no alternative may take a part of it twice.
_TOKEN = re.compile(
    r"(?P<open>[\[(<])(?P<inner>[^\[\]()<>]{1,80})[\])>]"
    r"|(?P<key>[A-Za-z_@][\w.@-]{0,40})=(?:\"(?:[^\"\\]|\\.)*+\"?|[^\s,;}\"]*+)"
    r"|(?P<word>(?:[^\s\[\](){}<>|\"',;=:!]|(?<=\d):(?=\d))+)"
    r"|(?P<mark>\S)"
)
_WIDE_MARKS = str.maketrans("【】［］「」『』〔〕：｜＜＞（），；＝\u3000", "[][][][][]:|<>(),;= ")
_TIMES = """jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun january february march april
    june july august september october november december utc gmt cet cest est edt cst cdt mst mdt pst pdt bst ist jst
    msk am pm php sept mär mai okt dez mo di mi do fr sa so janv févr mars avr juin juil août déc ene abr ago dic"""
_NAMES_OF_TIMES = frozenset(_TIMES.split())
_TIME = re.compile(r"\d{1,2}:\d\d|^\d{10,19}(?:\.\d+)?$|^\d{4}-\d\d-\d\d|^(?i:z|utc|gmt|am|pm|[+-]\d{4})$")
_NOTHING = re.compile(r":\s{0,3}(?:0|none|null|nil|false|-|\"\"|'')(?:[\s,.;)]|$)", re.IGNORECASE)
_CHANNEL = re.compile(r"^[\w.-]{1,60}\.(?=[A-Z]{4,9}$)")  # Monolog writes production.ERROR: message
_NOT = frozenset({"0", "no", "zero", "kein", "keine", "keinen", "without", "aucun", "aucune", "sin", "sans", "ohne"})


def read_severity(text: str) -> Severity:
    """The level of a line; unknown where it says none. Words of the message itself have no say.

    >>> read_severity("2026-03-02 10:00:00,120 [main] ERROR shop.pay - charge was not taken")
    <Severity.ERROR: 'error'>
    >>> read_severity('10.0.0.3 - - [02/Mar/2026:10:00:00 +0000] "GET /error?level=fatal HTTP/1.1" 200 512')
    <Severity.INFO: 'info'>
    >>> read_severity("loaded 10 alert rules, 0 critical, error handler ready")
    <Severity.UNKNOWN: 'unknown'>
    """
    head = text[:_SEARCHED_CHARS]
    common = _COMMON.match(head)
    written = WORDS[common[1].casefold()] if common else _written(head)
    # A request that failed is an error at whatever level a server writes its requests.
    return written if written.is_error else max(written, access_severity(head))


def _written(head: str) -> Severity:
    if not head.isascii():
        head = head.translate(_WIDE_MARKS)
    if wrapped := _WRAPPED.match(head):
        head = head[wrapped.end() :]
    transport = Severity.UNKNOWN
    if (priority := _SYSLOG.match(head)) and int(priority[1]) < 8 * 24:
        transport, head = SYSLOG[int(priority[1]) % 8], head[priority.end() :]
    # What a program says of itself is nearer than what carried it, which may call all of stderr an error.
    return _by_letter(head) or _in_front(head[:_ZONE_CHARS].partition("\n")[0]) or _by_key(head) or transport


def _by_letter(head: str) -> Severity | None:
    if redis := _REDIS.match(head):
        return _REDIS_MARKS[redis["mark"]]
    found = _LETTER.search(head[:120])
    return LETTERS[next(filter(None, found.groups()))] if found else None


def _by_key(head: str) -> Severity | None:
    """By a key such as level= among others, outside of quotes; or by one of an object that is no whole JSON."""
    if head.startswith("{") and (found := _KEY_OF_OBJECT.search(head)):
        return severity_of_key(found[1])
    if "=" not in head:
        return None
    pairs = [found for found in _KEY_OR_QUOTED.finditer(head.partition("\n")[0]) if found["key"]]
    named = (severity_of_key(each["value"]) for each in pairs if _is_level_key(each["key"]))
    return next(filter(None, named), None) if len(pairs) > 1 else None


def _is_level_key(key: str) -> bool:
    """LOG_LEVEL, in capitals, is a variable of the environment."""
    return key.casefold() in LEVEL_KEYS and not (key.isupper() and "_" in key)


def severity_of_key(value: str) -> Severity | None:
    """Of a level's value in logfmt: a word, or a letter."""
    found = LETTERS.get(value) or severity_of_word(value)
    return None if found is Severity.UNKNOWN else found


@dataclass(eq=False)
class _Front:
    """What has been read of a line until a token: whether it is a header still, and of what kind."""

    plain: int = 0
    evidence: bool = False
    after_colon: bool = False
    previous: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the message has begun."""
        return self.plain > _MOST_PLAIN or (self.after_colon and self.plain > 0)

    def pass_by(self, word: str) -> None:
        """A word that is no level."""
        if not _is_header_word(word):
            self.plain += 1
        self.evidence |= any(map(str.isdigit, word))
        self.previous = word


def _in_front(head: str) -> Severity | None:
    """The first level among what stands in front of the message: times, names, numbers, brackets."""
    front = _Front()
    for token in _tokens(head):
        if front.is_over or token["mark"] == '"':
            return None
        found = _of_token(token, head, front)
        if found:
            return found
    return None


def _tokens(head: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(head)


def _of_token(token: re.Match[str], head: str, front: _Front) -> Severity | None:
    if token["inner"] is not None:
        if front.plain > 1 and not front.evidence:
            return None
        found = _in_brackets(token["open"], token["inner"])
        front.evidence, front.previous = True, "]"
        return found
    if token["key"] is not None:
        name, _, value = token.group().partition("=")
        front.evidence, front.previous = True, "="
        return severity_of_key(value.strip('"')) if _is_level_key(name) else None
    if token["mark"] is not None:
        colon = token["mark"] == ":" and head[token.end() : token.end() + 1] in (" ", "\t", "")
        front.after_colon |= colon and front.plain > 0
        front.plain = 0 if colon else front.plain
        front.previous = token["mark"]
        return None
    word = token["word"]
    if found := _of_word(token, head, front):
        return found
    front.pass_by(word)
    return None


def _in_brackets(open: str, inner: str) -> Severity | None:
    """[ERROR], [core:error], [10:00:00 ERR shop], [Server thread/ERROR], (EE)."""
    inner = inner.strip()
    if open == "(" and inner in ("EE", "WW", "II"):
        return LETTERS[inner[0]]
    if open == "[" and len(inner) == 1:
        return LETTERS.get(inner)
    if whole := severity_of_key(inner) if len(inner) > 1 else None:
        return whole
    parts = re.split(r"[\s:/|,]+", inner)
    if len(parts) > 1 and open == "[":
        upper = (WORDS.get(part.casefold()) for part in parts if part.isupper() and part.casefold() not in WEAK)
        module_and_level = WORDS.get(parts[1]) if len(parts) == 2 and re.fullmatch(r"[a-z_\d]+:[a-z]+", inner) else None
        return next(filter(None, upper), None) or module_and_level
    return None


def _of_word(token: re.Match[str], head: str, front: _Front) -> Severity | None:
    word = _CHANNEL.sub("", token["word"]) if head.startswith(":", token.end()) else token["word"]
    severity = WORDS.get(word.casefold())
    if severity is None or front.previous.casefold() in _NOT:
        return None
    before, after = head[: token.start()][-1:], head[token.end() : token.end() + 40]
    if (before and before in "=/&?+@#$%~\"'") or (not word.isupper() and _NOTHING.match(after)):
        return None
    if _is_cell(before, after) or _is_barred(front.previous, after):
        return severity
    if word.casefold() in WEAK:
        return severity if _is_named(word, after, front) or _is_after_time(word, after, front) else None
    if not word.isascii() and word.casefold() == word.upper():  # a script without cases
        return severity if after[:1] in ("", ":", " ", "\t", "|", "]", "!") else None
    if word.isupper():
        return severity if _is_upper_level(after, front) else None
    return severity if _is_lower_level(after, front) else None


def _is_cell(before: str, after: str) -> bool:
    """Between commas or semicolons, as in a table."""
    return before in ("", ",", ";") and after[:1] in (",", ";") and after[1:2] not in ("", " ")


def _is_barred(previous: str, after: str) -> bool:
    """Between bars or dashes."""
    rest = after.lstrip(" ")
    return (previous == "|" and rest.startswith("|")) or (previous == "-" and rest.startswith("- "))


def _is_named(word: str, after: str, front: _Front) -> bool:
    """Before a colon: in capitals, or as the first word of the line."""
    return (
        bool(re.match(r":(?:\s|$)", after))
        and front.plain == 0
        and (word.isupper() or not front.previous or front.evidence)
    )


def _is_after_time(word: str, after: str, front: _Front) -> bool:
    """In capitals between a time and what stands in brackets, such as a thread."""
    return word.isupper() and not front.plain and front.evidence and bool(re.match(r"\s{1,4}[\[(]", after))


def _is_upper_level(after: str, front: _Front) -> bool:
    if after.startswith(" /"):  # TRACE /path is a request
        return False
    if front.evidence or after.startswith((":", "!")):
        return True
    return front.plain <= 1 or (front.plain == 2 and bool(re.match(r"\s{2}|\t", after)))


def _is_lower_level(after: str, front: _Front) -> bool:
    """A word such as error or Error: only where its place says that it is no part of a sentence."""
    if front.plain:
        return False
    if re.match(r" (?:error|fehler|fatale?|critique|grave|cr[ií]tico) ?:\s| ?:(?:\s|#|$)", after, re.IGNORECASE):
        return True
    if re.match(r"\[[A-Z]?\d+\]|\t|\s{2,}\S|!\s", after):
        return bool(front.evidence or not front.previous or after[0] in "[!")
    return bool(_TIME.search(front.previous)) and bool(re.match(r" (?:[\w-]*[.:/_\[(\d][\w.:/-]*|[A-Z\[])", after))


def _is_header_word(word: str) -> bool:
    """A time, a number, a host, a path, a logger's name: anything but a plain word."""
    return not word.isalpha() or word.casefold() in _NAMES_OF_TIMES or (len(word) == 1)
