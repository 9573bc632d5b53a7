"""What a log line says beside its level: that a process died, or that something failed and nothing near denies it."""

import re
from collections.abc import Sequence

_SEARCHED_CHARS = 4_096

_DIED = re.compile(
    r"kernel panic - |^(?:\S+ ){0,6}panic: |\bgoroutine \d+ \[running\]"
    r"|\bsegfault at\b|\bsegmentation fault\b|\bSIG(?:SEGV|ABRT|BUS|ILL|FPE)\b"
    r"|\bstatus=\d+/(?:SEGV|ABRT|BUS|ILL|FPE|KILL|FAILURE)\b"
    r"|\bcore dumped\b|\bcode=dumped\b|\bdouble free\b|\bstack smashing\b|\bgeneral protection fault\b"
    r"|\bout of memory: kill|\boom-kill|\bOOMKilled\b|\bpanicked at\b"
    r"|\bOutOfMemoryError\b|\bStackOverflowError\b|\bCrashLoopBackOff\b"
    r"|\bterminated by signal\b|\bexited on signal\b|\bkilled by signal\b"
    r"|\b(?:unhandled|uncaught) (?:\w+ ){0,2}(?:exception|error|rejection)\b"
    r"|\bexception in thread\b|\bBUG: (?:unable|soft|kernel|bad|scheduling|KASAN|workqueue|spinlock|sleeping)"
    r"|\bOops: \d|\bguru meditation\b|\bterminate called after throwing\b"
    r"|\b(?:has|have|was|process|worker|daemon|service) crashed\b"
    r"|\b(?:died|exited|terminated|stopped) unexpectedly\b"
    r"|\bexit(?:ed)?(?: with)?(?: code| status)?[ =:]{1,2}(?:134|139)\b",
    re.IGNORECASE,
)
_TRACE = re.compile(
    r"\bTraceback \(most recent call last\)"
    r"|^(?:Caused by: )?(?:[A-Za-z_$][\w$]*\.){1,12}[A-Z][\w$]*(?:Exception|Error)\b"
    r"|^[A-Z]\w*(?:Exception|Error): |(?:\n|\\n|\s)\s{0,8}at [\w$.<>/]{1,200}\([\w$. ]{1,100}(?::\d+|:<\*>)?\)"
)
# What names a thing instead of saying that something happened: addresses, requests, paths, names of fields.
_NAMES = re.compile(
    r"\b[a-z][a-z\d+.-]{1,15}://[^\s\"']*+|\b(?:GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS) \S++(?: HTTP/[\d.]+)?"
    r"|(?<!\S)/\S++|\b[\w.-]{1,60}+=",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b[\w.-]{1,60}+[=:] {0,2}(?:0|none|null|nil|false|no|ok|-)(?=\s*(?:[,;.)\]|]|$))"
    r"|\b(?:0|no|zero|without) \w+(?: or \w+)?|\b(?:errors?|failed|failures?|lost|dropped)(?: found)?(?: =|:)? 0\b",
    re.IGNORECASE,
)
_APART_BEFORE, _APART_AFTER = r"(?<![\w./\\@=&?%+-])", r"(?![\w/\\@=&%+-]|\.\w)"
_FAULT = re.compile(
    rf"{_APART_BEFORE}(?:(?P<error>(?i:errors?|err))|(?P<severe>FATAL|PANIC|EMERG|EMERGENCY|CRITICAL|CRIT|SEVERE)"
    r"|(?P<fatal>(?i:fatal (?:error|exception|signal)))|(?P<exception>(?i:exceptions?)|\w+(?:Exception|Error))"
    r"|(?P<fault>(?i:fail(?:ed|ure|ures|s|ing)?|traceback|segfault|corrupt\w*|crash(?:ed|es|ing)|abort(?:ed|ing)?"
    r"|timed? ?out|refused|unreachable|denied|lost|deadlock|severed|killed|invalid|unable|cannot|can't|could not"
    rf"|couldn't|broken|illegal|gone|no space left|no route to host|not responding))){_APART_AFTER}"
)
_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|nothing|none|nor|if|on|any|zero|0)\s+(?:\w+\s+){0,1}|n't\s+(?:\w+\s+)?|\blevels?\b.{0,30})$",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\s(?:handl\w+|pages?|logs?|report\w*|detect\w*|rate|rates|correct\w+|counts?|counters?|thresholds?|levels?|budget"
    r"|messages?|track\w+|tests?|recovery|listeners?|hooks?|codes?:? 0|buttons?|loaded|ready|is null|is none)\b",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"[\"']?\s?[=:]\s?[\"']?(?:false|0|no|none|off)\b|\s(?:is )?(?:off|disabled)\b|(?<=: )(?:false|no|none)\b",
    re.IGNORECASE,
)
_MENDED = re.compile(
    r"(?<!not )(?<!never )(?<!not been )(?<!not be )(?<!no )(?<!cannot be )(?<!un)(?<!0 )"
    r"\b(?:corrected|recovered|resolved|repaired|retried successfully)\b",
    re.IGNORECASE,
)


def told_death(text: str) -> str:
    """The words that say that a process died, whatever its level; empty without.

    >>> told_death("pay.service: Main process exited, code=dumped, status=11/SEGV")
    'code=dumped'
    """
    head = text[:_SEARCHED_CHARS]
    found = _DIED.search(head)
    if (
        not found
        or _DENIED.search(head[max(0, found.start() - 60) : found.start()])
        or _UNTRUE.match(head, found.end())
    ):
        return ""
    return "" if _THING.match(head, found.end()) else found.group().strip()


def told_trace(text: str) -> str:
    """The words with which an exception or its stack trace stands in a text; empty without."""
    found = _TRACE.search(text[:_SEARCHED_CHARS])
    return " ".join(found.group().split()) if found else ""


def told_faults(text: str) -> Sequence[tuple[str, str]]:
    """Words of fault that nothing near denies, each with its kind; none where it is said that they were mended.

    >>> told_faults("write failed: I/O error"), told_faults("0 errors, error handler ready, GET /error?fatal=1")
    ([('fault', 'failed'), ('error', 'error')], [])
    """
    said = _NAMES.sub(" ", _NOTHING.sub(" ", text[:_SEARCHED_CHARS]))
    if _MENDED.search(said):
        return []
    found = [
        (str(each.lastgroup), each.group())
        for each in _FAULT.finditer(said)
        if not (_DENIED.search(said[max(0, each.start() - 60) : each.start()]) or _THING.match(said, each.end()))
    ]
    return list(dict.fromkeys(found))
