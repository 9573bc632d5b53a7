"""Direct detection: a model is shown a window of values and names the anomalous indices, with a reason.

After Dong et al., "Can LLMs serve as time series anomaly detectors?" (arXiv 2408.03475): four forms of asking, a strict
form of answer, and re-asking where an answer does not keep to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from argosy.agents.few_shot import MOST, examples
from argosy.agents.models.ask_again import ask_again
from argosy.agents.models.replies import read_object, whole_number
from argosy.agents.models.reply_form import JsonForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Reply, Speaker
from argosy.agents.number_format import format_rows
from argosy.agents.rules.evidence_size import estimated_tokens
from argosy.prompts import render
from argosy.signals.scores import Scores
from argosy.signals.series import Series

FLAGGED = 2.0
"""The score of a point that the model names; the others of its window have 0."""

INDICES_FORM = JsonForm(
    {
        "title": "anomalies",
        "description": "Which points of the window are anomalous, and why.",
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "indices": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["reason", "indices"],
        "additionalProperties": False,
    }
)
"""The form of an answer; the reason comes first, so that it is thought before it is answered."""

_REASON_CHARS = 600
_FEWEST_POINTS = 20


class PromptForm(StrEnum):
    """How the model is asked."""

    DIRECT = "direct"
    PLOT = "plot"
    """Told to think of the plot: what the paper calls multi-modal instruction."""
    EXAMPLES = "examples"
    """After one to five answered windows of other kinds."""
    STEPS = "steps"
    """In three steps: how it usually runs, where it departs, what of that is more than chance."""


@dataclass(frozen=True)
class DirectSettings:
    """`examples` counts those of the form EXAMPLES; `window_tokens` bounds the values of one prompt."""

    form: PromptForm = PromptForm.DIRECT
    examples: int = 2
    window_tokens: int = 2_500
    most_reasks: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.examples <= MOST:
            raise ValueError(f"between 1 and {MOST} examples, not {self.examples}")


@dataclass(frozen=True)
class WindowAnswer:
    """What was read of a reply: indices within the window; `made_up` counts those that lie outside it."""

    indices: tuple[int, ...]
    reason: str
    made_up: int


@dataclass(frozen=True)
class WindowReading:
    """The model's answer on the points start ≤ i < stop; None where no answer could be used."""

    start: int
    stop: int
    answer: WindowAnswer | None
    reasks: int


@dataclass(frozen=True, eq=False)
class DirectReading:
    """What came of a whole series; `unasked` says why windows after the last were not asked about, if any."""

    scores: Scores
    windows: tuple[WindowReading, ...]
    unasked: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def made_up(self) -> int:
        return sum(window.answer.made_up for window in self.windows if window.answer)


class DirectReader:
    """Scores a series by asking about one window after the other: 2 where the model names a point, else 0.

    Points of windows that were not asked about, or to which no usable answer came, have no opinion. A window is judged
    whole, so that the score at a point also depends on later points of its window.
    """

    name = "direct"

    def __init__(self, speaker: Speaker, settings: DirectSettings | None = None) -> None:
        self._speaker, self._settings = speaker, settings or DirectSettings()

    def score(self, series: Series) -> Scores:
        """Raises ModelUnavailable, and BudgetSpent where it reaches no window at all."""
        return read_series(self._speaker, series, self._settings).scores


def read_series(speaker: Speaker, series: Series, settings: DirectSettings) -> DirectReading:
    """Asks about all windows in order. Raises as `DirectReader.score`."""
    read: list[WindowReading] = []
    unasked = ""
    for number, (start, stop) in enumerate(windows(series, settings.window_tokens), start=1):
        key = CallKey(Pattern.DIRECT, number, 1)
        try:
            read.append(read_window(speaker, series, start, stop, key, settings))
        except BudgetSpent as spent:
            if not read:
                raise
            unasked = str(spent)
            break
    return DirectReading(_scores(series, read), tuple(read), unasked, tuple(_notes(series, read, unasked)))


