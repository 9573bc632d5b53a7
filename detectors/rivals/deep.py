"""Two small neural networks: an LSTM that foretells the next value, and an autoencoder of windows.

Both import torch when they are fitted, compute in float64, and give the same scores for the same seed.
"""

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.rivals.windowed import FIT_ROWS, OfWindow
from argosy.detectors.rivals.windows import FEWEST_ROWS, Holding, quiet, quiet_rows, windows, without_opinion
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.series import Series

IMPORTED = "torch._dynamo"
"""What fitting imports in the end: torch's optimisers load this part of it when the first of them is made."""

HIDDEN = 16
RUN_UP, SPAN = 32, 32
"""The LSTM starts anew every `SPAN` points, `RUN_UP` points earlier: all spans of a series then run side by side."""

FIT_SPANS = 800
_SPANS_AT_ONCE = 4_096
LSTM_EPOCHS, LSTM_BATCH, LSTM_RATE = 10, 64, 0.01

WIDTH, INNER, CODE = 32, 16, 4
CODER_EPOCHS, CODER_BATCH, CODER_RATE = 12, 256, 0.003


@dataclass(frozen=True, eq=False)
class ForecastResidual:
    """The scaled value less what `foretell` makes of the values before it, in spreads."""

    holding: Holding
    foretell: Callable[[Floats], Floats]
    usual: float
    sides: tuple[Side, ...] = (Side.BOTH, Side.UP, Side.DOWN)

    def __call__(self, series: Series) -> Floats:
        if not len(series):
            return np.zeros(0)
        filled = self.holding(series.values)
        return without_opinion(series, (filled - self.foretell(filled)) / self.usual)


def lstm_ad(series: Series, labels: Bools | None, *, seed: int) -> Sequence[Statistic]:
    """What an LSTM of 16 cells did not foresee (after Malhotra et al., ESANN 2015), one step ahead."""
    holding = Holding.of(series.values, labels)
    if holding is None:
        return ()
    filled, wanted = holding(series.values), quiet(series.values, labels)
    foretell = _fitted_lstm(filled, wanted, seed)
    misses = np.abs(filled - foretell(filled))[wanted]
    usual = 1.4826 * float(np.median(misses)) or float(misses.mean()) or 1.0
    return (ForecastResidual(holding, foretell, usual),)


def _fitted_lstm(filled: Floats, wanted: Bools, seed: int) -> Callable[[Floats], Floats]:
    """From values to the value foretold at each point, both shape (n,); learned where `wanted`."""
    torch = importlib.import_module("torch")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        cells = torch.nn.LSTM(1, HIDDEN, batch_first=True, dtype=torch.float64)
        readout = torch.nn.Linear(HIDDEN, 1, dtype=torch.float64)
    chosen = np.sort(np.random.default_rng(seed).permutation(_span_count(len(filled)))[:FIT_SPANS])
    inputs = torch.from_numpy(_spans(filled)[chosen])
    aims, counts = (torch.from_numpy(_by_span(each)[chosen]) for each in (filled, wanted.astype(np.float64)))

    def foretold(before: Any) -> Any:
        hidden, _ = cells(before[:, :, None])
        return before[:, RUN_UP:] + readout(hidden[:, RUN_UP:])[:, :, 0]

    def loss(rows: Ints) -> Any:
        misses = torch.nn.functional.smooth_l1_loss(foretold(inputs[rows]), aims[rows], reduction="none")
        return (misses * counts[rows]).sum() / counts[rows].sum().clamp(min=1.0)

    _descend([*cells.parameters(), *readout.parameters()], loss, len(chosen), LSTM_EPOCHS, LSTM_BATCH, LSTM_RATE, seed)

    def foretell(values: Floats) -> Floats:
        spans = _spans(values)
        with torch.no_grad():
            parts = [
                foretold(torch.from_numpy(np.ascontiguousarray(spans[i : i + _SPANS_AT_ONCE]))).numpy().ravel()
                for i in range(0, len(spans), _SPANS_AT_ONCE)
            ]
        return np.asarray(np.concatenate(parts)[: len(values)], dtype=np.float64)

    return foretell


def _span_count(points: int) -> int:
    return -(-points // SPAN)


def _spans(values: Floats) -> Floats:
    """For each span the values one step before its run-up and before its points, shape (spans, RUN_UP + SPAN)."""
    count = _span_count(len(values))
    held = np.pad(values, (RUN_UP + 1, count * SPAN - len(values)), mode="edge")
    seen: Floats = np.lib.stride_tricks.sliding_window_view(held, RUN_UP + SPAN)[: count * SPAN : SPAN]
    return seen


def _by_span(values: Floats) -> Floats:
    """The values themselves, zeros after the last, shape (spans, SPAN)."""
    count = _span_count(len(values))
    return np.pad(values, (0, count * SPAN - len(values))).reshape(count, SPAN)


def autoencoder(series: Series, labels: Bools | None, *, seed: int) -> Sequence[Statistic]:
    """What an autoencoder of windows of 32 points cannot restore: of the whole window, and of its newest point."""
    holding = Holding.of(series.values, labels)
    rows = quiet_rows(series, labels, FIT_ROWS, seed, WIDTH)
    if holding is None or len(rows) < FEWEST_ROWS:
        return ()
    seen = np.ascontiguousarray(windows(holding(series.values), WIDTH)[rows])
    missed = _fitted_coder(seen, seed)
    of_window, of_newest = (float(np.median(size(missed(seen)))) or 1.0 for size in (_whole, _newest))
    return (
        OfWindow(holding, WIDTH, lambda windows: _whole(missed(windows)) / of_window),
        OfWindow(holding, WIDTH, lambda windows: _newest(missed(windows)) / of_newest),
    )


def _fitted_coder(seen: Floats, seed: int) -> Callable[[Floats], Floats]:
    """From windows to what is not restored of them, both shape (n, WIDTH)."""
    torch = importlib.import_module("torch")
    widths = (WIDTH, INNER, CODE, INNER, WIDTH)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [torch.nn.Linear(a, b, dtype=torch.float64) for a, b in pairwise(widths)]
    coder = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], layers[2], torch.nn.Tanh(), layers[3])
    inputs = torch.from_numpy(seen)

    def loss(rows: Ints) -> Any:
        return torch.nn.functional.smooth_l1_loss(coder(inputs[rows]), inputs[rows])

    _descend(coder.parameters(), loss, len(seen), CODER_EPOCHS, CODER_BATCH, CODER_RATE, seed)

    def missed(windows: Floats) -> Floats:
        with torch.no_grad():
            return np.asarray(windows - coder(torch.from_numpy(np.ascontiguousarray(windows))).numpy(), np.float64)

    return missed


def _whole(missed: Floats) -> Floats:
    size: Floats = np.sqrt(np.square(missed).mean(axis=1))
    return size


def _newest(missed: Floats) -> Floats:
    return np.abs(missed[:, -1])


def _descend(
    parameters: Iterable[Any],
    loss: Callable[[Ints], Any],
    rows: int,
    epochs: int,
    batch: int,
    rate: float,
    seed: int,
) -> None:
    """Adam on `loss` of batches drawn anew each epoch; the rate falls to nothing on a half cosine."""
    torch = importlib.import_module("torch")
    optimiser = torch.optim.Adam(parameters, lr=rate)
    draw, steps = np.random.default_rng(seed), epochs * -(-rows // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(epochs):
        order = draw.permutation(rows)
        for start in range(0, rows, batch):
            optimiser.zero_grad()
            loss(order[start : start + batch]).backward()
            optimiser.step()
            schedule.step()
