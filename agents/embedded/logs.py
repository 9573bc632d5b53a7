"""The embedded author's stand-in for reading logs: severity words, exceptions and rarity, in the prompt's own lines.

It is no language model: it knows words, not what they mean together. Labelled examples in the prompt count before them.
"""

import re
from collections.abc import Sequence

from argosy.agents.logs.entries import LabelledTemplate, TemplateEntry, read_entries, read_labelled

_REASON_FIRST = re.compile(r"^NUMBER\. .*=> abnormal$", re.MULTILINE)
_ALIKE = 0.6
_RARE = 0.001

_SEVERE = re.compile(
    r"\b(?:FATAL|PANIC|EMERG(?:ENCY)?|ALERT|CRIT(?:ICAL)?|SEVERE)\b|\bkernel panic\b|\bpanic!", re.IGNORECASE
)
_ERROR = re.compile(r"\b(?:ERROR|ERR|errors?|E(?=/))\b", re.IGNORECASE)
_FAULT = re.compile(
    r"\b(?:fail(?:ed|ure|s|ing)?|exceptions?|\w+(?:Exception|Error)|traceback|segfault|segmentation fault|core dumped"
    r"|out of memory|oom-killer|corrupt\w*|crash\w*|abort\w*|timed? ?out|refused|unreachable|denied|lost|dead(?:lock)?"
    r"|terminated|severed|killed|interrupt(?:ed)?|invalid|unable|cannot|broken|illegal|expired)\b",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?:status|code|HTTP/\d\.\d\")[=: ]{1,2}5\d\d\b|\" 5\d\d ", re.IGNORECASE)
_WELL = re.compile(
    r"\b(?:corrected|recovered|resolved|succe\w+|completed|no (?:errors?|failures?|problems?)"
    r"|(?:0|zero) (?:errors?|failures?|failed)|(?:errors?|failures?)[=: ]{1,2}0|not an error)\b",
    re.IGNORECASE,
)
_QUIET = re.compile(r"\b(?:INFO|DEBUG|TRACE|NOTICE)\b")


def judge_lines(prompt: str, seed: int) -> str:  # noqa: ARG001  the same for every seed: it draws nothing
    """A verdict and a reason for each numbered line of a prompt, in the form that `prompts/logs` asks for."""
    entries = read_entries(prompt)
    known = read_labelled(prompt)
    if not entries:
        return "I see no numbered log lines, so I have nothing to say."
    total = sum(entry.count for _, entry in entries)
    reason_first = _REASON_FIRST.search(prompt) is not None
    lines = []
    for number, entry in entries:
        abnormal, reason = _verdict(entry, known, total)
        word = "abnormal" if abnormal else "normal"
        lines.append(f"{number}. {reason} => {word}" if reason_first else f"{number}. {word}: {reason}")
    return "\n".join(lines)


def _verdict(entry: TemplateEntry, known: Sequence[LabelledTemplate], total: int) -> tuple[bool, str]:
    like = max(known, key=lambda each: _alike(each.entry.text, entry.text), default=None)
    if like is not None and _alike(like.entry.text, entry.text) >= _ALIKE:
        return like.abnormal, f"like a line that was labelled {'abnormal' if like.abnormal else 'normal'}"
    return _by_words(entry, total)


def _by_words(entry: TemplateEntry, total: int) -> tuple[bool, str]:
    """Points for words: two make a line abnormal; a word that says all is well takes them back."""
    text = entry.text
    severe, error, fault, status = (each.search(text) for each in (_SEVERE, _ERROR, _FAULT, _STATUS))
    well, quiet = _WELL.search(text), _QUIET.search(text)
    points = 2 * bool(severe) + bool(error) + bool(fault) + 2 * bool(status)
    points -= 2 * bool(well) + bool(quiet)
    rare = entry.count <= max(1, _RARE * total)
    points += bool(rare and points > 0)
    words = [f"'{found.group().strip()}'" for found in (severe, error, fault, status, well) if found]
    said = "says " + " and ".join(words) if words else "no word of severity, fault or exception"
    return points >= 2, f"{said}{', seen rarely' if rare and words else ''}"


def _alike(a: str, b: str) -> float:
    words, others = (set(re.findall(r"[^\W\d_]{2,}", text.casefold())) for text in (a, b))
    return len(words & others) / max(len(words | others), 1)
