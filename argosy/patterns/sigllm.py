"""A run of SigLLM on one series: planned, asked within its budget, recorded, and told as a report."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, assert_never

import pandas as pd

from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import Pattern, Speaker
from argosy.agents.sigllm import forecaster, prompter
from argosy.agents.sigllm.ask import AskOptions
from argosy.agents.sigllm.findings import Findings, Plan
from argosy.agents.sigllm.forecaster import ForecasterOptions, ForecastReader
from argosy.agents.sigllm.prompter import Prompter, PrompterOptions
from argosy.eval.rates import event_delay
from argosy.graphs.recording.observer import Observer
from argosy.models.roles import read_roles
from argosy.models.table import Models
from argosy.patterns.pattern_run import PatternRequest, PatternRun, open_pattern_run
from argosy.signals.arrays import Bools
from argosy.signals.finite import finite_or_none
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.workspace import Workspace

Options = PrompterOptions | ForecasterOptions

AT_ONCE = 8
"""Questions that may wait for an answer; fewer where the table of models says so."""

PARTIAL = "partial"
"""The outcome of a run in which not everything was asked; what was said until then is its result."""

STAND_IN: Mapping[Pattern, str] = {
    Pattern.PROMPTER: "values far from the median of their window are named",
    Pattern.FORECASTER: "the last season, or the last value, is repeated",
}
"""What the embedded author does in the place of a language model."""


@dataclass(frozen=True)
class SigllmRequest:
    """What is looked at, how, and by which model. The type of `options` says which method it is."""

    series: Series
    options: Options
    model: str = EMBEDDED
    seed: int = 0
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True, eq=False)
class SigllmResult:
    """What a run came to; `report` is what the store keeps of it."""

    session: str
    findings: Findings
    report: Mapping[str, Any]


def run_sigllm(
    request: SigllmRequest,
    workspace: Workspace,
    observer: Observer | None = None,
) -> SigllmResult:
    """Runs one method on one series. Raises BadInput, ModelUnavailable and StoreUnavailable.

    A budget that is spent, or an interruption, ends the asking; what was said by then is judged.
    """
    observer = observer or Observer()
    request, notes = _as_one_sample(request)
    planned, pattern = plan_of(request)
    with open_pattern_run(_asked(request, planned, pattern, workspace.models), workspace, observer) as run:
        with run.step(pattern.value) as node:
            wanted = f"{planned.questions} answers of at most {planned.reply_tokens} tokens"
            node.decide("series", f"{len(planned.prompts)} windows", wanted)
            found = _reader(request.options, node.speaker, AskOptions(AT_ONCE, observer.interrupted)).read(planned)
        run.outcome = PARTIAL if found.answers.left_out else run.outcome
        run.report |= _report(request, planned, found, run) | {"notes": [*notes, *run.notes]}
        return SigllmResult(run.session, found, run.report)


def _as_one_sample(request: SigllmRequest) -> tuple[SigllmRequest, tuple[str, ...]]:
    """The embedded author gives one answer however often it is asked, so it is asked once."""
    if any(models != (EMBEDDED,) for models in read_roles(request.model).values()):
        return request, ()
    pattern = Pattern.PROMPTER if isinstance(request.options, PrompterOptions) else Pattern.FORECASTER
    note = f"no language model was asked: the embedded stand-in answered ({STAND_IN[pattern]}), once a window"
    return replace(request, options=replace(request.options, samples=1)), (note,)


def plan_of(request: SigllmRequest) -> tuple[Plan, Pattern]:
    """What the run will ask, and as which agent. Raises BadInput."""
    match request.options:
        case PrompterOptions():
            return prompter.plan(request.series, request.options), Pattern.PROMPTER
        case ForecasterOptions():
            return forecaster.plan(request.series, request.options), Pattern.FORECASTER
    assert_never(request.options)


def plan_json(request: SigllmRequest) -> dict[str, Any]:
    """What the run would ask, as plain JSON values. Raises BadInput."""
    planned, pattern = plan_of(request)
    return {
        "method": pattern.value,
        "windows": len(planned.prompts),
        "samples": planned.samples,
        "answers": planned.questions,
        "prompt_characters": planned.prompt_characters,
        "reply_tokens": planned.reply_tokens,
    }


def _reader(options: Options, speaker: Speaker, ask_options: AskOptions) -> Prompter | ForecastReader:
    match options:
        case PrompterOptions():
            return Prompter(speaker, options, ask_options)
        case ForecasterOptions():
            return ForecastReader(speaker, options, ask_options)
    assert_never(options)


def _asked(request: SigllmRequest, planned: Plan, pattern: Pattern, models: Models) -> PatternRequest:
    first = next(iter(read_roles(request.model).values()))[0]
    return PatternRequest(
        name="sigllm",
        subject=request.series.id,
        size=len(request.series),
        patterns=(pattern,),
        model=request.model,
        seed=request.seed,
        caps=request.caps,
        prompt_tokens=planned.prompt_characters,
        reply_tokens=planned.reply_tokens,
        settings={"method": pattern.value, "grammar": models.of(first).grammar.value, **asdict(request.options)},
    )


def _report(request: SigllmRequest, planned: Plan, found: Findings, run: PatternRun) -> dict[str, Any]:
    answers, spent = found.answers, run.budget.spent
    return {
        "series": request.series.id,
        "points": len(request.series),
        "segments": len(planned.prepared.segments),
        "windows": len(planned.prompts),
        "samples": planned.samples,
        "answers": answers.asked - answers.unreadable,
        "unreadable": answers.unreadable,
        "not_asked": answers.left_out,
        "why_not_asked": answers.why if answers.left_out else None,
        "flagged": int(found.scores.flags.sum()),
        "no_opinion": int((found.scores.values != found.scores.values).sum()),
        "anomalies": [asdict(each) | {"reason": found.scores.reasons.get(each.start, "")} for each in found.anomalies],
        "usage": asdict(spent),
        "wall_s": round(run.budget.elapsed_s, 3),
    }


def measured(labels: Bools, scores: Scores) -> dict[str, float | int | None]:
    """Segment overlap, as SigLLM is measured: an incident that an interval touches is found.

    An interval that touches no incident is false. F1 is None where nothing is labelled. `labels`: shape (n,).
    """
    rates = event_delay(labels, scores.flags, len(labels))
    return {
        "incidents": rates.tp + rates.fn,
        "found": rates.tp,
        "false_intervals": rates.fp,
        "overlap_f1": finite_or_none(rates.f1),
    }


def table_of(series: Series, scores: Scores, times_known: bool) -> pd.DataFrame:
    """A row for each point: timestamp, value, score, flag."""
    at = pd.to_datetime(series.seconds, unit="s", utc=True) if times_known else series.seconds
    return pd.DataFrame({"timestamp": at, "value": series.values, "score": scores.values, "flag": scores.flags})
