from functools import cache

import numpy as np
import pytest

from argosy.detectors.baselines.choose import WORTH_OF_A_POINT, BaselineTrial, choose_base
from argosy.detectors.baselines.residuals import FromMean, FromMedian, FromSeason
from argosy.detectors.baselines.swept import Side
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.fusion.blend import Blend, blend
from argosy.eval.metrics import event_pa
from argosy.eval.objective import DEFAULT
from argosy.eval.splits import Splits, split
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

DAY = 96  # points of fifteen minutes


def _series(values: Floats, absent: Bools | None = None) -> Series:
    seconds = np.arange(len(values), dtype=np.int64) * 900
    kept = np.ones(len(values), dtype=np.bool_) if absent is None else ~absent
    return Series("a", seconds[kept], values[kept], 900)


def _daily(n: int = 2400, seed: int = 0) -> Floats:
    draw = np.random.default_rng(seed)
    return 10 + 3 * np.sin(np.arange(n) * 2 * np.pi / DAY) + 0.2 * draw.normal(size=n)


def _spiked(n: int = 2400, size: float = 6.0) -> tuple[Series, Bools]:
    values, labels = _daily(n), np.zeros(n, dtype=np.bool_)
    for start in range(150, n, 210):
        values[start : start + 4] += size
        labels[start : start + 4] = True
    return _series(values), labels


def _holed(n: int = 2400) -> tuple[Series, Bools]:
    draw = np.random.default_rng(1)
    series, labels = _spiked(n)
    values = series.values.copy()
    values[draw.random(n) < 0.05] = np.nan
    values[700:760] = np.nan
    absent = draw.random(n) < 0.03
    absent[1000:1100] = True
    return _series(values, absent), labels[~absent]


CASES = {"even": _spiked, "holes and absent rows": _holed}


