"""How stack traces and crashes look in the languages that people run: what begins one, and what goes on with one."""

import re
from enum import Enum, auto


class Trace(Enum):
    """What a line is to the entry before it."""

    NONE = auto()
    FRAME = auto()
    """A place in the code: goes on with whatever came before."""
    MORE = auto()
    """What is said between places: goes on with a trace, or with a message that announces one."""
    EXCEPTION = auto()
    """The name of an exception: what a logger writes below its message, or a trace of its own."""
    TRACEBACK = auto()
    """The first line of Python's traces: as above."""
    CRASH = auto()
    """The first line of a program's end, which no logger wrote."""
    END = auto()
    """What is left to say after it; alone, a crash."""


_LINES: tuple[tuple[Trace, str], ...] = (
    (Trace.END, r"Segmentation fault|Bus error|Aborted(?: \(core dumped\))?$|Killed$|exit status [1-9]\d{0,2}$"),
    (
        Trace.CRASH,
        r"panic: |fatal error: |Exception in thread |Unhandled exception|Unhandled [Ee]rror|terminate called "
        r"|thread '[^']{0,60}' (?:\(\d+\) )?panicked at|libc\+\+abi: terminating |(?:PHP )?(?:Fatal|Parse) error: "
        r"|Uncaught |\*\*\* (?:stack smashing|SIG|glibc)|\S{1,200}\.rb:\d+:in ['`]|Fatal Python error: "
        r"|\*\* \(\w{1,60}(?:Error|Exception)\)|(?:file://)?/\S{1,200}\.[cm]?[jt]s:\d+$",
    ),
    (Trace.TRACEBACK, r"Traceback \(most recent call last\):"),
    (
        Trace.FRAME,
        r"\s+at \S|\s{0,8}\.{3} \d+ (?:more|common frames)|\s+File \"[^\"]{0,400}\", line \d|\s+from \S{1,300}:\d+"
        r"|\s{1,8}#\d+ {1,4}\S|\s{0,8}\d{1,4}: {1,4}(?:0x[\da-f]+|\S{1,200}::)|goroutine \d+ \[|\s+what\(\):"
        r"|\s+\^[\^~]*\s*$|\s+\[Previous line repeated|  thrown in ",
    ),
    (
        Trace.MORE,
        r"#\d+ {1,4}\S|Stack ?trace:|stack backtrace:|\[signal [\w ]+|created by \S|\s*Caused by: |\s*Suppressed: "
        r"|Wrapped by: |During handling of the above exception|The above exception was the direct cause"
        r"|\s{0,8}---+ End of |\s{0,8}---> |note: run with `RUST|note: Some details are omitted|Node\.js v\d",
    ),
    (
        Trace.EXCEPTION,
        r"(?:[A-Za-z_$][\w$]{0,80}[.:]{1,2}){0,12}[A-Z][\w$]{0,100}?(?:Exception|Error|Throwable|Interrupt|Fault)"
        r"(?: \[\w{1,40}\])?(?:: |:?$| \(0x)|Error: ",
    ),
)
_KINDS = re.compile("|".join(f"(?P<k{kind.value}>{pattern})" for kind, pattern in _LINES))
_GO = re.compile(r"[\w./*()\[\]{}·$,-]{1,300}\((?:[^()]|\(\)){0,400}\)$|runtime: |\t\S|main\.")
_NAME_OF_TROUBLE = re.compile(
    r"exception|error|fail|traceback|stack ?trace|crash|caught|fehler|ausnahme|erreur"
    r"|excepción|异常|錯誤|错误|例外|エラー",
    re.IGNORECASE,
)
_HEAD_ALONE = re.compile(r"\w{3,9}\.? \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d(?: [AP]M)? [\w.$]+ \S{1,80}$")


def kind_of_line(line: str) -> Trace:
    """What a line is, by how it begins.

    >>> kind_of_line("\\tat shop.pay.Ledger.put(Ledger.java:88)"), kind_of_line("java.io.IOException: disk is full")
    (<Trace.FRAME: 2>, <Trace.EXCEPTION: 4>)
    """
    found = _KINDS.match(line)
    if found is None or found.lastgroup is None:
        return Trace.NONE
    return Trace(int(found.lastgroup[1:]))


def without_frames(text: str) -> str:
    """A text of several lines on one, without the places in the code: what tells one crash from another.

    >>> without_frames("charge was not taken\\njava.io.IOException: disk is full\\n\\tat shop.Disk.write")
    'charge was not taken java.io.IOException: disk is full'
    """
    first, *rest = text.split("\n")
    kept = [line.strip() for line in rest if kind_of_line(line) is not Trace.FRAME]
    return " ".join([first, *filter(None, kept)])


def goes_on_in_go(line: str) -> bool:
    """Whether an unindented line belongs to the stack of a goroutine."""
    return bool(_GO.match(line))


def names_trouble(line: str) -> bool:
    """Whether a message announces what may follow: an exception, a failure."""
    return bool(_NAME_OF_TROUBLE.search(line[:2_000]))


def is_head_alone(line: str) -> bool:
    """Whether it is the first of the two lines that java.util.logging writes: when and where, and no message."""
    return bool(_HEAD_ALONE.match(line))
