"""Several patterns on one signal: wired, run, recorded as one session with one budget, and told as a report."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from langchain_core.runnables import RunnableConfig

from argosy.agents.checked_explanation import as_json
from argosy.agents.model_selector import ModelSelector
from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import Pattern
from argosy.agents.models.tracing import untraced
from argosy.detectors.excess import excess
from argosy.eval.metrics import measure
from argosy.graphs.detect.context import DetectContext, DetectData, DetectSettings
from argosy.graphs.detect.graph import RECURSION_LIMIT, build
from argosy.graphs.detect.patterns import PatternRow, SignalKind, of_kind
from argosy.graphs.detect.state import PatternSummary, State
from argosy.graphs.recording.observer import Observer
from argosy.inputs.signal_file import ReadSignal
from argosy.patterns.pattern_run import PatternRequest, PatternRun, open_pattern_run
from argosy.patterns.selection.past_results import past_results
from argosy.signals.errors import BadInput
from argosy.signals.finite import finite_or_none
from argosy.signals.gap_alerts import with_gap_alerts
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.workspace import Workspace

PARTIAL = "partial"
"""The outcome of a run in which a pattern could not be heard, or an alert not be explained."""

MOST_ALERTS = 200
"""So many alerts are listed in a report; the table of --out holds every point."""

_REASON_CHARS = 400


@dataclass(frozen=True, eq=False)
class DetectRequest:
    """What is looked at, by which patterns, and with which model. `learn` is the share of points to learn from: by
    default half of a series, and all lines or records.

    With `select`, the patterns of the settings are offered to the selector of detectors, which chooses among them.
    """

    given: ReadSignal
    settings: DetectSettings
    model: str = EMBEDDED
    caps: Caps = field(default_factory=Caps)
    learn: float | None = None
    select: bool = False


@dataclass(frozen=True, eq=False)
class DetectResult:
    """What a run came to: the fused scores, those of each pattern that was heard, and the report that is kept."""

    session: str
    fused: Scores
    pattern_scores: Mapping[str, Scores]
    learn_stop: int
    report: Mapping[str, Any]


def rows_for(kind: SignalKind, names: tuple[str, ...]) -> Mapping[str, PatternRow]:
    """The rows of these patterns. Raises BadInput for one that does not read such a signal, or stands there twice."""
    known = of_kind(kind)
    for name in names:
        if name not in known:
            raise BadInput(f"--patterns {name}", f"no pattern of that name reads {kind.value}", _there(known))
        if names.count(name) > 1:
            raise BadInput(f"--patterns {','.join(names)}", f"names {name} twice", "name each once")
    return {name: known[name] for name in names}


def _there(known: Mapping[str, PatternRow]) -> str:
    return f"give some of {', '.join(known)}" if known else "there are none yet"


def detect(
    request: DetectRequest,
    workspace: Workspace,
    observer: Observer | None = None,
) -> DetectResult:
    """Runs the detect graph on one signal. What one pattern cannot do is noted, and the others go on.

    Raises BadInput, also where no pattern could be heard, ModelUnavailable and StoreUnavailable.
    """
    rows = rows_for(request.given.kind, request.settings.patterns)
    data = _data(request)
    selector = partial(ModelSelector, past=past_results(workspace.store)) if request.select else None
    with open_pattern_run(_asked(request, rows, data), workspace, observer) as run:
        context = DetectContext(
            request.settings,
            data,
            rows,
            run.chain,
            run.recorder,
            run.clock,
            selector,
            workspace.store.redaction.text,
        )
        config = RunnableConfig(recursion_limit=RECURSION_LIMIT)
        with untraced():
            state: State = build().compile(name="detect").invoke({}, config, context=context)  # type: ignore[assignment]
        _refuse_silence(request, state["heard"])
        failed = any(each.failure for each in state["heard"]) or state.get("unexplained")
        run.outcome = PARTIAL if failed else run.outcome
        run.report |= _report(request, data, state, run)
        fused = _alerting(request.given, data)
        said = {name: each.scores for name, each in data.pattern_scores.items()}
        return DetectResult(run.session, fused, said, data.learn_stop, run.report)


def _data(request: DetectRequest) -> DetectData:
    given = request.given
    learn = request.learn or (0.5 if given.kind is SignalKind.SERIES else 1.0)
    stop = max(1, round(learn * len(given.signal)))
    labels = given.labels if given.labels is not None and given.labels.any() else None
    return DetectData(given.signal, labels, stop, times_known=given.times_known)


def _asked(request: DetectRequest, rows: Mapping[str, PatternRow], data: DetectData) -> PatternRequest:
    patterns = {pattern for row in rows.values() for pattern in row.asks}
    patterns |= {Pattern.EXPLANATION} if request.settings.explain else set()
    patterns |= {Pattern.SELECTION} if request.select else set()
    settings = replace(request.settings, weights=dict(request.settings.weights))
    return PatternRequest(
        name="detect",
        subject=request.given.signal.id,
        size=len(request.given.signal),
        patterns=sorted(patterns),
        model=request.model,
        seed=request.settings.seed,
        caps=request.caps,
        prompt_tokens=request.settings.direct.window_tokens if Pattern.DIRECT in patterns else 0,
        settings={**asdict(settings), "learn_stop": data.learn_stop, "select": request.select},
        model_needed=all(row.needs_model for row in rows.values()),
    )


def _refuse_silence(request: DetectRequest, heard: tuple[PatternSummary, ...]) -> None:
    if all(each.failure for each in heard):
        reasons = "; ".join(f"{each.pattern}: {each.failure}" for each in heard)
        place = f"--patterns {','.join(request.settings.patterns)}"
        raise BadInput(place, f"none of them could judge ({reasons})", "name others, or mend what keeps these")


def _report(request: DetectRequest, data: DetectData, state: State, run: PatternRun) -> dict[str, Any]:
    fused = _alerting(request.given, data)
    alerts = list(_alerts(request.given, data, fused))
    return {
        request.given.kind.value: request.given.signal.id,
        "points": len(request.given.signal),
        "patterns": [_pattern(each, data) for each in state["heard"]],
        "fuse": request.settings.how.value,
        "flagged": int(fused.flags.sum()),
        "metrics": _metrics(data, data.fused or fused),
        "alerts": len(alerts),
        "shown": alerts[:MOST_ALERTS],
        "explained": len(data.explained),
        "unexplained": state.get("unexplained") or None,
        "usage": asdict(run.budget.spent),
        "wall_s": round(run.budget.elapsed_s, 3),
        "notes": [*request.given.notes, *run.notes, *_stand_in(run, state, data), *_excesses(request.given, data)],
    }


def _alerting(given: ReadSignal, data: DetectData) -> Scores:
    """What raises alerts: the fused scores, and gaps where they are an anomaly."""
    fused = data.fused or Scores(np.zeros(0))
    return with_gap_alerts(fused, given.signal, given.gaps) if isinstance(given.signal, Series) else fused


def _pattern(heard: PatternSummary, data: DetectData) -> dict[str, Any]:
    said = data.pattern_scores.get(heard.pattern)
    return {
        "pattern": heard.pattern,
        "asks_model": heard.asked,
        "heard": not heard.failure,
        "why_not": heard.failure or None,
        "flagged": heard.flagged,
        "judged": heard.judged,
        "metrics": None if said is None else _metrics(data, said.scores),
        "notes": list(heard.notes),
    }


def _metrics(data: DetectData, scores: Scores) -> dict[str, float | int | None] | None:
    """Measured on the points after those that patterns could learn from; None without incidents there."""
    if data.labels is None or not data.labels[data.learn_stop :].any():
        return None
    found = measure(data.labels[data.learn_stop :], scores.values[data.learn_stop :])
    return {name: finite_or_none(value) for name, value in found.items()}


def _alerts(given: ReadSignal, data: DetectData, fused: Scores) -> Iterator[dict[str, Any]]:
    for start, stop in runs(fused.flags).tolist():
        explained = data.explained.get(start)
        reasons = dict.fromkeys(fused.reasons[i][:_REASON_CHARS] for i in range(start, stop) if i in fused.reasons)
        begins, ends = _seconds(given, start, stop)
        yield {
            "start": start,
            "stop": stop,
            **_records(given, start, stop),
            "begins": begins,
            "ends": ends,
            "score": round(float(np.nanmax(fused.values[start:stop])), 6),
            "fired": [name for name, flags in fused.fired.items() if flags[start:stop].any()],
            "reasons": list(reasons)[:3],
            "explanation": None if explained is None else as_json(explained),
        }


def _records(given: ReadSignal, start: int, stop: int) -> dict[str, list[int]]:
    """Which records an alert is about, by the numbers that they have in tables and for `argosy records`."""
    return {} if given.numbers is None else {"records": given.numbers[start:stop].tolist()}


def _seconds(given: ReadSignal, start: int, stop: int) -> tuple[int | None, int | None]:
    """When an alert begins and when it has ended, as Unix seconds; None where times are not known."""
    if not isinstance(given.signal, Series) or not given.times_known:
        return None, None
    seconds = given.signal.seconds
    return int(seconds[start]), int(seconds[stop - 1]) + given.signal.step_s


def _stand_in(run: PatternRun, state: State, data: DetectData) -> Iterator[str]:
    asked = any(each.asked for each in state["heard"]) or bool(data.explained)
    if asked and not any(speaker.is_language_model for speaker in run.chain.speakers):
        yield "no language model was asked: the embedded stand-in answered, by plain statistics"


def _excesses(given: ReadSignal, data: DetectData) -> Iterator[str]:
    """Which patterns flag more of a series than anybody looks at."""
    for name, said in data.pattern_scores.items() if given.kind is SignalKind.SERIES else ():
        if found := excess(said.scores.flags, data.labels):
            yield f"{name} {found}"


def table_of(given: ReadSignal, done: DetectResult) -> pd.DataFrame:
    """A row for each point, line or record: what it is, the fused score and flag, who fired, and each score."""
    fused = done.fused
    fired = [",".join(name for name, flags in fused.fired.items() if flags[i]) for i in range(len(fused.values))]
    reasons = [fused.reasons.get(i, "") for i in range(len(fused.values))]
    judged = {"score": fused.values, "flag": fused.flags, "fired": fired, "reason": reasons}
    each = {f"score:{name}": scores.values for name, scores in done.pattern_scores.items()}
    return pd.DataFrame({**given.columns(), **judged, **each})
