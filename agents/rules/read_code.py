"""Reads a rule's code out of what a model says: lenient where the meaning is clear, exact where it is not."""

import html
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from argosy.agents.models.replies import MOST_CHARS, STRAIGHT_QUOTES, read_object, tidy
from argosy.agents.rules.form import to_rule
from argosy.detectors.rules.rule import RuleUnreadable
from argosy.sandbox.parsing import parse

_CODE_BEGINS = re.compile(r"""^(import |from \w|\"\"\"|'''|PARAMS\b|def |@|#)""")
_OPENS = re.compile(r"(`{3,}|~{3,})[ \t]*([\w+.#-]*|\{?\.?(?:python|py)3?\b[^`]*)[ \t]*$", re.IGNORECASE)
_PROMPTS = re.compile(r"^(?:>>>|\.\.\.)(?: |$)", re.MULTILINE)
_NUMBER = re.compile(r"[ \t]*(\d{1,3})(?:[:|.)] ?| |\t|$)")
_DEFINES = re.compile(r"\b(?:def|class)\s+\w+\s*[(:]")
_DATA_LANGUAGES = ("json", "jsonc", "json5", "text", "txt", "plaintext", "")


@dataclass(frozen=True)
class Code:
    """A rule that `argosy.detectors.rules.rule.read_rule` accepts."""

    source: str


@dataclass(frozen=True)
class NoCode:
    """Why a reply holds no usable rule, as a clause that the model is told; `draft` is what came closest, if any."""

    reason: str
    draft: str = ""


@dataclass(frozen=True)
class _Block:
    text: str
    closed: bool


def read_code(reply: str, *, cut: bool = False) -> Code | NoCode:
    """The rule in a reply; of several the last that can be read. `cut` when the reply ended at its length limit."""
    text = tidy(reply)
    if not text.strip():
        return NoCode("the reply was cut off before it began to answer" if cut else "the reply is empty")
    if len(text) > MOST_CHARS:
        return NoCode(f"the reply has {len(text)} characters; a rule is a few dozen lines")
    refused: list[NoCode] = []
    for candidate in _candidates(text, cut):
        try:
            return Code(_lenient(candidate))
        except RuleUnreadable as error:
            refused.append(NoCode(str(error), candidate.strip("\n") + "\n"))
    return refused[0] if refused else NoCode(_nothing(text, cut))


def _candidates(text: str, cut: bool) -> Iterator[str]:
    every = list(_blocks(text))
    blocks = [block for block in every if block.closed or not cut]
    if blocks and blocks[-1] is not every[-1]:
        return  # what it was writing when it was cut may stand for what it wrote before
    defining = [block.text for block in blocks if _DEFINES.search(block.text)]
    defining.sort(key=lambda code: "def detect" in code)
    yield from reversed(defining)
    if defining and len(blocks) > 1:
        yield "\n\n".join(block.text for block in blocks)
    if not defining:
        yield from _unfenced(text, cut)
        found = read_object(text) or {}
        yield from (value for value in found.values() if isinstance(value, str) and "def " in value)


def _unfenced(text: str, cut: bool) -> Iterator[str]:
    """Code without a fence before it, up to the fence that closes it or the last line that is Python."""
    lines = text.split("\n")
    begin = next((at for at, line in enumerate(lines) if _CODE_BEGINS.match(line)), 0)
    end = next((at for at in range(begin, len(lines)) if _OPENS.search(lines[at])), None)
    code = "\n".join(lines[begin:end])
    if "def " in code and not (cut and end is None):
        yield _without_prose(code)


def _blocks(text: str) -> Iterator[_Block]:
    """Fenced blocks. A fence may open at the end of a line of prose and close at the end of a line of code."""
    fence, lines = "", list[str]()
    for line in text.split("\n"):
        opens = _OPENS.search(line)
        if not fence:
            fence = opens.group(1) if opens else ""
        elif opens is None or opens.group(1)[0] != fence[0]:
            lines.append(line)
        else:
            lines.append(line[: opens.start()])
            yield _Block("\n".join(lines), closed=True)
            # A fence that names a language opens the next block: the one before was not closed.
            fence, lines = (opens.group(1) if opens.group(2) else ""), []
    if fence:
        yield _Block("\n".join(lines), closed=False)


def _without_prose(code: str) -> str:
    """Cuts what follows the last line that is still Python."""
    for _ in range(20):
        try:
            parse(code)
        except SyntaxError as error:
            lines = code.split("\n")
            keep = min((error.lineno or 1) - 1, len(lines) - 1)
            if keep < 3:
                return code
            code = "\n".join(lines[:keep])
        except (ValueError, RecursionError, MemoryError):
            return code
        else:
            return code
    return code


_CHANGES: tuple[Callable[[str], str], ...] = (
    lambda code: code.replace("```", "'"),  # in a comment or docstring; it would end the fence it is shown in
    textwrap.dedent,
    lambda code: code.expandtabs(4),
    lambda code: code.translate(STRAIGHT_QUOTES),
    html.unescape,
    lambda code: _PROMPTS.sub("", code),
    lambda code: _without_numbers(code),
    lambda code: _without_tail(code),
)


def _without_numbers(code: str) -> str:
    """Takes line numbers away where every line has its own."""
    numbers = [_NUMBER.match(line) for line in code.strip("\n").split("\n")]
    found = [(int(number[1]), number.string[number.end() :]) for number in numbers if number]
    if len(found) < len(numbers) or [number for number, _ in found] != [found[0][0] + at for at in range(len(found))]:
        return code
    return textwrap.dedent("\n".join(line for _, line in found))


def _without_tail(code: str) -> str:
    """Takes prose away that follows a whole function within its fence."""
    lines = code.split("\n")
    try:
        parse(code)
    except SyntaxError as error:
        at = (error.lineno or 1) - 1
        is_prose = at < len(lines) and re.match(r"[A-Za-z*-]", lines[at]) and not _CODE_BEGINS.match(lines[at])
        if is_prose and any(line.lstrip().startswith("return") for line in lines[:at]):
            return "\n".join(lines[:at])
    except (ValueError, RecursionError, MemoryError):
        pass
    return code


def _lenient(code: str) -> str:
    """The rule in a piece of code as it is; else with its indentation, quotes or escapes put right."""
    first: RuleUnreadable | None = None
    for change in _CHANGES:
        changed = change(code)
        if first is None or changed != code:
            try:
                return to_rule(changed.strip("\n") + "\n")
            except RuleUnreadable as error:
                first = first or error
        code = changed
    raise first or RuleUnreadable("no code")


def _nothing(text: str, cut: bool) -> str:
    if cut:
        return "the reply was cut off at its length limit before the rule was complete"
    if text.lstrip().startswith(("{", "[")) or "```json" in text:
        return "the reply holds JSON, not a Python rule"
    languages = [found.group(2).casefold() for found in map(_OPENS.search, text.split("\n")) if found]
    other = next((each for each in languages if not each.startswith("py") and each not in _DATA_LANGUAGES), None)
    if other:
        return f"the reply holds {other}, not Python: there is no Python rule with a function detect"
    return "the reply holds no Python rule with a function detect"
