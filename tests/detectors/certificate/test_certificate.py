"""Certificates: their findings on rules whose history, causality and growth are known exactly."""

import json
import types
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.detectors.certificate import (
    Certificate,
    Examination,
    Refusal,
    Run,
    Subject,
    compare,
    evidence_by_part,
    examine,
)
from argosy.detectors.certificate.clocks import EARLIER, LATER, MORE_HISTORY, WEEKS_LATER
from argosy.detectors.certificate.evidence import RuleBesideBase, wilson
from argosy.detectors.certificate.fingerprint import data_of, fingerprint, source_hash
from argosy.detectors.certificate.form import CheckKind, Growth
from argosy.detectors.certificate.growth import refusal as too_steep
from argosy.detectors.certificate.lookback import ask_offsets, needed_history
from argosy.detectors.certificate.questions import Questions
from argosy.detectors.certificate.responses import ROLLED
from argosy.detectors.certificate.sensitivity import sensitivity
from argosy.detectors.rules.rule import Direction
from argosy.eval.objective import DEFAULT
from argosy.eval.splits import split
from argosy.sandbox.protocol import Evaluation, Input, Outcome, Ran
from argosy.signals.series import Series
from tests.detectors.certificate.cheats import EXPANDING, HONEST, rule
from tests.graphs.refine.session_data import a_series
from tests.sandbox.jobs import ran

SERIES, LABELS = a_series(2_000)
NUMBERS = {"window": 60, "threshold": 6.0}


def here(source: str, inputs: tuple[Input, ...], evaluations: tuple[Evaluation, ...]) -> tuple[Outcome, ...]:
    """Runs a trusted rule in this process."""
    module = types.ModuleType("rule")
    exec(source, module.__dict__)
    return tuple(_ran(module.detect, inputs[each.input], each) for each in evaluations)


def _ran(detect: Callable[..., np.ndarray], series: Input, asked: Evaluation) -> Ran:
    values, seconds = series.values[: asked.stop].copy(), series.seconds[: asked.stop].copy()
    with np.errstate(all="ignore"):
        scores = np.asarray(detect(values, seconds, **asked.params), dtype=np.float64)
    return Ran(scores[asked.keep_from :], 1e-6 * len(values))


def subject(source: str) -> Subject:
    return Subject.of(source, NUMBERS, Direction.FLAG, SERIES, LABELS)


def examined(source: str, run: Run = here) -> Examination:
    return examine(subject(source), run)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 400))
def test_the_history_of_a_lag_is_the_lag_and_the_point_itself(lag: int) -> None:
    asked = subject(rule(f"return (x.shift({lag}) - x).to_numpy()"))
    questions = Questions(asked.source, asked.params)
    whole = questions.ask("whole", asked.input_of())
    offsets = ask_offsets(questions, asked)
    answers = questions.answered(here)
    assert needed_history(answers.scores(whole), answers, offsets).scores == lag + 1


def test_an_examination_finds_the_window_of_a_rolling_rule() -> None:
    found = examined(HONEST)
    assert found.refusals == ()
    assert found.lookback is not None
    assert found.lookback.scores_points is not None
    assert 55 <= found.lookback.scores_points <= 61
    assert found.lookback.flags_points is not None
    assert found.lookback.flags_points <= found.lookback.scores_points
    kept = {each.change: each.kept for each in found.responses}
    assert kept["values shifted up by ten times their range"] == 1.0
    assert kept["the clock moved by 521 weeks"] == 1.0
    assert kept["values moved to another time"] == 0.0


