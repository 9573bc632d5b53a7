"""A run of LogPrompt on one log: mined, read by a model template by template, and reported line by line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from argosy.agents.logs.answers import NumberedVerdict
from argosy.agents.logs.batches import Bounds
from argosy.agents.logs.entries import LabelledTemplate
from argosy.agents.logs.labelled_sample import labelled_templates
from argosy.agents.logs.preparation import PreparedStrategy, prepare_strategy, refuse_without_sample
from argosy.agents.logs.reader import KnownVerdicts, LogPrompt
from argosy.agents.logs.strategies import TRAITS, Strategy
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import Pattern
from argosy.detectors.logs.templates import MOST_TEMPLATES, OTHERS
from argosy.graphs.recording.events import Event
from argosy.graphs.recording.observer import Observer
from argosy.inputs.logs.byte_stream import FileIdentity, file_identity, held
from argosy.inputs.logs.log_file import Log, LogRequest, open_log, read_lines
from argosy.patterns.logs.annotated import annotate, check_writable
from argosy.patterns.logs.mining import LineTemplates, MinedLog, mine
from argosy.patterns.logs.report import LogReport, TemplateVerdict
from argosy.patterns.pattern_run import PatternRequest, PatternRun, open_pattern_run
from argosy.signals.errors import BadInput
from argosy.store.store import Store
from argosy.workspace import Workspace

NAME = LogPrompt.name
MOST_LINE_NUMBERS = 1_000
"""Of each template; the rest is counted, and in the annotated log."""


@dataclass(frozen=True)
class LogsRequest:
    """What is read, and how. `sample` is a labelled log for the strategies that need one; `out` the annotated log."""

    log: LogRequest
    strategy: Strategy = Strategy.SIMPLE
    model: str = "embedded"
    sample: LogRequest | None = None
    bounds: Bounds = field(default_factory=Bounds)
    caps: Caps = field(default_factory=Caps)
    seed: int = 0
    most_templates: int = MOST_TEMPLATES
    out: Path | None = None


@dataclass(frozen=True)
class LogObserver:
    """Who is told what: recorded events, lines mined, templates with a verdict of all; and who may interrupt."""

    event: Callable[[Event], None] = lambda _event: None
    mined: Callable[[int], None] = lambda _lines: None
    judged: Callable[[int, int], None] = lambda _known, _all: None
    interrupted: Callable[[], bool] = lambda: False


def read_log(
    request: LogsRequest,
    workspace: Workspace,
    verdicts: KnownVerdicts,
    watching: LogObserver | None = None,
) -> LogReport:
    """Reads a log and keeps the run as a session.

    Raises BadInput, StoreUnavailable, and ModelUnavailable; the verdicts that there were by then are kept.
    """
    watching = watching or LogObserver()
    sample = _sample(request)
    if request.out:
        check_writable(request.out, request.log.path)
    with held(request.log.path) as path, LineTemplates() as tally:
        since = file_identity(path)
        log = open_log(replace(request.log, path=path, called=request.log.place))
        mined = mine(log, tally, request.most_templates, watching.mined)
        asking = PatternRequest(
            NAME,
            log.request.place,
            mined.lines,
            patterns=[Pattern.LOGS],
            model=request.model,
            seed=request.seed,
            caps=request.caps,
            prompt_tokens=request.bounds.entry_tokens,
            settings={
                "strategy": request.strategy.value,
                "format": log.format.value,
                "templates": len(mined.templates),
            },
        )
        with open_pattern_run(asking, workspace, Observer(watching.event, watching.interrupted)) as run:
            report, answers = _judged(request, run, mined, sample, workspace.store, verdicts, watching)
            report = replace(report, notes=(*log.notes, *report.notes, *run.notes), format=log.format.value)
            report = _with_lines(report, tally)
            if request.out:
                report = _annotated(report, log, tally, answers, request.out, since)
            run.report.update(report.as_json())
        return report


def _annotated(
    report: LogReport,
    log: Log,
    tally: LineTemplates,
    answers: Mapping[int, NumberedVerdict],
    out: Path,
    since: FileIdentity | None,
) -> LogReport:
    """The report with the annotated log, or with a note where the log is another by now. Raises BadInput."""
    now = file_identity(log.request.path)
    if since is None or now is None or not now.continues(since):
        gone = f"{out} was not written: the log was replaced or cut while it was read; run it again, answers are kept"
        return replace(report, notes=(*report.notes, gone))
    written = annotate(log, tally, answers, out)
    ends = f"{out} ends after {written:,} of {report.lines:,} lines: the log was changed while it was read"
    return replace(report, out=str(out), notes=(*report.notes, *([ends] if written < report.lines else [])))


def _sample(request: LogsRequest) -> tuple[LabelledTemplate, ...]:
    """The labelled templates that the strategy learns from. Raises BadInput where they are needed and not there."""
    if request.sample is None or not TRAITS[request.strategy].needs_sample:
        refuse_without_sample(request.strategy, ())
        return ()
    lines, labels = read_lines(request.sample)
    if labels is None:
        raise BadInput(request.sample.place, "its lines have no labels", "name the field with --label")
    sample = tuple(labelled_templates([str(each) for each in lines.texts], labels))
    refuse_without_sample(request.strategy, sample)
    return sample


def _judged(
    request: LogsRequest,
    run: PatternRun,
    mined: MinedLog,
    sample: tuple[LabelledTemplate, ...],
    store: Store,
    verdicts: KnownVerdicts,
    watching: LogObserver,
) -> tuple[LogReport, Mapping[int, NumberedVerdict]]:
    with run.step("prepare") as node:
        ready = prepare_strategy(request.strategy, sample, node.speaker, request.bounds, watching.interrupted)
        for rank, each in enumerate(ready.ranked, 1):
            who = "written by the model" if each.by_model else "comes along"
            node.decide(f"instruction {rank}", f"F1 {each.f1:.3f}", f"{who}: {each.task}")
    with run.step("read") as node:
        reader = LogPrompt(
            node.speaker,
            ready.style,
            request.bounds,
            verdicts,
            store.redaction.text,
            watching.interrupted,
            watching.judged,
        )
        answers = reader.read(mined.templates)
        report = _report(request, run, mined, reader, answers, ready)
        for found in report.abnormal:
            node.decide(f"template {found.id}", "abnormal", found.reason, lines=found.count)
    return report, answers


def _report(
    request: LogsRequest,
    run: PatternRun,
    mined: MinedLog,
    reader: LogPrompt,
    answers: Mapping[int, NumberedVerdict],
    ready: PreparedStrategy,
) -> LogReport:
    abnormal = {id for id, answer in answers.items() if answer.abnormal}
    last = reader.last
    return LogReport(
        session=run.session,
        log=request.log.place,
        format="",
        model=request.model,
        strategy=request.strategy.value,
        lines=mined.lines,
        templates=len(mined.templates),
        verdicts=tuple(TemplateVerdict.of(each, answers.get(each.id)) for each in mined.templates),
        sessions=len(mined.sessions),
        abnormal_sessions=tuple(name for name, ids in mined.sessions.items() if ids & abnormal),
        recalled=reader.recalled,
        unanswered=len(last.unanswered),
        not_asked=len(last.not_asked),
        made_up=last.made_up,
        asked_again=last.asked_again,
        usage=run.budget.spent,
        instruction=ready.ranked[0].task if ready.ranked else "",
        notes=tuple(_notes(request, mined, reader, run.session)),
        answered_by=dict(reader.answered_by),
    )


def _notes(request: LogsRequest, mined: MinedLog, reader: LogPrompt, session: str) -> list[str]:
    why = reader.last.why
    notes = [f"stopped early: {why}"] if why else []
    for model, templates in reader.answered_by.items():
        if model != reader.preferred:
            what = f"{templates:,} {'template was' if templates == 1 else 'templates were'} judged by {model}"
            place = f"in place of {reader.preferred}, which could not be asked"
            notes.append(f"{what} {place} (argosy show {session} tells why); it is asked next time")
    if request.sample is not None and not TRAITS[request.strategy].needs_sample:
        notes.append(f"{request.strategy} learns nothing from --sample; --strategy in-context does")
    others = next((each.count for each in mined.templates if each.id == OTHERS), 0)
    if others:
        most = f"the {request.most_templates:,} templates that there may be"
        bad = f", {mined.unread_errors:,} of them at ERROR or above" if mined.unread_errors else ""
        notes.append(f"lines that fit none of {most} and were not read: {others:,}{bad}; raise --most-templates")
    return notes


def _with_lines(report: LogReport, tally: LineTemplates) -> LogReport:
    """The report with the numbers of the lines that are not normal, the first of each template."""
    wanted: dict[int, list[int]] = {each.id: [] for each in report.verdicts if each.verdict != "normal"}
    keys = np.array(sorted(wanted), dtype=np.int64)
    for numbers, ids in tally.blocks():
        mask = np.isin(ids, keys)
        for number, id in zip(numbers[mask].tolist(), ids[mask].tolist(), strict=True):
            if len(wanted[id]) < MOST_LINE_NUMBERS:
                wanted[id].append(number)
    verdicts = tuple(replace(each, lines=tuple(wanted.get(each.id, ()))) for each in report.verdicts)
    return replace(report, verdicts=verdicts)
