"""The faster medians are the same numbers, to the last bit."""

import numpy as np
import pandas as pd
import pytest

from argosy.detectors.baselines.full_medians import full_medians
from argosy.detectors.baselines.past import FAST_FROM_POINTS, median_before


@pytest.mark.parametrize("window", [1, 2, 5, 10, 61])
def test_full_medians_are_those_of_pandas(window: int) -> None:
    values = np.random.default_rng(window).normal(size=500).round(2)
    whole = pd.Series(values).rolling(window).median().to_numpy()[window - 1 :]
    assert full_medians(values, window).tolist() == whole.tolist()


def test_a_long_series_has_the_medians_of_a_short_one() -> None:
    values = np.random.default_rng(0).normal(size=FAST_FROM_POINTS)
    short = values[: FAST_FROM_POINTS - 1]
    assert np.array_equal(median_before(values, 20)[:-1], median_before(short, 20), equal_nan=True)
