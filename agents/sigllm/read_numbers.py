"""Reads numbers out of a reply: digits spaced or not, in a list, a fence, JSON or prose."""

import math
import re

from argosy.agents.models.speaker import Reply
from argosy.agents.sigllm.digits import SEPARATOR
from argosy.agents.sigllm.scale import MOST_DIGITS

_MOST_CHARS = 100_000
_THOUGHT = re.compile(r"</(?:think|thinking|reasoning)>")
_LIST = re.compile(r"\[([^\[\]]*)\]")
_AROUND = " \t`*'\"[].+"
_ITEMS = re.compile(r"[,;|\n]+")
_ONLY_NUMBERS = re.compile(r"[\s`*\[]*-?\d[\d\s,;|.+-]*[\s`*.]*")
_EMPTY = re.compile(r"\[\s*\]")
_DENIED = re.compile(r"\bno(?:ne|\s+(?:anomal|outlier|unusual|abnormal))|\bnothing\b", re.IGNORECASE)
_NUMBER = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}(?:\.\d*)?")
_IN_PROSE = re.compile(rf"(?<![\w.-])-?\d{{1,{MOST_DIGITS}}}(?:\.\d+)?(?!\w)")


def read_numbers(reply: Reply) -> tuple[float, ...] | None:
    """The numbers of a reply in their order; empty when it says that there are none, None when it says nothing usable.

    An item of a list that is no number is NaN, so that the others keep their places. Of a reply that was cut at its
    length limit, a last number that may go on is left out.
    """
    text = _THOUGHT.split(reply.text[:_MOST_CHARS])[-1].strip()
    lists = [inner for inner in _LIST.findall(text) if re.search(r"\d", inner)]
    if lists:
        return _items("\n".join(lists))
    goes_on = reply.cut and text[-1:].isdigit()
    lines = [line.rpartition(":")[2] for line in text.splitlines()]
    numeric = [line for line in lines if _ONLY_NUMBERS.fullmatch(line) or _is_list(line)]
    if numeric:
        return _items("\n".join(numeric), goes_on)
    if _EMPTY.search(text) or _DENIED.search(text):
        return ()
    found = tuple(float(each) for each in _IN_PROSE.findall(text))
    return (found[:-1] if goes_on else found) or None


def _is_list(line: str) -> bool:
    """Whether a line is a list of numbers in which some items are another word; a sentence has several at a time."""
    items = [each.strip(_AROUND) for each in line.split(SEPARATOR) if each.strip(_AROUND)]
    numeric = [_ONLY_NUMBERS.fullmatch(each) is not None for each in items]
    alone = (number or " " not in item for number, item in zip(numeric, items, strict=True))
    return len(items) > 1 and 2 * sum(numeric) >= len(items) and all(alone)


def _items(text: str, goes_on: bool = False) -> tuple[float, ...]:
    items = [each for each in _ITEMS.split(text) if each.strip(_AROUND)]
    numbers = [number for item in items for number in _numbers(item)]
    return tuple(numbers[:-1] if goes_on else numbers)


def _numbers(item: str) -> tuple[float, ...]:
    """The numbers between two commas: one, with its digits spaced or not, or several that blanks keep apart."""
    parts = item.strip(_AROUND).split()
    if len(parts) > 1 and all(len(part.lstrip("-")) == 1 for part in parts):
        parts = ["".join(parts)]
    return tuple(float(part) if _NUMBER.fullmatch(part) else math.nan for part in parts)
