"""What every pattern of the detect graph keeps to, over the table of patterns; and the graph that runs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
from langchain_core.runnables import RunnableConfig

from argosy.agents.checked_explanation import CheckStatus
from argosy.agents.embedded.standins import STANDINS
from argosy.agents.model_selector import ModelSelector
from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import EMBEDDED, ModelFacts
from argosy.agents.models.speaker import Pattern, Speaker
from argosy.agents.open_model import open_model
from argosy.detectors.fusion.blend import Blend
from argosy.graphs.detect.context import DetectContext, DetectData, DetectSettings
from argosy.graphs.detect.graph import RECURSION_LIMIT, build
from argosy.graphs.detect.patterns import PatternInput, PatternRow, SignalKind, kind_of, rows
from argosy.graphs.detect.state import State
from argosy.graphs.recording.events import SpanBegin
from argosy.signals.errors import BadInput
from argosy.signals.lines import Lines
from argosy.signals.records import Records
from argosy.signals.series import Series
from argosy.signals.shapes import Signal
from tests.graphs.refine.session_data import MemoryRecorder, speaker_of

POINTS = 200
ROWS = {f"{row.name} on {row.kind}": row for row in rows()}


def speaker(caps: Caps | None = None) -> Speaker:
    """The embedded author, with its stand-ins."""
    return open_model(EMBEDDED, ModelFacts(), key=None, budget=Budget(caps or Caps(), lambda: 0.0), seed=0)


def a_series(points: int = POINTS) -> Series:
    values = 100 + np.random.default_rng(0).normal(0, 1, points)
    values[points // 4 : points // 4 + 4] -= 25
    values[3 * points // 4 : 3 * points // 4 + 4] -= 25
    return Series("s", 1_700_000_000 + 3600 * np.arange(points, dtype=np.int64), values, 3600)


def a_signal(kind: SignalKind, size: int = POINTS) -> Signal:
    match kind:
        case SignalKind.SERIES:
            return a_series(size)
        case SignalKind.LINES:
            return Lines("l", [f"session {i % 9} opened" if i % 97 else f"FATAL error {i}" for i in range(size)])
        case SignalKind.RECORDS:
            return Records("r", [{"city": ("Rome", "Pisa")[i % 2], "ms": 20 + i % 7} for i in range(size)])


@pytest.fixture(params=ROWS)
def row(request: pytest.FixtureRequest) -> PatternRow:
    return ROWS[request.param]


def test_names_are_unique_for_a_kind_and_are_plain_words() -> None:
    assert len({(row.name, row.kind) for row in rows()}) == len(rows())
    assert all(row.name.replace("-", "_").isidentifier() for row in rows())


def test_agents_that_are_asked_have_a_stand_in_or_say_so(row: PatternRow) -> None:
    assert set(row.asks) <= set(Pattern)
    assert set(row.asks) <= set(STANDINS)


def test_every_point_gets_one_score_and_reasons_lie_at_points(row: PatternRow) -> None:
    signal = a_signal(row.kind)
    scores = row.judge(signal, PatternInput(speaker(), POINTS // 2)).scores
    assert scores.values.shape == (POINTS,)
    assert scores.values.dtype == np.float64
    assert not np.isinf(scores.values).any()
    assert all(0 <= index < POINTS and reason for index, reason in scores.reasons.items())


def test_the_same_signal_gets_the_same_scores_and_is_left_as_it_was(row: PatternRow) -> None:
    signal = a_signal(row.kind)
    before = signal.values.copy() if isinstance(signal, Series) else None
    first, second = (row.judge(signal, PatternInput(speaker(), POINTS // 2)).scores.values for _ in range(2))
    assert np.array_equal(first, second, equal_nan=True)
    assert before is None or (isinstance(signal, Series) and np.array_equal(before, signal.values))


@pytest.mark.parametrize("size", [1, 3])
def test_a_tiny_signal_is_judged_or_refused_in_words(row: PatternRow, size: int) -> None:
    refused = ""
    try:
        judged = len(row.judge(a_signal(row.kind, size), PatternInput(speaker(), size)).scores.values)
    except BadInput as bad:
        judged, refused = 0, bad.mend
    assert judged == size or refused


def test_another_kind_of_signal_is_a_fault_of_ours(row: PatternRow) -> None:
    other = next(kind for kind in SignalKind if kind is not row.kind)
    with pytest.raises(TypeError):
        row.judge(a_signal(other), PatternInput(speaker()))


def test_a_pattern_that_asks_no_model_asks_none(row: PatternRow) -> None:
    asked = []

    def answer(messages: list[object]) -> str:
        asked.append(messages)
        return ""

    said = row.judge(a_signal(row.kind), PatternInput(speaker_of(answer), POINTS // 2))
    assert bool(asked) == row.needs_model
    assert len(said.scores.values) == POINTS


@dataclass
class Ran:
    state: State
    data: DetectData
    recorder: MemoryRecorder


def detect(
    settings: DetectSettings,
    *,
    signal: Signal | None = None,
    caps: Caps | None = None,
    changed: Mapping[str, PatternRow] | None = None,
    selector: Callable[[Speaker], ModelSelector] | None = None,
) -> Ran:
    signal = signal or a_series()
    recorder, model = MemoryRecorder(), speaker(caps)
    data = DetectData(signal, None, len(signal) // 2)
    known = {row.name: row for row in rows() if row.kind is kind_of(signal)} | dict(changed or {})

    context = DetectContext(settings, data, known, model, recorder, lambda: 0.0, selector)
    config = RunnableConfig(recursion_limit=RECURSION_LIMIT)
    return Ran(build().compile().invoke({}, config, context=context), data, recorder)  # type: ignore[arg-type]


def test_several_patterns_judge_and_the_result_says_who_said_what() -> None:
    ran = detect(DetectSettings(("robust_z", "direct"), Blend.ANY))
    fused = ran.data.fused
    assert fused is not None
    assert set(fused.fired) == {"robust_z", "direct"}
    for name, fired in fused.fired.items():
        assert np.array_equal(fired, ran.data.pattern_scores[name].scores.flags)
    assert [each.pattern for each in ran.state["heard"]] == ["robust_z", "direct"]
    nodes = [event.node for event in ran.recorder.events if isinstance(event, SpanBegin)]
    assert set(nodes) == {"select", "score", "robust_z", "direct", "fuse"}


def test_what_one_pattern_cannot_do_is_noted_and_the_others_go_on() -> None:
    ran = detect(DetectSettings(("direct", "robust_z", "sigllm-prompter")), caps=Caps(calls=0))
    failed = {each.pattern: each.failure for each in ran.state["heard"] if each.failure}
    assert set(failed) == {"direct", "sigllm-prompter"}
    assert all("cap of 0 calls" in why for why in failed.values())
    assert ran.data.fused is not None
    assert set(ran.data.fused.fired) == {"robust_z"}
    assert {each.subject for each in ran.recorder.decisions("failed")} == set(failed)


def test_where_nobody_can_judge_nothing_is_fused() -> None:
    ran = detect(DetectSettings(("direct",), explain=3), caps=Caps(calls=0))
    assert ran.data.fused is None
    assert "flagged" not in ran.state


def test_a_fault_of_ours_is_no_partial_failure() -> None:
    def broken(signal: Signal, tools: PatternInput) -> object:
        raise ZeroDivisionError

    row = replace(ROWS["robust_z on series"], judge=broken)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        detect(DetectSettings(("robust_z",)), changed={"robust_z": row})


def test_alerts_are_explained_up_to_the_bound_and_no_score_changes() -> None:
    plain = detect(DetectSettings(("robust_z",)))
    told = detect(DetectSettings(("robust_z",), explain=1))
    assert len(told.data.explained) == told.state["explained"] == 1
    assert next(iter(told.data.explained.values())).status is CheckStatus.VERIFIED
    assert told.data.fused is not None
    assert plain.data.fused is not None
    assert np.array_equal(told.data.fused.values, plain.data.fused.values, equal_nan=True)
    short = detect(DetectSettings(("robust_z",), explain=5), caps=Caps(calls=1))
    assert len(short.data.explained) == 1
    assert "the budget is spent" in short.state["unexplained"]


def test_a_selector_chooses_among_what_is_offered() -> None:
    offered = ("robust_z", "ewma", "seasonal", "iforest")
    ran = detect(DetectSettings(offered, most_selected=2), selector=ModelSelector)
    assert len(ran.state["chosen"]) == 2
    assert set(ran.state["chosen"]) <= set(offered)
    assert set(ran.data.pattern_scores) == set(ran.state["chosen"])


def test_lines_and_records_run_through_the_same_graph() -> None:
    ran = detect(DetectSettings(("logprompt", "embeddings"), Blend.ALL, explain=2), signal=a_signal(SignalKind.LINES))
    assert ran.data.fused is not None
    assert len(ran.data.fused.values) == POINTS
    assert "series" in ran.state.get("unexplained", "series")
