"""Runs the steps of the public package `sigllm` on inputs of its own making and writes what comes out, as JSON.

It is no test and imports nothing of ours: it runs in an environment of its own, because that package needs numpy < 2.
`test_sigllm_public.py` compares. To make the figures again:

    uv venv --python 3.11 ENV
    uv pip install --python ENV/bin/python --no-deps -r tests/agents/sigllm/sigllm_public.txt
    ENV/bin/python tests/agents/sigllm/sigllm_public.py > tests/agents/sigllm/sigllm_public.json

The steps before and after the model need neither torch nor a pipeline runner, so the packages' own `__init__`, which
import both, are passed over.
"""

import json
import sys
from importlib.machinery import PathFinder
from types import ModuleType

import numpy as np
import pandas as pd


def bare(name):
    """A package whose modules can be imported without its `__init__` being run."""
    parent = sys.modules.get(name.rpartition(".")[0])
    found = PathFinder.find_spec(name, parent and parent.__path__)
    module = ModuleType(name)
    module.__path__ = list(found.submodule_search_locations)
    sys.modules[name] = module


def steps():
    for name in ("sigllm", "mlstars", "orion"):
        bare(name)
    sys.modules["pyts"] = ModuleType("pyts")
    sys.modules["pyts.metrics"] = ModuleType("pyts.metrics")
    sys.modules["pyts.metrics"].dtw = None
    rng = np.random.default_rng(20240523)
    return {
        "aggregated": aggregated(rng),
        "scaled": scaled(rng),
        "windows": windows(),
        "texts": texts(rng),
        "replies": replies(),
        "votes": votes(rng),
        "intervals": intervals(rng),
        "forecasts": forecasts(rng),
        "errors": errors(rng),
        "anomalies": anomalies(rng),
        "overlaps": overlaps(rng),
    }


