"""Records, logs and series read without training data of their own: what is usual is learned from the signal itself."""

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from argosy.detectors.records.detector import RecordDetector
from argosy.detectors.records.embedder import Embedder
from argosy.detectors.records.groups import GroupOptions, Groups
from argosy.signals.arrays import Floats, Ints
from argosy.signals.lines import Lines
from argosy.signals.records import Records
from argosy.signals.scores import Scores
from argosy.signals.series import Series

NAME = "embeddings"
FEWEST_WINDOWS = 20
WIDTH = 16
_MOST_CELLS = 20_000_000


class RecordsReader:
    """Records against the others of their group, or all where they have no groups.

    It learns from the first `learn` records, from all of them by default.
    """

    name = NAME

    def __init__(
        self, embedder: Embedder | None = None, judging: GroupOptions | None = None, learn: int | None = None
    ) -> None:
        self.detector = RecordDetector(embedder, judging)
        self._learn = learn

    def score(self, signal: Records) -> Scores:
        """A score for each record; raises what the embedder raises."""
        if not len(signal):
            return Scores(np.zeros(0))
        learned = signal
        if self._learn is not None and 0 < self._learn < len(signal):
            groups = None if signal.groups is None else signal.groups[: self._learn]
            learned = Records(signal.id, signal.rows[: self._learn], groups)
        return self.detector.fit(learned).score(signal)


class LinesReader:
    """Lines of a log, each a record with one text."""

    name = NAME

    def __init__(
        self, embedder: Embedder | None = None, judging: GroupOptions | None = None, learn: int | None = None
    ) -> None:
        self._made = (embedder, judging)
        self._learn = learn

    def score(self, signal: Lines) -> Scores:
        """A score for each line; an empty one has none. Raises what the embedder raises."""
        places = [place for place, text in enumerate(signal.texts) if text.strip()]
        learn = None if self._learn is None else bisect_left(places, self._learn)
        records = Records(signal.id, [{"text": signal.texts[place]} for place in places])
        found = RecordsReader(*self._made, learn).score(records)
        values = np.full(len(signal), np.nan)
        values[places] = found.values
        return Scores(values, reasons={places[place]: reason for place, reason in found.reasons.items()})


@dataclass(frozen=True)
class SeriesReader:
    """Windows of a series as records, their values as fields; a point has the score of the window that ends at it.

    It learns from the windows within the first `learn` points, of all points by default. Windows are less their own
    mean, so that a slow drift is none. Windows with a missing value have no score.
    """

    judging: GroupOptions = field(default_factory=GroupOptions)
    width: int = WIDTH
    learn: int | None = None
    name: str = NAME

    def score(self, signal: Series) -> Scores:
        """A score for each point, NaN before the first whole window, and everywhere in too short a series."""
        values = np.full(len(signal), np.nan)
        if len(signal) < self.width + FEWEST_WINDOWS:
            return Scores(values)
        windows = np.lib.stride_tricks.sliding_window_view(signal.values, self.width)
        rows: Floats = windows - windows.mean(axis=1, keepdims=True)
        points = len(signal) if self.learn is None else min(self.learn, len(signal))
        learned = rows[_spread(max(FEWEST_WINDOWS, points - self.width + 1), self.width)]
        values[self.width - 1 :] = Groups(self.judging).fit(learned, None).score(rows, None)
        return Scores(values, reasons=_reasons(values, self.width))


def _spread(count: int, width: int) -> Ints:
    """Indices of at most so many windows as fit into memory, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_CELLS // width)).astype(np.int64))


def _reasons(values: Floats, width: int) -> dict[int, str]:
    return {int(i): f"the last {width} values have an unusual shape" for i in np.flatnonzero(values >= 1.0)}
