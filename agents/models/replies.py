"""Reads JSON out of what a model says: lenient where the meaning is clear, exact where it is not."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice

from argosy.sandbox.parsing import literal

MOST_CHARS = 60_000
STRAIGHT_QUOTES = str.maketrans("“”„‟‘’‚‛«»–−", '""""\'\'\'\'""--')
_MOST_BRACES = 200
_MOST_DEPTH = 50
_WHOLE = re.compile(r"\s*-?\d{1,18}\s*")
_THOUGHTS = re.compile(r"\s*<(think|thinking|reasoning|scratchpad)>", re.IGNORECASE)
_CHAT_TOKENS = re.compile(r"<\|[\w▁ ]{1,40}\|>|<｜[\w▁ ]{1,40}｜>|</?s>|\[/?INST\]")
_ODD_SPACES = str.maketrans(
    {"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u200b": None, "\u2060": None, "\ufeff": None}
)
_PARSERS: tuple[Callable[[str], object], ...] = (partial(json.loads, strict=False), literal)


def read_object(reply: str) -> Mapping[str, object] | None:
    """The last JSON object in a reply, also where it is written with Python's quotes; None when there is none."""
    text = tidy(reply)[:MOST_CHARS]
    found: Mapping[str, object] | None = None
    reached = 0
    for match in islice(re.finditer(r"\{", text), _MOST_BRACES):
        if match.start() >= reached:
            value, end = _object(text, match.start())
            value = value if is_shallow(value) else None
            found, reached = (found, reached) if value is None else (value, end)
    return found


def _object(text: str, start: int) -> tuple[Mapping[str, object] | None, int]:
    """The object that begins at a brace, and where it ends."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        flat = re.compile(r"\{[^{}]*\}").match(text, start)
    if flat is None:
        return None, start
    for attempt in (flat.group(), re.sub(r",\s*\}$", "}", flat.group()), flat.group().translate(STRAIGHT_QUOTES)):
        for read in _PARSERS:
            try:
                value = read(attempt)
            except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
                continue
            if isinstance(value, dict):
                return {str(key): each for key, each in value.items()}, flat.end()
    return None, start


def is_shallow(value: object) -> bool:
    """Whether JSON is nested no deeper than replies need; what is deeper can be neither printed nor walked through."""
    level = [value]
    for _ in range(_MOST_DEPTH):
        level = [inner for each in level if isinstance(each, dict | list) for inner in _inside(each)]
    return not level


def _inside(value: dict[str, object] | list[object]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def whole_number(text: str) -> int | None:
    """The whole number that a text is; None for any other text, and for more digits than there are things to count."""
    return int(text) if _WHOLE.fullmatch(text) else None


def tidy(reply: str) -> str:
    """Line ends, odd spaces and what cannot be encoded; without what the model thought aloud before it answered."""
    text = reply.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n").translate(_ODD_SPACES)
    text = _CHAT_TOKENS.sub("", text)
    if thinks := _THOUGHTS.match(text):
        return text.partition(f"</{thinks.group(1)}>")[2]
    thought = re.search(r"^[ \t]*</(?:think|thinking|reasoning|scratchpad)>[ \t]*$", text, re.MULTILINE)
    return text[thought.end() :] if thought else text
