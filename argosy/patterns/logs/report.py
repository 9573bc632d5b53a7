"""What is told of a log that was read: as JSON, and for people."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from argosy.agents.logs.answers import NumberedVerdict
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import Usage
from argosy.detectors.logs.templates import Template
from argosy.patterns.logs.annotated import verdict_of
from argosy.signals.severity import Severity
from argosy.terminal import printable, several

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN_NUMBERS = 6
_SHOWN_CHARS = 300
_SHOWN_REASONS = 5
_SHOWN_SESSIONS = 20
_EMBEDDED = "the embedded author is no language model: it goes by levels, then by words of crash and fault"


@dataclass(frozen=True)
class TemplateVerdict:
    """A template with its verdict; `lines` are the first of the numbers of its lines, where it is not normal."""

    id: int
    template: str
    example: str
    count: int
    verdict: str
    reason: str
    lines: tuple[int, ...] = ()
    severity: Severity = Severity.UNKNOWN

    @classmethod
    def of(cls, template: Template, answer: NumberedVerdict | None) -> Self:
        """Without an answer the verdict is unknown."""
        example = template.examples[0] if template.examples else ""
        reason = answer.reason if answer else ""
        verdict = verdict_of(answer)
        return cls(
            template.id, template.text, example[:2_000], template.count, verdict, reason, severity=template.severity
        )


@dataclass(frozen=True)
class LogReport:
    """A run on one log. `recalled` counts verdicts that were known from earlier runs, `unanswered` templates that the
    model gave no verdict on, `not_asked` those that it was not asked about, `made_up` answers that nobody asked for.
    `answered_by` counts templates by the model that gave their verdict, be it now or in an earlier run.
    """

    session: str
    log: str
    format: str
    model: str
    strategy: str
    lines: int
    templates: int
    verdicts: tuple[TemplateVerdict, ...]
    sessions: int
    abnormal_sessions: tuple[str, ...]
    recalled: int
    unanswered: int
    not_asked: int
    made_up: int
    asked_again: int
    usage: Usage = field(default_factory=Usage)
    instruction: str = ""
    notes: tuple[str, ...] = ()
    out: str | None = None
    answered_by: Mapping[str, int] = field(default_factory=dict)

    @property
    def abnormal(self) -> tuple[TemplateVerdict, ...]:
        """Templates that were judged abnormal: the most severe first, of these the most frequent."""
        found = [each for each in self.verdicts if each.verdict == "abnormal"]
        return tuple(sorted(found, key=lambda each: (-each.severity.rank, -each.count)))

    @property
    def error_lines(self) -> int:
        """How many lines have a level of ERROR or above."""
        return sum(each.count for each in self.verdicts if each.severity.is_error)

    @property
    def normal_errors(self) -> Sequence[tuple[str, int]]:
        """Why lines at ERROR or above were judged normal: each reason with how many, the most first."""
        found = Counter[str]()
        for each in self.verdicts:
            if each.severity.is_error and each.verdict == "normal":
                found[each.reason or "none was given"] += each.count
        return found.most_common()

    def count(self, verdict: str) -> int:
        """How many lines have a verdict."""
        return sum(each.count for each in self.verdicts if each.verdict == verdict)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values; normal templates have no line numbers."""
        return {
            "session": self.session,
            "log": self.log,
            "format": self.format,
            "model": self.model,
            "strategy": self.strategy,
            "lines": self.lines,
            "templates": self.templates,
            "abnormal_lines": self.count("abnormal"),
            "unknown_lines": self.count("unknown"),
            "error_lines": self.error_lines,
            "normal_errors": [{"reason": reason, "lines": lines} for reason, lines in self.normal_errors],
            "verdicts": [_verdict_json(each) for each in self.verdicts],
            "sessions": self.sessions,
            "abnormal_sessions": list(self.abnormal_sessions),
            "recalled": self.recalled,
            "unanswered": self.unanswered,
            "not_asked": self.not_asked,
            "made_up": self.made_up,
            "asked_again": self.asked_again,
            "calls": self.usage.calls,
            "input_tokens": self.usage.input_tokens,
            "output_tokens": self.usage.output_tokens,
            "usd": self.usage.usd,
            "instruction": self.instruction,
            "notes": list(self.notes),
            "out": self.out,
            "answered_by": dict(self.answered_by),
        }