@pytest.fixture(params=BASELINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_is_a_detector_and_finds_what_is_plain(name: str) -> None:
    series, labels = _spiked()
    detector = BASELINES[name](DEFAULT, 0)
    assert isinstance(detector, Detector)
    assert detector.name == name
    scores = detector.fit(series.part(0, 1200), labels[:1200]).score(series)
    assert len(scores.values) == len(series)
    assert np.isnan(scores.values[0])
    assert event_pa(labels[1200:], scores.flags[1200:]).f1 > 0.8
    assert detector.chosen is not None
    assert detector.chosen.side != Side.DOWN


@pytest.mark.parametrize("case", CASES)
def test_what_comes_later_changes_no_score(name: str, case: str) -> None:
    series, labels = CASES[case]()
    half = len(series) // 2
    detector = BASELINES[name](DEFAULT, 0).fit(series.part(0, half), labels[:half])
    scores = detector.score(series).values
    draw = np.random.default_rng(2)
    for cut in [1, 2, 3, 10, DAY, DAY + 1, *draw.integers(4, len(series), 5)]:
        alone = detector.score(series.part(0, cut)).values
        np.testing.assert_allclose(alone, scores[:cut], rtol=0, atol=1e-9)
        values = series.values.copy()
        values[cut:] = draw.choice([np.nan, 1e6, -50.0, 0.0], len(values) - cut)
        other = detector.score(Series("a", series.seconds, values, series.step_s)).values
        np.testing.assert_allclose(other[:cut], scores[:cut], rtol=0, atol=1e-9)


def test_missing_values_have_no_score(name: str) -> None:
    series, labels = _holed()
    scores = BASELINES[name](DEFAULT, 0).fit(series, labels).score(series)
    assert np.isnan(scores.values[np.isnan(series.values)]).all()
    assert event_pa(labels, scores.flags).f1 > 0.6


@cache
def fitted(name: str) -> Detector:
    """A baseline that has learned from a usual series."""
    return BASELINES[name](DEFAULT, 0).fit(*_spiked(600))


ODD = {
    "empty": np.empty(0),
    "one point": np.ones(1),
    "three points": np.array([1.0, 5.0, 2.0]),
    "all missing": np.full(300, np.nan),
    "constant": np.full(300, 4.0),
    "zeros": np.zeros(300),
    "two values": np.tile([0.0, 1.0], 150),
    "huge": np.tile([-1.7e308, 1.7e308, 0.0], 100),
    "tiny": np.tile([5e-324, 0.0], 150),
    "mostly missing": np.where(np.arange(300) % 50 == 0, 1.0, np.nan),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_series_are_fitted_and_scored(name: str, odd: str) -> None:
    series, usual = _series(ODD[odd]), _spiked(300)[0]
    for labels in (None, np.arange(len(series)) == 1):
        detector = BASELINES[name](DEFAULT, 0).fit(series, labels)
        for scored in (series, usual):
            scores = detector.score(scored).values
            assert scores.shape == (len(scored),)
            assert scores.dtype == np.float64
    assert fitted(name).score(series).values.shape == (len(series),)


def test_a_constant_series_is_quiet_until_it_moves(name: str) -> None:
    series = _series(np.append(np.full(600, 4.0), 8.0))
    flags = BASELINES[name](DEFAULT, 0).fit(series.part(0, 500), None).score(series).flags
    assert not flags[:600].any()
    assert flags[600] or name == "iforest"  # every tree of a forest that saw one value only is a leaf


def test_without_labels_a_week_holds_few_flags(name: str) -> None:
    values = _daily(DAY * 70)
    series = _series(values)
    scores = BASELINES[name](DEFAULT, 0).fit(series, None).score(series)
    assert 0 < np.count_nonzero(scores.flags) <= 110


def test_the_same_seed_gives_the_same_scores(name: str) -> None:
    series, labels = _spiked(900)
    one, two = (BASELINES[name](DEFAULT, 3).fit(series, labels).score(series).values for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_drops_are_found_by_looking_down() -> None:
    series, labels = _spiked()
    drops = _series(20 - series.values)
    for name in ("robust_z", "ewma", "seasonal", "autoregression"):
        detector = BASELINES[name](DEFAULT, 0).fit(drops, labels)
        assert detector.chosen is not None
        assert detector.chosen.side != Side.UP
        assert event_pa(labels, detector.score(drops).flags).f1 > 0.8


def test_residuals_equal_the_plain_loops() -> None:
    series, _ = _holed(700)
    values, seconds = series.values, series.seconds
    by_second = dict(zip(seconds.tolist(), values.tolist(), strict=True))
    median, season, step = FromMedian(8)(series), FromSeason(DAY, 0)(series), FromMean(1)(series)
    for i in range(1, len(values)):
        known = [v for v in values[max(0, i - 8) : i] if not np.isnan(v)]
        expected = values[i] - np.median(known) if len(known) >= 3 else np.nan
        assert median[i] == pytest.approx(expected, nan_ok=True) or len(known) == 2
        phase = [by_second.get(int(seconds[i]) - DAY * 900 * k, np.nan) for k in range(1, 8)]
        phase = [v for v in phase if not np.isnan(v)]
        assert season[i] == pytest.approx(values[i] - np.median(phase) if phase else np.nan, nan_ok=True)
        last = [v for v in values[:i] if not np.isnan(v)][-1:]
        assert step[i] == pytest.approx(values[i] - last[0] if last else np.nan, nan_ok=True)


def test_the_choice_holds_up_in_training_and_validation() -> None:
    series, labels = _spiked(size=1.5)
    splits = split(len(series))
    choice = choose_base(series, labels, splits, DEFAULT)
    assert [trial.name for trial in choice.trials] == list(BASELINES)
    worse = {trial.name: min(trial.train, trial.validation) for trial in choice.trials}
    best = max(choice.trials, key=lambda trial: worse[trial.name])
    kept = next(trial for trial in choice.trials if trial.name == choice.detector.name)
    assert kept.worth == max(trial.worth for trial in choice.trials)
    assert worse[kept.name] >= worse[best.name] - WORTH_OF_A_POINT * (kept.points - best.points)
    later = series.values.copy()
    later[splits.lockbox] = -1e9
    again = choose_base(Series("a", series.seconds, later, 900), labels, splits, DEFAULT)
    assert again.trials == choice.trials


def test_a_figure_that_falls_from_one_part_to_the_other_counts_as_the_lower() -> None:
    assert BaselineTrial("a", 0.9, 0.3).worth == BaselineTrial("b", 0.3, 0.9).worth == 0.3
    assert BaselineTrial("c", 0.6, 0.5).worth > BaselineTrial("d", 0.4, 1.0).worth


def test_the_ensemble_says_what_its_members_say_together() -> None:
    series, labels = _spiked(size=1.5)
    detector = BASELINES["ensemble"](DEFAULT, 0).fit(series, labels)
    names = ("robust_z", "ewma", "seasonal", "autoregression", "difference")
    said = {name: BASELINES[name](DEFAULT, 0).fit(series, labels).score(series) for name in names}
    assert detector.chosen is not None
    found = detector.chosen.statistic(series)
    same = [how for how in (Blend.MEAN, Blend.ANY) if np.array_equal(blend(how, said).values, found, equal_nan=True)]
    assert same
    np.testing.assert_array_equal(detector.score(series).values, found / detector.chosen.divisor)


def test_without_incidents_in_validation_training_decides() -> None:
    series, labels = _spiked(size=1.5)
    labels[1200:] = False
    choice = choose_base(series, labels, Splits(1200, 1400, 2400), DEFAULT)
    assert all(np.isnan(trial.validation) for trial in choice.trials)
    kept = next(trial for trial in choice.trials if trial.name == choice.detector.name)
    assert kept.train + kept.lead + WORTH_OF_A_POINT * kept.points == kept.worth
    assert kept.worth == max(trial.worth for trial in choice.trials)


def test_where_nothing_is_labelled_the_cards_decide() -> None:
    series, labels = _spiked()
    quiet = choose_base(series, labels & False, Splits(1200, 1400, 2400), DEFAULT, names=("ewma", "seasonal"))
    assert quiet.detector.name == "seasonal"  # the series has a season
    level = Series("a", series.seconds, np.random.default_rng(0).normal(size=len(series)), 900)
    quiet = choose_base(level, labels & False, Splits(1200, 1400, 2400), DEFAULT, names=("seasonal", "ewma"))
    assert quiet.detector.name == "ewma"