def read_window(
    speaker: Speaker, series: Series, start: int, stop: int, key: CallKey, settings: DirectSettings
) -> WindowReading:
    """Asks about one window, and again with the reason up to `most_reasks` times; raises what the speaker raises."""
    points = stop - start
    messages = _messages(series, start, stop, settings)
    reply = speaker.ask(messages, key, INDICES_FORM)
    for reasks in range(settings.most_reasks + 1):
        match read_answer(reply, points):
            case WindowAnswer() as answer:
                return WindowReading(start, stop, answer, reasks)
            case str(reason) if reasks < settings.most_reasks:
                again = replace(key, attempt=reasks)
                reply = ask_again(speaker, messages, reply, again, reason=reason, form=INDICES_FORM)
    return WindowReading(start, stop, None, settings.most_reasks)


def windows(series: Series, tokens: int) -> Iterator[tuple[int, int]]:
    """Neighbouring windows [start, stop) of about one length, whose values take at most so many tokens by estimate."""
    points = len(series)
    if not points:
        return
    count = max(1, -(-estimated_tokens(format_rows(series.values)) // tokens))
    while True:
        size = -(-points // count)
        bounds = [(start, min(start + size, points)) for start in range(0, points, size)]
        long = max(estimated_tokens(format_rows(series.values[start:stop])) for start, stop in bounds)
        if long <= tokens or size <= _FEWEST_POINTS:
            yield from bounds
            return
        count = max(count + 1, count * long // tokens)


def read_answer(reply: Reply, points: int) -> WindowAnswer | str:
    """The answer about a window of so many points, or what is wrong with the reply as a clause for the model."""
    found = read_object(reply.text)
    if found is None:
        return "it was cut off before its JSON was complete" if reply.cut else "it holds no JSON object"
    indices = found.get("indices")
    if not isinstance(indices, list):
        return 'its JSON has no list "indices"'
    whole = [_whole(each) for each in indices]
    known = [each for each in whole if each is not None]
    if len(known) < len(whole):
        return '"indices" holds something other than whole numbers'
    inside = sorted({each for each in known if 0 <= each < points})
    reason = found.get("reason")
    said = " ".join(reason.split())[:_REASON_CHARS] if isinstance(reason, str) else ""
    return WindowAnswer(tuple(inside), said, len({each for each in known if not 0 <= each < points}))


def _whole(value: object) -> int | None:
    """A whole number, also where it is written 17.0 or "17"."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if value.is_integer():
            return int(value)
        case str():
            return whole_number(value)
    return None


def _messages(series: Series, start: int, stop: int, settings: DirectSettings) -> Sequence[BaseMessage]:
    shown = examples(settings.examples) if settings.form is PromptForm.EXAMPLES else ()
    rows = format_rows(series.values[start:stop])
    user = render("direct", "user", rows=rows, points=stop - start, examples=shown)
    return [SystemMessage(render("direct", "system", form=settings.form.value)), HumanMessage(user)]


def _scores(series: Series, read: Sequence[WindowReading]) -> Scores:
    values = np.full(len(series), np.nan)
    reasons: dict[int, str] = {}
    for window in read:
        if window.answer is None:
            continue
        values[window.start : window.stop] = 0.0
        at = [window.start + index for index in window.answer.indices]
        values[at] = FLAGGED
        if window.answer.reason:
            # The model counts within its window: the reason says where that begins.
            said = (
                f"{window.answer.reason} (indices count from {window.start})" if window.start else window.answer.reason
            )
            reasons.update(dict.fromkeys(at, said))
    return Scores(values, reasons=reasons)


def _notes(series: Series, read: Sequence[WindowReading], unasked: str) -> Iterator[str]:
    made_up = sum(window.answer.made_up for window in read if window.answer)
    if made_up:
        yield f"{made_up} indices that the model named lie outside their windows and were dropped"
    if empty := sum(window.answer is None for window in read):
        yield f"{empty} of {len(read)} windows got no usable answer; their points have no opinion"
    if unasked:
        yield f"points from {read[-1].stop:,} of {len(series):,} on were not asked about: {unasked}"