def _verdict_json(each: TemplateVerdict) -> dict[str, Any]:
    found: dict[str, Any] = {
        "template_id": each.id,
        "template": each.template,
        "example": each.example,
        "count": each.count,
        "severity": each.severity.value,
        "verdict": each.verdict,
        "reason": each.reason,
    }
    if each.verdict != "normal":
        found |= {"lines": list(each.lines), "lines_left_out": each.count - len(each.lines)}
    return found


def print_log_report(report: LogReport, console: "Console") -> None:
    """Prints what was found; text of the log and of the model is shown as it is, never as markup."""
    from rich.text import Text

    for paragraph in (_head(report), *map(_found, report.abnormal), _errors(report)):
        for place, (label, words) in enumerate(paragraph):
            if place == 0 and label != "session":
                console.print(Text(""))
            console.print(Text.assemble((f"{label:<9}", "bold"), printable(words)), soft_wrap=True)


def _head(report: LogReport) -> Iterator[tuple[str, str]]:
    usage = report.usage
    yield "session", report.session
    yield (
        "log",
        f"{report.log}: {several(report.lines, 'line')} ({report.format}), {several(report.templates, 'template')}",
    )
    yield "model", f"{report.model}, {report.strategy}"
    estimated = " (estimated)" if usage.estimated else ""
    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out{estimated}"
    yield (
        "asked",
        f"{several(usage.calls, 'call')}, {tokens}; {several(report.recalled, 'verdict')} known from earlier runs",
    )
    normal = f"{several(report.count('normal'), 'line')} normal"
    lines, templates = several(report.count("abnormal"), "line"), several(len(report.abnormal), "template")
    yield "found", f"{lines} of {templates} abnormal; {normal}"
    if report.count("unknown"):
        parts = f"{several(report.unanswered, 'template')} unanswered, {report.not_asked:,} not asked"
        yield "unknown", f"{several(report.count('unknown'), 'line')} without a verdict: {parts}"
    if report.made_up:
        yield "ignored", f"{several(report.made_up, 'answer')} to numbers that nobody asked for"
    if report.sessions:
        yield "sessions", _sessions(report)
    if report.instruction:
        yield "prompt", report.instruction
    if report.model == EMBEDDED or EMBEDDED in report.answered_by:
        yield "note", _EMBEDDED
    for note in report.notes:
        yield "note", note
    if report.out:
        yield "written", report.out


def _sessions(report: LogReport) -> str:
    """How many sessions are abnormal, and which."""
    names = report.abnormal_sessions
    shown = ", ".join(_on_one_line(name) for name in names[:_SHOWN_SESSIONS])
    more = ", …; --json has all" if len(names) > _SHOWN_SESSIONS else ""
    return f"{len(names):,} of {report.sessions:,} abnormal{': ' if names else ''}{shown}{more}"


def _found(each: TemplateVerdict) -> Iterator[tuple[str, str]]:
    yield "abnormal", _on_one_line(each.template)
    yield "reason", each.reason or "none was given"
    numbers = ", ".join(f"{number}" for number in each.lines[:_SHOWN_NUMBERS])
    more = f", … ({each.count:,} in all)" if each.count > _SHOWN_NUMBERS else ""
    yield "lines", f"{numbers}{more}"
    if each.example != each.template:
        yield "such as", _on_one_line(each.example)


def _errors(report: LogReport) -> Iterator[tuple[str, str]]:
    """What became of the lines whose level is ERROR or above; nothing where there are none."""
    if not report.error_lines:
        return
    why = report.normal_errors
    normal = sum(lines for _, lines in why)
    of = f"{normal:,} of {several(report.error_lines, 'line')} at ERROR or above"
    yield "errors", f"{of} {'was' if report.error_lines == 1 else 'were'} judged normal"
    for reason, lines in why[:_SHOWN_REASONS]:
        yield "", f"{several(lines, 'line')}: {_on_one_line(reason)}"
    if len(why) > _SHOWN_REASONS:
        rest = sum(lines for _, lines in why[_SHOWN_REASONS:])
        yield "", f"{several(rest, 'line')} for other reasons; --json has all"


def _on_one_line(text: str) -> str:
    """A text that may have line breaks, or may not end, as a table shows it; --json has all of it."""
    shown = text[:_SHOWN_CHARS] + (" …" if len(text) > _SHOWN_CHARS else "")
    return shown.replace("\r", "").replace("\n", "\\n")
