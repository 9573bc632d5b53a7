"""What float64 cannot hold is said, or refused where it was all there is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.signals.errors import BadInput

BIG = 2**60


def notes(folder: Path, cells: list[object], suffix: str = "csv") -> tuple[str, ...]:
    frame = pd.DataFrame({"timestamp": 1_600_000_000 + 60 * np.arange(len(cells)), "value": cells})
    path = folder / f"x.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_csv(path, index=False)
    return read_series(TableRequest(path)).notes


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_signal_that_rounding_takes_away_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(
        BadInput, match=r"column 'value': its whole numbers differ by less than 128.* subtract a constant"
    ):
        notes(tmp_path, [BIG - 600 + 64 + at % 5 for at in range(9)], suffix)


@pytest.mark.parametrize("cells", [[BIG + 300 * at for at in range(9)], [9.1e18 + 1024 * at for at in range(9)]])
def test_a_signal_that_rounding_makes_coarse_is_said(tmp_path: Path, cells: list[object]) -> None:
    assert "are rounded to multiples of" in notes(tmp_path, cells)[0]


@pytest.mark.parametrize(
    "cells",
    [
        [2**53, 2**53 - 1, 1],
        [BIG + 10**9 * at for at in range(9)],
        [1e20 * at for at in range(9)],
        [BIG] * 3,
        [1e15, 1],
    ],
)
def test_what_is_held_well_is_not_mentioned(tmp_path: Path, cells: list[object]) -> None:
    assert not [note for note in notes(tmp_path, cells) if "2^53" in note or "beyond" in note]


def test_a_value_that_swamps_all_others_is_said(tmp_path: Path) -> None:
    (note,) = notes(tmp_path, [9.5, 10.5, 1e149, 9.0])
    assert note.startswith("1e+149 in row 4 lies far beyond all values before")


def test_points_that_may_separate_thousands_are_said(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        "timestamp;value\n1600000000;987\n1600000060;1.234\n1600000120;1.102\n1600000180;912\n"
    )
    (note,) = read_series(TableRequest(tmp_path / "x.csv")).notes
    assert note.startswith("'1.234' is read with decimals, far below")
    assert "--decimal ," in note


@pytest.mark.parametrize(
    "cells", [[1.333, 2, 2.5, 3], [100.251, 99, 101.5], [0.123, 0.5, 12], [1.234, 1.5, 2000], [5, 6, 7]]
)
def test_usual_decimals_are_not_mentioned(tmp_path: Path, cells: list[object]) -> None:
    assert notes(tmp_path, cells) == ()
