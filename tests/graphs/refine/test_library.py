"""Reuse before asking: stored rules go through the graph's gates before the model is asked."""

from collections.abc import Iterator, Sequence

import pytest
from langchain_core.messages import BaseMessage

from argosy.detectors.rules.rule import Direction
from argosy.detectors.rules.transfer import Unit
from argosy.graphs.refine import Settings
from argosy.graphs.refine.offers import Library, Offer
from argosy.graphs.refine.state import Ending, Outcome
from argosy.sandbox.local import LocalSandbox
from tests.graphs.refine.session_data import a_series, embedded, refine, speaker_of

pytestmark = pytest.mark.slow

DROP = '''"""Flags a drop below the recent median."""
import pandas as pd

PARAMS = {"window": (60, 3, 360), "threshold": (6.0, 1.0, 100.0)}


def detect(values, seconds, *, window, threshold):
    x = pd.Series(values)
    return ((x.shift(1).rolling(window, min_periods=1).median() - x) / threshold).to_numpy(dtype=float)
'''
USELESS = '''"""Flags high values."""
PARAMS = {"threshold": (110.0, 90.0, 300.0)}


def detect(values, seconds, *, threshold):
    return values / threshold
'''
BREAKS = USELESS.replace("return values / threshold", "return values[10_000] / threshold")
PEEKS = DROP.replace("x.shift(1).rolling(window, min_periods=1)", "x.rolling(window, min_periods=1, center=True)")

SETTINGS = Settings(rounds=2, candidates=2, evaluations=16)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    found = LocalSandbox()
    yield found
    found.close()


def offer(name: str, source: str, direction: Direction = Direction.FLAG, **more: object) -> Offer:
    return Offer(name, source, {}, direction, False, **more)  # type: ignore[arg-type]


def unasked(messages: Sequence[BaseMessage]) -> str:
    raise AssertionError("the model was asked")


def test_no_model_is_asked_where_a_stored_rule_leaves_nothing_to_win(sandbox):
    series, labels = a_series()
    ran = refine(sandbox, speaker_of(unasked), series, labels, SETTINGS, library=Library((offer("r-1", DROP),)))
    assert ran.published.outcome is Outcome.FUSED
    assert ran.published.ending in (Ending.NOTHING_LEFT, Ending.LIBRARY_ENOUGH)
    (rule,) = ran.published.rules
    assert rule.candidate.ancestor == "r-1"
    assert rule.candidate.round == 0
    assert ran.published.certificates[rule.candidate.id].examination.refusals == ()


def test_a_rule_comes_into_the_unit_of_another_series(sandbox):
    series, labels = a_series()
    large = DROP.replace("(6.0, 1.0, 100.0)", "(60000.0, 10000.0, 1000000.0)")
    library = Library((offer("r-1", large, unit=Unit(14_000.0, 60)),))
    ran = refine(sandbox, speaker_of(unasked), series, labels, SETTINGS, library=library)
    (rule,) = ran.published.rules
    assert "values = values * UNIT" in rule.candidate.source
    assert rule.candidate.params["threshold"] >= 10_000


def test_the_model_is_asked_about_what_stored_rules_leave_and_neither_mends_nor_reviews_them(sandbox):
    series, labels = a_series()
    library = Library((offer("r-1", USELESS), offer("r-2", BREAKS), offer("r-3", PEEKS), offer("r-4", USELESS)))
    ran = refine(sandbox, speaker_of(embedded), series, labels, SETTINGS, library=library)
    assert ran.data.offered == 2
    assert not any(each.ancestor for each in ran.published.accepted)
    calls = [event for event in ran.recorder.events if event.kind == "model"]
    assert calls
    assert all(event.round > 0 for event in calls)
    assert any("r-2" in str(each.subject) for each in ran.recorder.decisions("dropped"))
    assert any("not mended" in each.why for each in ran.recorder.decisions("dropped"))


def test_no_more_stored_rules_are_tried_than_asked_for(sandbox):
    series, labels = a_series()
    sources = [USELESS, DROP.replace("- x)", "- x).abs()"), DROP.replace("median()", "max()"), DROP]
    library = Library(tuple(offer(f"r-{i}", source) for i, source in enumerate(sources)), most=2)
    ran = refine(sandbox, speaker_of(embedded), series, labels, SETTINGS, library=library)
    assert ran.data.offered == 2
    assert len({job.source for job in ran.recorder.jobs("tune l")}) <= 2


def test_an_empty_library_changes_nothing(sandbox):
    series, labels = a_series()
    without = refine(sandbox, speaker_of(embedded), series, labels, SETTINGS)
    empty = refine(sandbox, speaker_of(embedded), series, labels, SETTINGS, library=Library((), 8))
    assert [each.source for each in without.published.accepted] == [each.source for each in empty.published.accepted]
