"""A rule as a detector, in a real sandbox."""

from collections.abc import Iterator

import numpy as np
import pytest

from argosy.detectors.rules.rule import Direction, read_rule
from argosy.detectors.rules.rule_detector import RuleDetector, RuleFailed
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.protocol import Broke
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

pytestmark = pytest.mark.slow

SOURCE = '''"""Flags high values."""
PARAMS = {"threshold": (90.0, 1.0, 100.0)}


def detect(values, seconds, *, threshold):
    return values / threshold
'''


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    found = LocalSandbox()
    yield found
    found.close()


def series() -> tuple[Series, np.ndarray]:
    values = np.random.default_rng(0).normal(0, 1, 500)
    labels = np.zeros(500, dtype=np.bool_)
    labels[50::100] = True
    values[labels] += 20
    return Series("s", 60 * np.arange(500, dtype=np.int64), values, 60), labels


def test_a_rule_is_a_detector_that_learns_its_numbers(sandbox):
    given, labels = series()
    detector = RuleDetector(read_rule(SOURCE), {"threshold": 90.0}, sandbox, Direction.FLAG)
    assert isinstance(detector, Detector)
    assert not detector.score(given).flags.any()
    before = detector.name
    scores = detector.fit(given, labels).score(given)
    np.testing.assert_array_equal(scores.flags, labels)
    assert detector.name != before
    np.testing.assert_array_equal(scores.fired[detector.name], labels)


def test_without_labels_the_numbers_stay(sandbox):
    given, _ = series()
    detector = RuleDetector(read_rule(SOURCE), {"threshold": 90.0}, sandbox).fit(given, None)
    assert detector.params == {"threshold": 90.0}


def test_a_rule_that_breaks_raises_with_its_outcome(sandbox):
    given, _ = series()
    broken = read_rule(SOURCE.replace("values / threshold", "values[10_000]"))
    with pytest.raises(RuleFailed) as failed:
        RuleDetector(broken, broken.defaults, sandbox).score(given)
    assert isinstance(failed.value.outcome, Broke)
