"""Log templates as a prompt shows them: numbered, quoted, cut, and never anything but data."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from argosy.signals.severity import Severity

LONGEST_TEMPLATE = 600
LONGEST_EXAMPLE = 300
"""In characters, as they stand in a prompt."""

_LEVELS = "|".join(each.name for each in Severity if each is not Severity.UNKNOWN)
_ENTRY = re.compile(
    rf"^(?P<number>\d{{1,6}})\. \(seen (?P<count>[\d,]+)x\) (?:(?P<level>{_LEVELS}) )?"
    r'(?P<text>"(?:[^"\\]|\\.)*")'
    r'(?: e\.g\. (?P<examples>"(?:[^"\\]|\\.)*"(?: \| "(?:[^"\\]|\\.)*")*))?$',
    re.MULTILINE,
)
_LABELLED = re.compile(
    rf"^(?P<verdict>normal|abnormal): (?:(?P<level>{_LEVELS}) )?"
    r'(?P<text>"(?:[^"\\]|\\.)*")$',
    re.MULTILINE,
)
_TOTAL = re.compile(r"^Answer .* The whole log has (?P<total>[\d,]+) lines?\.$", re.MULTILINE)
# Servers may read their own control words out of a text; a fence would end the block that the text stands in.
_CONTROL_WORDS = (
    ("```", "'''"),
    ("<|", "< |"),
    ("|>", "| >"),
    ("</", "< /"),
    ("<s>", "< s>"),
    ("<log>", "< log>"),
    ("<answered>", "< answered>"),
    ("[INST]", "[ INST]"),
    ("[/INST]", "[/ INST]"),
)
_UNSEEN = {
    code: f"\\u{code:04x}"
    for code in (*range(0x7F, 0xA0), 0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A))
} | {0xFEFF: "\\ufeff"}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "?")


@dataclass(frozen=True)
class TemplateEntry:
    """A template to be judged: its text, how many lines have it, a few of them as written, and their level."""

    text: str
    count: int = 1
    examples: tuple[str, ...] = ()
    severity: Severity = Severity.UNKNOWN

    @property
    def marked(self) -> str:
        """The level in front, where it is known: outside of the quotes, where no line of a log can write."""
        return "" if self.severity is Severity.UNKNOWN else f"{self.severity.name} "


@dataclass(frozen=True)
class LabelledTemplate:
    """A template with its label: abnormal or not."""

    entry: TemplateEntry
    abnormal: bool


def quoted(text: str, most_chars: int) -> str:
    """A text within quotes on one line, cut, without what a model's server or a reader of the prompt could obey."""
    text = text if len(text) <= most_chars else text[:most_chars] + " …"
    for word, harmless in _CONTROL_WORDS:
        text = text.replace(word, harmless)
    text = text.translate(_SURROGATES)
    return json.dumps(text.translate(_UNSEEN), ensure_ascii=False)


def entry_line(number: int, entry: TemplateEntry, most_examples: int = 1) -> str:
    """The line of a prompt for one entry; examples stand only where the template leaves something out."""
    line = f"{number}. (seen {entry.count:,}x) {entry.marked}{quoted(entry.text, LONGEST_TEMPLATE)}"
    examples = [each for each in entry.examples if each != entry.text][:most_examples]
    if examples:
        line += " e.g. " + " | ".join(quoted(each, LONGEST_EXAMPLE) for each in examples)
    return line


def whole_log(total: int) -> str:
    """How a question says how many lines the log has."""
    return f"{total:,} line{'' if total == 1 else 's'}"


def example_line(labelled: LabelledTemplate) -> str:
    """The line of a prompt for one example with its answer."""
    verdict = "abnormal" if labelled.abnormal else "normal"
    return f"{verdict}: {labelled.entry.marked}{quoted(labelled.entry.text, LONGEST_EXAMPLE)}"


def read_entries(prompt: str) -> Sequence[tuple[int, TemplateEntry]]:
    """The numbered entries of a prompt, as `entry_line` wrote them."""
    return [
        (
            int(found["number"]),
            TemplateEntry(
                json.loads(found["text"]),
                int(found["count"].replace(",", "")),
                tuple(_examples(found["examples"])),
                _level(found),
            ),
        )
        for found in _ENTRY.finditer(prompt)
    ]


def read_total(prompt: str) -> int | None:
    """How many lines the log has whose entries stand in a prompt, as the question says it; None without."""
    found = _TOTAL.search(prompt)
    return int(found["total"].replace(",", "")) if found else None


def read_labelled(prompt: str) -> Sequence[LabelledTemplate]:
    """The examples with answers of a prompt, as `example_line` wrote them."""
    return [
        LabelledTemplate(
            TemplateEntry(json.loads(found["text"]), severity=_level(found)), found["verdict"] == "abnormal"
        )
        for found in _LABELLED.finditer(prompt)
    ]


def _level(found: re.Match[str]) -> Severity:
    return Severity[found["level"]] if found["level"] else Severity.UNKNOWN


def _examples(text: str | None) -> Iterator[str]:
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"', text or ""):
        yield json.loads(found.group())
