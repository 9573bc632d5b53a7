"""Parents: of rules that find the same in the same way the best is kept, and others beside it."""

from collections.abc import Iterable, Iterator
from itertools import cycle

import numpy as np
import pytest
from langchain_core.messages import BaseMessage

from argosy.detectors.rules.rule import Direction
from argosy.eval.splits import split
from argosy.graphs.refine import SessionData, Settings
from argosy.graphs.refine.archive import niche_of
from argosy.graphs.refine.state import Candidate
from argosy.sandbox.local import LocalSandbox
from argosy.signals.series import Series
from tests.graphs.refine.session_data import Limits, Ran, a_series, refine, speaker_of

_RULE = '''```python
"""Flags {summary}."""
{imports}PARAMS = {{"below": ({below}, {below}, {below})}}


def detect(values, seconds, *, below):
    return {what}
```'''
_ALL = _RULE.format(summary="every drop", imports="", below=95.0, what="(values < below) * 2.0")
_HALF = _RULE.format(summary="half of each drop", imports="", below=92.0, what="(values < below) * 2.0")
_LATE = _RULE.format(
    summary="drops that last",
    imports="import pandas as pd\n\n",
    below=95.0,
    what="(pd.Series(values).rolling(7, min_periods=7).max().to_numpy() < below) * 2.0",
)


@pytest.fixture(scope="module")
def kept() -> Iterator[Ran]:
    replies = cycle([_HALF, _ALL, _LATE])

    def answer(messages: list[BaseMessage]) -> str:
        if '"role":"review"' in messages[1].text:
            return '{"verdict": "accept", "reason": "fine", "feedback": ""}'
        return next(replies)

    series, labels = a_series()
    local = LocalSandbox()
    yield refine(
        local, speaker_of(answer, language_model=True), series, labels, Settings(rounds=1, candidates=3, archive_size=2)
    )
    local.close()


def _summaries(candidates: Iterable[Candidate]) -> list[str]:
    return [each.source.partition(".")[0].removeprefix('"""Flags ') for each in candidates]


@pytest.mark.slow
def test_the_best_of_each_niche_comes_before_the_second_of_another(kept: Ran) -> None:
    assert _summaries(kept.state["archive"]) == ["every drop", "drops that last"]
    (half, last) = (
        each.assessment.train
        for wanted in ("half of each drop", "drops that last")
        for each in kept.data.assessed.values()
        if each.assessment and _summaries([each]) == [wanted]
    )
    assert half > last


@pytest.mark.slow
def test_the_transcript_says_for_what_each_parent_is_kept(kept: Ran) -> None:
    said = sorted(decision.why for decision in kept.recorder.decisions("kept as a parent"))
    assert [each.rpartition(",")[0] for each in said] == ["flag: drop, at once", "flag: drop, in time"]


def _data(shape: list[float], labelled: bool = True) -> SessionData:
    """Noise around 100 with four stretches of this shape in training; where not labelled they are false alarms."""
    values = 100 + np.random.default_rng(0).normal(0, 1, 2000)
    labels = np.zeros(2000, dtype=np.bool_)
    for start in (200, 400, 600, 800):
        values[start : start + len(shape)] = shape
        labels[start : start + len(shape)] = labelled
    data = SessionData(Series("s", 60 * np.arange(2000, dtype=np.int64), values, 60), labels, split(2000))
    data.set_base(Limits())
    return data


@pytest.mark.parametrize(
    ("shape", "direction", "fires_after", "niche"),
    [
        ([130.0] * 8, Direction.FLAG, 0, "flag: rise, at once, 1+ nodes"),
        ([130.0] * 3, Direction.FLAG, 0, "flag: brief rise, at once, 1+ nodes"),
        ([70.0] * 8, Direction.FLAG, 4, "flag: drop, in time, 1+ nodes"),
        ([70.0] * 40, Direction.FLAG, 20, "flag: drop, late, 1+ nodes"),
        ([100.0] * 8, Direction.FLAG, 0, "flag: unrest, at once, 1+ nodes"),
        ([float("nan")] * 8, Direction.FLAG, 0, "flag: unrest, at once, 1+ nodes"),
        ([130.0] * 8, Direction.CLEAR, 0, "clear: rise, at once, 1+ nodes"),
        ([100.0] * 8, Direction.CLEAR, 0, "None"),
        ([130.0] * 8, Direction.FLAG, 10, "None"),
    ],
)
def test_a_niche_is_what_a_rule_finds_and_when(
    shape: list[float], direction: Direction, fires_after: int, niche: str
) -> None:
    data = _data(shape, labelled=direction is Direction.FLAG)
    scores = np.full(len(data.known), np.nan)
    for start in (200, 400, 600, 800):
        scores[start + fires_after] = 2.0
    data.rule_scores["c"] = scores
    assert str(niche_of(Candidate("c", 1, 1, direction), data)) == niche


def test_missing_values_before_an_incident_leave_its_kind_open() -> None:
    data = _data([130.0] * 8)
    data.train.values[:800] = np.nan
    data.rule_scores["c"] = np.where(data.known_labels, 2.0, 0.0)
    assert str(niche_of(Candidate("c", 1, 1, Direction.FLAG), data)) == "flag: unrest, at once, 1+ nodes"
