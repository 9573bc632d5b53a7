"""A small labelled series in a file: noise around 100 with fifteen drops, every other one shallow."""

from pathlib import Path

import numpy as np
import pandas as pd

POINTS = 2_500


def labelled_table() -> pd.DataFrame:
    """Columns timestamp (Unix seconds), value, label and mine, the verdicts of a crude detector."""
    rng = np.random.default_rng(0)
    values, labels = 100 + rng.normal(0, 1, POINTS), np.zeros(POINTS, dtype=int)
    for number, start in enumerate(np.linspace(100, POINTS - 100, 15).astype(int)):
        values[start : start + 8] -= 25 if number % 2 else 9
        labels[start : start + 8] = 1
    seconds = 1_700_000_000 + 60 * np.arange(POINTS)
    return pd.DataFrame(
        {"timestamp": seconds, "value": values, "label": labels, "mine": (np.abs(values - 100) > 15).astype(int)}
    )


def write_labelled_csv(path: Path, **names: str) -> Path:
    """Writes the table, its columns renamed where a name is given."""
    labelled_table().rename(columns=names).to_csv(path, index=False)
    return path