def walk(rng, points):
    values = 50 + 10 * np.sin(np.arange(points) / 7) + rng.normal(0, 1.5, points)
    values[points // 2 : points // 2 + 4] += 40
    return np.round(values, 3)


def aggregated(rng):
    from mlstars.custom.timeseries_preprocessing import time_segments_aggregate
    from sklearn.impute import SimpleImputer

    cases = []
    seconds = 1_400_000_000 + 300 * np.arange(340) + rng.integers(-60, 60, 340)
    keep = rng.random(340) > 0.1
    keep[100:130] = False
    seconds, values = seconds[keep], walk(rng, 340)[keep]
    values[rng.random(len(values)) < 0.05] = np.nan
    frame = pd.DataFrame({"timestamp": seconds, "value": values})
    for interval in (300, 450, 3600):
        found, index = time_segments_aggregate(frame, interval, "timestamp", "mean")
        filled = SimpleImputer().fit_transform(found)
        cases.append(
            {
                "interval": interval,
                "index": index.tolist(),
                "values": [None if v != v else v for v in found[:, 0]],
                "imputed": filled[:, 0].tolist(),
            }
        )
    return {"seconds": seconds.tolist(), "values": [None if v != v else v for v in values], "cases": cases}


def scaled(rng):
    from sigllm.primitives.transformation import Float2Scalar, Scalar2Float

    cases = []
    for decimals in (0, 1, 2, 3):
        values = np.round(rng.normal(-3, 20, 120), int(rng.integers(1, 5)))
        step = Float2Scalar(decimal=decimals)
        step.fit(values)
        numbers, minimum, decimal = step.transform(values)
        back = Scalar2Float().transform(numbers, minimum, decimal)
        cases.append(
            {"decimals": decimals, "values": values.tolist(), "numbers": numbers.tolist(), "back": back.tolist()}
        )
    return cases


def windows():
    from mlstars.custom.timeseries_preprocessing import rolling_window_sequences as forecast
    from sigllm.primitives.prompting.timeseries_preprocessing import rolling_window_sequences as rolling

    cases = []
    for points, size, step in ((500, 200, 40), (520, 200, 40), (333, 100, 100), (200, 200, 40), (90, 31, 7)):
        values = np.arange(points)
        starts = rolling(values, size, step)[1]
        first, target = forecast(values.reshape(-1, 1), values, size, 1, step, 0)[2:]
        cases.append(
            {
                "points": points,
                "size": size,
                "step": step,
                "starts": starts.tolist(),
                "forecast_starts": first.tolist(),
                "targets": target.tolist(),
            }
        )
    return cases


def texts(rng):
    from sigllm.primitives.transformation import format_as_integer, format_as_string

    cases = []
    for most in (9, 1_000, 10**9):
        numbers = rng.integers(0, most, 60)
        for spaced in (False, True):
            text = format_as_string(numbers, space=spaced, single=True)
            read = format_as_integer([[text]])[0][0]
            cases.append({"numbers": numbers.tolist(), "spaced": spaced, "text": text, "read": read.tolist()})
    return cases


REPLIES = (
    "105,200,310",
    " 1 0 5 , 2 0 0 , 3 1 0 ",
    "105, 200, 310",
    "105,200,",
    ",105,,200",
    "105,x,310",
    "105,abc12,310",
    "7",
    "0,0,0",
    "",
    "nothing here",
    "12.5,13",
    "105,-3,310",
    "the values are 105,200,310",
    "105\n200",
)


def replies():
    from sigllm.primitives.transformation import format_as_integer

    def read(text, errors):
        return [None if v != v else v for v in np.asarray(format_as_integer([[text]], errors=errors)[0][0], float)]

    return [{"text": text, "ignore": read(text, "ignore"), "coerce": read(text, "coerce")} for text in REPLIES]


def votes(rng):
    from sigllm.primitives.prompting.anomalies import find_anomalies_in_windows, merge_anomalous_sequences, val2idx

    cases = []
    for alpha, beta in ((0.4, 0.5), (0.7, 0.3), (0.1, 1.0), (1.0, 0.2)):
        series = rng.integers(0, 40, 120)
        starts = np.arange(0, 81, 10)
        sequences = np.asarray([series[s : s + 40] for s in starts])
        said = [[listed(rng) for _ in range(10)] for _ in starts]
        found = np.empty((len(starts), 10), dtype=object)
        for w, samples in enumerate(said):
            for s, numbers in enumerate(samples):
                found[w, s] = np.array(numbers, dtype=float)
        marks = np.empty((len(starts), 10), dtype=object)
        for w, row in enumerate(found):
            for s, numbers in enumerate(row):
                marks[w, s] = val2idx([[numbers]], [sequences[w].reshape(-1, 1)])[0][0].astype(int)
        agreed = [find_anomalies_in_windows(np.array([row]), alpha)[0] for row in marks]
        merged = merge_anomalous_sequences(agreed, starts, 40, 10, beta)
        cases.append(
            {
                "alpha": alpha,
                "beta": beta,
                "series": series.tolist(),
                "said": said,
                "agreed": [np.asarray(each, int).tolist() for each in agreed],
                "merged": np.asarray(merged, int).tolist(),
            }
        )
    return cases


def listed(rng):
    """A few values by chance, and some that most samples agree on."""
    chance = rng.choice(40, int(rng.integers(0, 5)), replace=False)
    return sorted({*chance.tolist(), *(value for value in (3, 17, 31) if rng.random() < 0.6)})


def intervals(rng):
    from sigllm.primitives.prompting.anomalies import format_anomalies

    timestamps = 1_000 + 60 * np.arange(300)
    cases = []
    for padding, count in ((50, 3), (5, 6), (0, 8), (7, 0)):
        at = np.sort(rng.choice(300, count, replace=False))
        found = format_anomalies(at, timestamps, padding)
        cases.append({"padding": padding, "at": at.tolist(), "found": [[int(a), int(b)] for a, b, _ in found]})
    return cases


def forecasts(rng):
    from sigllm.primitives.postprocessing import aggregate_rolling_window, outliers

    cases = []
    for samples, horizon in ((1, 1), (1, 5), (4, 5), (10, 3)):
        said = rng.integers(0, 1_000, (30, samples, horizon)).astype(float)
        said[3, 0, 0] = 99_999.0
        medians = aggregate_rolling_window(said.copy())
        kept = outliers(said.copy())
        cases.append(
            {"said": said.tolist(), "medians": medians.tolist(), "dropped": np.argwhere(np.isnan(kept)).tolist()}
        )
    return cases


def errors(rng):
    from orion.primitives.timeseries_errors import regression_errors

    cases = []
    for points in (60, 250, 400):
        values, guessed = walk(rng, points), walk(rng, points)
        found = regression_errors(values.reshape(-1, 1), guessed.reshape(-1, 1))
        cases.append({"values": values.tolist(), "guessed": guessed.tolist(), "errors": found.tolist()})
    return cases


def anomalies(rng):
    from orion.primitives.timeseries_anomalies import find_anomalies

    cases = []
    for points, bursts, padding in ((360, 1, 50), (360, 2, 10), (500, 3, 20), (300, 5, 3), (250, 0, 50), (200, 2, 50)):
        values = np.abs(rng.normal(0, 1, points))
        for _ in range(bursts):
            at = int(rng.integers(5, points - 5))
            values[at : at + int(rng.integers(1, 5))] += rng.uniform(6, 30)
        values = np.round(values, 4)
        found = find_anomalies(
            values,
            np.arange(points),
            window_size_portion=0.3,
            window_step_size_portion=0.1,
            fixed_threshold=True,
            anomaly_padding=padding,
        )
        cases.append({"padding": padding, "errors": values.tolist(), "found": found.tolist()})
    return cases


def overlaps(rng):
    bare("orion.evaluation")
    from orion.evaluation.contextual import contextual_confusion_matrix

    cases = []
    for _ in range(6):
        labels, flags = rng.random(80) < 0.15, rng.random(80) < 0.15
        _, fp, fn, tp = contextual_confusion_matrix(runs(labels), runs(flags), weighted=False)
        marks = ["".join("01"[int(each)] for each in row) for row in (labels, flags)]
        cases.append({"labels": marks[0], "flags": marks[1], "tp": tp, "fp": fp, "fn": fn})
    return cases


def runs(flags):
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


if __name__ == "__main__":
    print(
        "\n".join(
            ["{"]
            + [
                f"{json.dumps(name)}: {json.dumps(cases)}{'' if name == 'overlaps' else ','}"
                for name, cases in steps().items()
            ]
            + ["}"]
        )
    )