@pytest.mark.parametrize(
    ("width", "level", "threshold"),
    [
        (1, 24, 4.0),
        pytest.param(12, 40, 2.0, marks=pytest.mark.slow),
        pytest.param(24, 60, 3.0, marks=pytest.mark.slow),
    ],
)
def test_what_it_says_of_history_is_what_single_points_say(width: int, level: int, threshold: float) -> None:
    """By brute force, on drops of several points of which the last need more history than the first."""
    values = np.random.default_rng(width).normal(0, 1, 900)
    for start in range(90, 880, 60):
        values[start : start + 9] -= 12
    series = Series("s", 60 * np.arange(900, dtype=np.int64), values, 60)
    body = f"return ((x.rolling({level}, 1).median() - x.rolling({width}, 1).mean()) / threshold).to_numpy()"
    asked = Subject.of(rule(body), {"window": 60, "threshold": threshold}, Direction.FLAG, series, None)
    found = examine(asked, here).lookback
    assert found is not None

    def scores(length: int | None) -> np.ndarray:
        if length is None:
            return said(asked.input_of())[places]
        return np.array([said(asked.input_of(at + 1 - length, at + 1))[-1] for at in places])

    def said(given: Input) -> np.ndarray:
        return ran(here(asked.source, (given,), (Evaluation(asked.params),))[0]).scores

    places = np.arange(81, 900, 7)
    whole = scores(None)
    by_length = {length: scores(length) for length in range(1, level + 1)}
    assert (whole >= 1).sum() > 8
    assert found.scores_points == min(n for n, each in by_length.items() if np.allclose(each, whole, 1e-9, 1e-9))
    flags = max(n for n, each in by_length.items() if ((each >= 1) != (whole >= 1)).any()) + 1
    assert 0.8 * flags <= (found.flags_points or 0) <= found.scores_points
    assert ((by_length[found.flags_points] >= 1) != (whole >= 1)).mean() < 0.02


def test_an_expanding_statistic_needs_all_history_and_is_not_refused() -> None:
    found = examined(EXPANDING)
    assert found.refusals == ()
    assert found.lookback is not None
    assert found.lookback.scores_points is None
    assert found.lookback.tried_points > 900


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 200))
def test_a_peek_is_found_however_far_it_looks(ahead: int) -> None:
    found = examined(
        rule(f"return ((x.rolling(window, 5).median() - x.shift(-{ahead}).fillna(x)) / threshold).to_numpy()")
    )
    refusal = found.refusal(CheckKind.CAUSALITY)
    assert refusal is not None
    assert refusal.first_index is not None
    assert refusal.first_index >= 0


def test_a_rule_that_answers_otherwise_when_it_is_examined_is_refused() -> None:
    asked = subject(HONEST)
    whole = ran(here(asked.source, (asked.input_of(),), (Evaluation(asked.params),))[0]).scores
    assert examine(asked, here, whole).refusals == ()
    other = whole.copy()
    other[700] += 1.0
    refusal = examine(asked, here, other).refusal(CheckKind.DETERMINISM)
    assert refusal is not None
    assert refusal.first_index == 700


def test_cuts_and_what_an_unchanged_series_would_give_away_are_asked_alone() -> None:
    """An evaluation with a stop is one that shares a process with no other input."""
    alone: dict[str, set[bool]] = {}

    def run(source: str, inputs: tuple[Input, ...], evaluations: tuple[Evaluation, ...]) -> tuple[Outcome, ...]:
        for each, name in zip(evaluations, names[-1], strict=True):
            alone.setdefault(name, set()).add(each.stop is not None)
        return here(source, inputs, evaluations)

    names: list[list[str]] = []
    with pytest.MonkeyPatch.context() as patched:
        answered = Questions.answered

        def noted(questions: Questions, run: Run) -> object:
            names.append(questions._names)
            return answered(questions, run)

        patched.setattr(Questions, "answered", noted)
        examined(rule("return (x - x.shift(1)).to_numpy() * (seconds >= 0)"), run)
    hidden = {"a stretch of the series that ends early", "a stretch of the series with another end", *ROLLED}
    hidden |= {"a beginning of the series", WEEKS_LATER, MORE_HISTORY, LATER, EARLIER}
    assert {name for name, found in alone.items() if found == {True}} >= hidden
    assert alone["a stretch of the series"] == {False}


def test_rules_that_are_not_python_or_break_are_refused_and_not_raised() -> None:
    def broken(source: str, inputs: tuple[Input, ...], evaluations: tuple[Evaluation, ...]) -> tuple[Outcome, ...]:
        from argosy.sandbox.protocol import TimedOut

        return tuple(TimedOut(1.0) for _ in evaluations)

    found = examined(HONEST, broken)
    assert [each.check for each in found.refusals] == [CheckKind.CONTRACT]
    assert "not done within 1 s" in found.refusals[0].why
    assert found.causality is None


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433)]
)
def test_wilson_intervals_are_the_published_ones(count: int, total: int, low: float, high: float) -> None:
    found = wilson(count, total)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_a_share_of_nothing_has_no_interval() -> None:
    assert wilson(0, 0).low is None


