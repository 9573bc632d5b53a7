import numpy as np
import pytest

from argosy.detectors.rivals import RIVALS
from argosy.detectors.rivals.controls import OracleDetector, RandomDetector
from argosy.eval.objective import DEFAULT
from argosy.signals.arrays import Bools
from argosy.signals.series import Series


def _marks(name: str) -> list[pytest.MarkDecorator]:
    """Those of other packages take seconds to import, and what numba compiles takes a minute the first time."""
    needs = RIVALS[name].needs
    return [*([pytest.mark.slow] if needs else []), *([pytest.mark.torch] if needs == "torch" else [])]


_ALL = [pytest.param(name, marks=_marks(name)) for name in sorted(RIVALS)]


def _series(n: int = 3000) -> tuple[Series, Bools]:
    draw = np.random.default_rng(3)
    values = np.sin(np.arange(n) / 30) + 0.05 * draw.normal(size=n)
    labels = np.zeros(n, dtype=np.bool_)
    for start in range(150, n, 240):
        values[start : start + 8] += draw.choice([-3.0, 3.0], size=8)
        labels[start : start + 8] = True
    return Series("s", np.arange(n, dtype=np.int64) * 60, values, 60), labels


@pytest.mark.parametrize("name", _ALL)
def test_a_rival_finds_what_is_plain_and_looks_ahead_only_where_it_says_so(name: str) -> None:
    series, labels = _series()
    detector = RIVALS[name].detector(DEFAULT, 0).fit(series.part(0, 1500), labels[:1500])
    scores = detector.score(series).values
    assert scores.shape == (3000,)
    assert DEFAULT(labels[1500:], scores[1500:] >= 1) > 0.25
    past = detector.score(series.part(0, 2000)).values
    assert np.allclose(past, scores[:2000], rtol=1e-6, atol=1e-6, equal_nan=True) is RIVALS[name].causal
    again = RIVALS[name].detector(DEFAULT, 0).fit(series.part(0, 1500), labels[:1500]).score(series)
    np.testing.assert_array_equal(again.values, scores)


@pytest.mark.parametrize("name", _ALL)
def test_a_rival_bears_gaps_constant_and_tiny_series(name: str) -> None:
    series, labels = _series(900)
    values = series.values.copy()
    values[::7] = np.nan
    holed = Series("s", series.seconds, values, 60)
    fitted = RIVALS[name].detector(DEFAULT, 0).fit(holed.part(0, 450), labels[:450])
    scores = fitted.score(holed).values
    assert np.isnan(scores[::7]).all()
    for flat in (np.zeros(200), np.full(200, np.nan), np.array([1.0])):
        plain = Series("s", np.arange(len(flat), dtype=np.int64), flat, 1)
        fitted = RIVALS[name].detector(DEFAULT, 0).fit(plain, None)
        assert not fitted.score(plain).flags.any()
        assert len(fitted.score(plain.part(0, 0)).values) == 0


def test_controls_know_nothing_or_everything() -> None:
    series, labels = _series()
    sentinel = OracleDetector(series.seconds, labels).fit(series, None)
    assert DEFAULT(labels, sentinel.score(series).flags) == pytest.approx(1.0)
    drawn = RandomDetector(DEFAULT, 5).fit(series.part(0, 1500), labels[:1500])
    assert DEFAULT(labels[1500:], drawn.score(series).flags[1500:]) < 0.2
    np.testing.assert_array_equal(drawn.score(series.part(0, 900)).values, drawn.score(series).values[:900])
