"""The files that commands in pages speak of, made small from the bundled curve."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from argosy.inputs.example import example_path

METRIC = slice(45_500, 58_000)
"""Eleven incidents; a session on it ends with a rule."""

NEW = slice(58_000, 61_000)
DOUBLED = 59_000
NEWER = slice(58_000, 62_000)
NEWEST = slice(58_000, 70_000)
NEW_BEGINS = pd.Timestamp("2024-05-01T00:00:00Z")


def write_samples(folder: Path) -> None:
    """Puts them into a folder. What each holds stands in docs/extend/docs.md."""
    curve = _curve()
    metric, new = curve[METRIC], curve[NEW]
    metric.to_csv(folder / "metric.csv", index=False)
    metric.drop(columns="label").to_parquet(folder / "metric.parquet", index=False)
    _incidents(metric).to_csv(folder / "incidents.csv", index=False)
    new.to_csv(folder / "new.csv", index=False)
    _doubled(curve[NEWER]).to_csv(folder / "newer.csv", index=False)
    _doubled(curve[NEWEST]).to_csv(folder / "newest.csv", index=False)
    _several(metric).to_parquet(folder / "metrics.parquet", index=False)
    packaged = folder / "argosy" / "data"
    packaged.mkdir(parents=True)
    shutil.copy(example_path(), packaged)
    (folder / "data").mkdir()
    curve[slice(METRIC.start, NEW.stop)].to_csv(folder / "data" / "metric.csv", index=False)
    _write_lines(folder)
    _write_records(folder)


def _curve() -> pd.DataFrame:
    """Columns timestamp, value, label, and my_score, the score of a crude detector."""
    table = pd.read_csv(example_path())
    minutes = pd.to_timedelta(np.arange(len(table)) - NEW.start, unit="min")
    spread = table["value"].rolling(1_440, min_periods=10)
    score = ((table["value"] - spread.median()).abs() / (4 * spread.std())).fillna(0).round(3)
    times = (NEW_BEGINS + minutes).strftime("%Y-%m-%dT%H:%M:%SZ")
    return pd.DataFrame(
        {"timestamp": times, "value": table["value"], "label": table["label"], "my_score": score},
    )


def _doubled(table: pd.DataFrame) -> pd.DataFrame:
    """Something that changed for good."""
    return table.assign(value=table["value"].where(table.index < DOUBLED, 2 * table["value"]))


def _incidents(table: pd.DataFrame) -> pd.DataFrame:
    flags = np.concatenate([[0], table["label"].to_numpy(), [0]])
    starts, ends = np.flatnonzero(np.diff(flags) == 1), np.flatnonzero(np.diff(flags) == -1)
    times = table["timestamp"].to_numpy()
    return pd.DataFrame({"start": times[starts], "end": times[ends], "kind": "drop", "author": "ann"})


def _several(table: pd.DataFrame) -> pd.DataFrame:
    halves = [table[["timestamp", "value", "label"]].assign(series=name) for name in ("web-1", "web-2")]
    halves[1] = halves[1].assign(value=halves[1]["value"] * 2 + 100)
    return pd.concat(halves, ignore_index=True)


def _write_lines(folder: Path) -> None:
    lines, sample = [], []
    for number in range(400):
        stamp = f"2024-05-01T00:{number // 60:02}:{number % 60:02}Z"
        text = f"{stamp} node-{number % 7} INFO http: GET /items/{number} status=200 took {3 + number % 9} ms"
        if number % 50 == 7:
            text = f"{stamp} node-{number % 7} ERROR disk: write failed on /dev/sd{number % 3} after {number} tries"
        lines.append(text)
        if number % 5 == 2:
            sample.append(json.dumps({"message": text, "label": int("ERROR" in text)}))
    (folder / "app.log").write_text("\n".join(lines) + "\n")
    (folder / "sample.jsonl").write_text("\n".join(sample) + "\n")


def _write_records(folder: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [
        {
            "id": number,
            "user": ("ann", "bob", "cid")[number % 3],
            "city": "Lagos" if number == 100 else ("Berlin", "Bonn")[number % 2],
            "app": "mail",
            "ms": round(float(rng.normal(60, 8)) + (110 if number == 100 else 0), 1),
        }
        for number in range(180)
    ]
    pd.DataFrame(rows).to_csv(folder / "logins.csv", index=False)
    (folder / "signins.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "rules.md").write_text(
        "- A login from a city where nobody of us works matters.\n- Slow answers do not.\n"
    )
    (folder / "practices.md").write_text("We look for drops first; a late alert is worth little.\n")