def growth(seconds: tuple[float, ...], confirmed: bool = True, memory: tuple[int, int] = (1, 4)) -> Refusal | None:
    points = (4_096, 8_192, 16_384, 32_768)
    slope = float(np.polyfit(np.log(points), np.log(seconds), 1)[0])
    memory_slope = float(np.log(memory[1] / memory[0]) / np.log(4))
    return too_steep(
        Growth(
            points=points,
            seconds=seconds,
            time_slope=slope,
            memory_points=(4_096, 16_384),
            memory_bytes=memory,
            memory_slope=memory_slope,
            points_per_s=1.0,
            confirmed=confirmed,
        )
    )


def test_growth_is_refused_where_it_is_steep_confirmed_and_long_enough_to_matter() -> None:
    assert growth((0.01, 0.04, 0.16, 0.64)) is not None
    assert growth((0.01, 0.02, 0.04, 0.08)) is None
    assert growth((0.00001, 0.00004, 0.00016, 0.00064)) is None
    assert growth((0.01, 0.04, 0.16, 0.64), confirmed=False) is None
    assert growth((0.01, 0.012, 0.03, 0.12)) is not None, "a quadratic part that only shows at the end"
    assert growth((0.01, 0.02, 0.04, 0.08), memory=(10 << 20, 160 << 20)) is not None
    assert growth((0.01, 0.02, 0.04, 0.08), memory=(1 << 10, 16 << 10)) is None


def test_a_fingerprint_tells_any_change_of_the_data() -> None:
    name = fingerprint(SERIES, LABELS)
    values, labels = SERIES.values.copy(), LABELS.copy()
    values[7] += 1e-9
    labels[9] ^= True
    assert fingerprint(Series("other", SERIES.seconds, SERIES.values, 60), LABELS) == name
    assert len({name, fingerprint(Series("s", SERIES.seconds, values, 60), LABELS), fingerprint(SERIES, labels)}) == 3
    assert fingerprint(Series("s", SERIES.seconds + 60, SERIES.values, 60), LABELS) != name


def certificate() -> Certificate:
    splits = split(len(SERIES))
    whole = here(HONEST, (Input(SERIES.values, SERIES.seconds),), (Evaluation(NUMBERS),))[0]
    assert isinstance(whole, Ran)
    base = np.abs(SERIES.values - 100) / 15
    return Certificate(
        source_sha256=source_hash(HONEST),
        direction=Direction.FLAG,
        params=NUMBERS,
        data=data_of(SERIES, LABELS, splits),
        examination=examined(HONEST),
        evidence=evidence_by_part(RuleBesideBase(Direction.FLAG, whole.scores, base, LABELS, DEFAULT), splits),
    )


def test_a_certificate_goes_through_json_and_compares_equal() -> None:
    made = certificate()
    read = Certificate.model_validate(json.loads(made.model_dump_json()))
    assert read == made
    assert all(check.holds for check in compare(made, read))
    assert made.evidence["train"].gained is not None
    assert made.evidence["train"].gained > 0
    assert made.evidence["lockbox"].found.count == made.evidence["lockbox"].incidents


def test_a_comparison_names_what_differs() -> None:
    made = certificate()
    assert made.examination.verdicts is not None
    verdicts = made.examination.verdicts.model_copy(update={"flagged": 1})
    other = made.model_copy(update={"examination": made.examination.model_copy(update={"verdicts": verdicts})})
    assert [check.name for check in compare(made, other) if not check.holds] == ["verdicts"]
    moved = made.model_copy(update={"params": {**made.params, "threshold": 7.0}})
    assert [check.name for check in compare(made, moved) if not check.holds] == ["rule"]


def test_sensitivity_moves_every_parameter_both_ways() -> None:
    found = sensitivity(HONEST, NUMBERS, Input(SERIES.values, SERIES.seconds), here, lambda scores: float(scores[-1]))
    by_name = {each.param: each for each in found}
    assert set(by_name) == {"window", "threshold"}
    objectives = by_name["threshold"].objective
    assert set(objectives) == {"0.75", "0.9", "1.1", "1.25"}
    assert objectives["0.75"] is not None
    assert objectives["1.25"] is not None
    assert objectives["0.75"] * 0.75 == pytest.approx(objectives["1.25"] * 1.25, rel=1e-3)
