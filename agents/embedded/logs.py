"""The embedded author's stand-in for reading logs: levels first, then what tells of a crash, then words and rarity.

It is no language model: it knows words, not what they mean together. What is labelled in the prompt counts before all
else. A verdict rests on its line and on the whole log alone, never on what else stands in the prompt.
"""

import re
from collections.abc import Sequence

from argosy.agents.embedded.log_words import told_death, told_faults, told_trace
from argosy.agents.logs.entries import LabelledTemplate, TemplateEntry, read_entries, read_labelled, read_total
from argosy.detectors.logs.access_status import access_severity
from argosy.detectors.logs.written_severity import read_severity
from argosy.signals.severity import Severity

_REASON_FIRST = re.compile(r"^NUMBER\. .*=> abnormal$", re.MULTILINE)
_ALIKE = 0.6
_RARE = 0.001
_STRONG = frozenset({"severe", "fatal"})


def judge_lines(prompt: str, seed: int) -> str:  # noqa: ARG001  the same for every seed: it draws nothing
    """A verdict and a reason for each numbered line of a prompt, in the form that `prompts/logs` asks for."""
    entries = read_entries(prompt)
    known = [(_level(each.entry), each) for each in read_labelled(prompt)]
    if not entries:
        return "I see no numbered log lines, so I have nothing to say."
    total = read_total(prompt) or sum(entry.count for _, entry in entries)
    reason_first = _REASON_FIRST.search(prompt) is not None
    lines = []
    for number, entry in entries:
        abnormal, reason = _verdict(entry, known, total)
        word = "abnormal" if abnormal else "normal"
        lines.append(f"{number}. {reason} => {word}" if reason_first else f"{number}. {word}: {reason}")
    return "\n".join(lines)


def _verdict(entry: TemplateEntry, known: Sequence[tuple[Severity, LabelledTemplate]], total: int) -> tuple[bool, str]:
    level = _level(entry)
    alike = [(_alike(each.entry.text, entry.text), each) for its_level, each in known if its_level is level]
    likeness, like = max(alike, key=lambda each: each[0], default=(0.0, None))
    if like is not None and likeness >= _ALIKE:
        same = "its template was" if like.entry.text == entry.text else "like a line that was"
        return like.abnormal, f"{same} labelled {'abnormal' if like.abnormal else 'normal'}"
    status = access_severity(entry.text)
    if status is not Severity.UNKNOWN:
        return _by_status(status, level)
    if level.is_error:
        return True, f"its level is {level.name}"
    return _by_crash(entry, level) or _by_words(entry, level, total)


def _level(entry: TemplateEntry) -> Severity:
    """The one that stands before the entry, else the one that its line has in it."""
    return entry.severity or read_severity(next(iter(entry.examples), entry.text))


def _by_status(status: Severity, level: Severity) -> tuple[bool, str]:
    """Of a request: by what was answered."""
    if status.is_error:
        return True, "a request that was answered with a status of 500 or above"
    if level.is_error:
        return True, f"its level is {level.name}"
    return False, "a request that was answered with a status below 500"


def _by_crash(entry: TemplateEntry, level: Severity) -> tuple[bool, str] | None:
    """By a process that died, at any level; or an exception, where no level says that it was handled."""
    texts = (entry.text, *entry.examples[:1])
    died = next(filter(None, map(told_death, texts)), "")
    handled = level in (Severity.WARNING, Severity.DEBUG, Severity.TRACE)
    trace = "" if handled else next(filter(None, map(told_trace, texts)), "")
    return (True, f"tells of a crash: '{died or trace}'") if died or trace else None


def _by_words(entry: TemplateEntry, level: Severity, total: int) -> tuple[bool, str]:
    """By words of fault, where there is no level that says how bad it was."""
    if level is not Severity.UNKNOWN:
        return False, f"its level is {level.name}, and it tells of no crash"
    found = told_faults(entry.text)
    kinds = {kind for kind, _ in found}
    if not found:
        return False, "no level, and no word of a fault"
    said = "no level; says " + " and ".join(f"'{word}'" for _, word in found[:3])
    if kinds & _STRONG or ("error" in kinds and len(kinds) > 1):
        return True, said
    rare = entry.count <= max(1, _RARE * total)
    return rare, f"{said}, in {entry.count:,} of {total:,} lines: {'rare' if rare else 'not rare'}"


def _alike(a: str, b: str) -> float:
    words, others = (set(re.findall(r"[^\W\d_]{2,}", text.casefold())) for text in (a, b))
    return len(words & others) / max(len(words | others), 1)
