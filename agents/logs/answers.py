"""Numbered verdicts out of what a model says: as lines or JSON, with the reasons before or after them."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from argosy.agents.models.replies import is_shallow, whole_number

LONGEST_REASON = 300
_MOST_CHARS = 200_000
_ABNORMAL = r"abnormal|anomal(?:y|ous)|not[ -]normal"
_WORDS = rf"(?:{_ABNORMAL}|normal)"
_BEGINS = re.compile(
    r"^[\s>*#_(\[-]{0,8}(?:(?:entry|log|line|no\.?|number|item)\s{0,2}#?)?(\d{1,6})\b(.*)", re.IGNORECASE
)
_FIRST = re.compile(
    rf"^[\s.):\]*_|=>,-]{{0,8}}\"?(?:verdict|category|label|answer)?[\s:=*\"]{{0,4}}({_WORDS})\b(.*)", re.IGNORECASE
)
_LAST = re.compile(
    rf"(?:=>|->|→|⇒|verdict|category|label|answer)[\s:=*_\"(\[]{{0,6}}(?:is\s)?({_WORDS})\b", re.IGNORECASE
)
_PARTS = re.compile(r"\n[ \t]*\n")
_THOUGHTS = re.compile(r"<(think|thinking|reasoning|scratchpad)>.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_BEFORE, _AFTER = " \t.,:;|*_-–—=>)]", " \t|*_-–—=>(["
_NUMBER_NAMES = ("number", "n", "id", "line", "index", "no", "entry")
_VERDICT_NAMES = ("verdict", "label", "category", "answer", "status", "result")


@dataclass(frozen=True)
class NumberedVerdict:
    """A verdict and what it rests on. `by` names who gave it, where several could."""

    abnormal: bool
    reason: str = ""
    by: str = field(default="", compare=False)


@dataclass(frozen=True)
class NumberedVerdicts:
    """What was answered, by number. `made_up` counts answers to numbers that nobody asked for.

    A number that was answered both ways has no answer.
    """

    found: Mapping[int, NumberedVerdict]
    made_up: int


def read_answers(reply: str, asked: Collection[int]) -> NumberedVerdicts:
    """The verdicts in a reply to these numbers; a later verdict on a number adds nothing but may contradict."""
    text = _THOUGHTS.sub("", reply[:_MOST_CHARS])
    given = list(_of_json(text)) or list(_of_lines(text))
    found: dict[int, NumberedVerdict] = {}
    both: set[int] = set()
    strange: set[int] = set()
    for number, answer in given:
        if number not in asked:
            strange.add(number)
        elif number in found and found[number].abnormal != answer.abnormal:
            both.add(number)
        else:
            found.setdefault(number, answer)
    return NumberedVerdicts({number: answer for number, answer in found.items() if number not in both}, len(strange))


def _of_lines(text: str) -> Iterator[tuple[int, NumberedVerdict]]:
    """One verdict for each paragraph that begins with a number; of several in it, the one that ends it.

    What follows a blank line behind a verdict with its reason is said of all, and no part of the last reason.
    """
    number, paragraph = None, list[str]()
    for line in [*text.splitlines(), "0"]:
        begins = _BEGINS.match(line)
        if begins is None:
            paragraph.append(line)
            continue
        if number is not None and (answer := _answer(_parts(paragraph))):
            yield number, answer
        number, paragraph = int(begins[1]), [begins[2]]


def _parts(paragraph: Sequence[str]) -> Sequence[str]:
    return [part.replace("\n", " ") for part in _PARTS.split("\n".join(paragraph))]


def _answer(parts: Sequence[str]) -> NumberedVerdict | None:
    """The verdict of a paragraph, which blank lines part."""
    text = " ".join(parts)
    first = _FIRST.match(parts[0]) or _FIRST.match(text)
    if first:
        said = _tidied(first[2]) or _tidied(" ".join(parts[1:2]))
        return NumberedVerdict(_is_abnormal(first[1]), said)
    last = list(_LAST.finditer(text))
    if last:
        return NumberedVerdict(_is_abnormal(last[-1][1]), _tidied(text[: last[-1].start()]))
    return None


def _of_json(text: str) -> Iterator[tuple[int, NumberedVerdict]]:
    """Verdicts of a reply that is JSON: objects with number and verdict, or one object from number to verdict."""
    start = min((at for at in (text.find("["), text.find("{")) if at >= 0), default=-1)
    if start < 0 or text[:start].strip(" \n`jsonJSON:"):
        return
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        value = [each for found in re.findall(r"\{[^{}]*\}", text) if (each := _object(found)) is not None]
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        if isinstance(row, dict) and is_shallow(row):
            yield from _of_object(row)


def _object(text: str) -> object:
    try:
        return json.loads(re.sub(r",\s*\}$", "}", text), strict=False)
    except (ValueError, RecursionError):
        return None


def _of_object(row: Mapping[str, object]) -> Iterator[tuple[int, NumberedVerdict]]:
    fields = {str(name).strip().casefold(): value for name, value in row.items()}
    number = next((fields[name] for name in _NUMBER_NAMES if name in fields), None)
    if number is not None:
        word = next((fields[name] for name in _VERDICT_NAMES if name in fields), None)
        read = re.match(rf"\W*({_WORDS})\b", str(word), re.IGNORECASE)
        at = whole_number(str(number))
        if read and at is not None and at >= 0:
            yield at, NumberedVerdict(_is_abnormal(read[1]), _tidied(str(fields.get("reason", "") or "")))
        return
    for name, value in fields.items():
        at = whole_number(name)
        if at is not None and at >= 0 and isinstance(value, str) and (answer := _answer([value])):
            yield at, answer
        elif name.isdecimal() and isinstance(value, dict):
            yield from _of_object({**value, "number": name})


def _is_abnormal(word: str) -> bool:
    return word.casefold() != "normal"


def _tidied(reason: str) -> str:
    return " ".join(reason.split()).lstrip(_BEFORE).rstrip(_AFTER)[:LONGEST_REASON]
