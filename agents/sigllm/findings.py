"""What both methods are told to look at, and what they bring back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.messages import BaseMessage

from argosy.agents.sigllm.aggregation import Segments, aggregate, imputed
from argosy.agents.sigllm.ask import WindowAnswers
from argosy.agents.sigllm.digits import Digits
from argosy.agents.sigllm.scale import Scale
from argosy.signals.arrays import Floats, Ints
from argosy.signals.errors import BadInput
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series

JUST_BELOW = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True)
class Preparation:
    """How a series becomes digits; without an interval its points stay as they are."""

    interval_s: int | None = None
    decimals: int = 2
    digits: Digits = Digits.JOINED


@dataclass(frozen=True, eq=False)
class PreparedSeries:
    """A series as whole numbers by segment, and the way back. `values` have no holes, shape (n,)."""

    segments: Segments
    values: Floats
    scale: Scale
    numbers: Ints

    @staticmethod
    def of(series: Series, how: Preparation) -> "PreparedSeries":
        """Raises BadInput for a series without values, and for an interval or decimals that do not suit it."""
        segments = aggregate(series, how.interval_s)
        if not segments.known.any():
            raise BadInput(f"series {series.id}", "every value is missing", "give one that has values")
        values = imputed(segments.values)
        scale = Scale.of(values, how.decimals)
        return PreparedSeries(segments, values, scale, scale.quantised(values))


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be asked: windows that begin at `starts`, a prompt for each, `samples` answers to each.

    `reply_tokens` is what one reply may have, at most a token a character.
    """

    prepared: PreparedSeries
    starts: Ints
    prompts: Sequence[Sequence[BaseMessage]]
    samples: int
    reply_tokens: int

    @property
    def questions(self) -> int:
        """How many answers are wanted; a reply that cannot be read is asked for once more."""
        return len(self.prompts) * self.samples

    @property
    def prompt_characters(self) -> int:
        """The length of the longest prompt, which is about what it has of tokens where every digit is one."""
        return max((sum(len(message.text) for message in prompt) for prompt in self.prompts), default=0)


@dataclass(frozen=True)
class FoundInterval:
    """An anomalous interval [begins, ends) in Unix seconds, of the original's points [start, stop), with its score."""

    start: int
    stop: int
    begins: int
    ends: int
    score: float


@dataclass(frozen=True, eq=False)
class Findings:
    """Scores of the original's points, the intervals in them, and how the asking went."""

    scores: Scores
    anomalies: Sequence[FoundInterval]
    answers: WindowAnswers


def findings(prepared: PreparedSeries, scores: Floats, why: Mapping[int, str], answers: WindowAnswers) -> Findings:
    """Scores and reasons by segment as those of the original's points.

    A segment without a value keeps no opinion unless it lies within an anomaly.
    """
    segments = prepared.segments
    scores = np.where(segments.known | (scores >= 1.0), scores, np.nan)
    first = np.searchsorted(segments.positions, np.arange(len(segments) + 1))
    found = []
    for start, stop in runs(scores >= 1.0).tolist():
        if first[stop] > first[start]:
            begins, ends = int(segments.seconds[start]), int(segments.seconds[stop - 1]) + segments.interval_s
            score = float(scores[start:stop].max())
            found.append(FoundInterval(int(first[start]), int(first[stop]), begins, ends, score))
    reasons = {int(first[at]): text for at, text in why.items() if first[at] < len(segments.positions)}
    return Findings(Scores(scores[segments.positions], reasons=reasons), found, answers)
