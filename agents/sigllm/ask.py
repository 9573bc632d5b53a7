"""Asking the same of every window several times, within a budget."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product
from threading import Event

from langchain_core.messages import BaseMessage

from argosy.agents.models.reply_form import TextForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Speaker
from argosy.agents.sigllm.read_numbers import read_numbers

ATTEMPTS = 2
"""How often a sample is asked for until its reply can be read."""


Prompts = Sequence[Sequence[BaseMessage]]
"""The messages about each window."""


@dataclass(frozen=True)
class AskOptions:
    """How questions are sent: `at_once` in parallel, until `stopping` returns true."""

    at_once: int = 1
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class WindowAnswers:
    """The answers: for each window the samples that could be read, each with its numbers.

    `asked` counts the samples asked for, `unreadable` those of them whose replies held nothing usable, `left_out` those
    that were not asked for, and `why` says what kept them back.
    """

    windows: Sequence[Sequence[Sequence[float]]]
    asked: int
    unreadable: int
    left_out: int
    why: str


class _Unanswered(Enum):
    UNREADABLE = auto()
    LEFT_OUT = auto()


class _Round:
    """One run through all windows and samples; safe to use from several threads."""

    def __init__(self, speaker: Speaker, pattern: Pattern, form: TextForm, prompts: Prompts, ask_options: AskOptions):
        self._speaker, self._pattern, self._form = speaker, pattern, form
        self._prompts, self._ask_options = prompts, ask_options
        self._over = Event()
        self.why = ""

    def one(self, place: tuple[int, int]) -> tuple[float, ...] | _Unanswered:
        """The numbers of a sample of a window, or what became of it."""
        sample, window = place
        if not self._over.is_set() and self._ask_options.stopping():
            self.end("interrupted")
        if self._over.is_set():
            return _Unanswered.LEFT_OUT
        try:
            return self._asked(window, sample)
        except BudgetSpent as spent:
            self.end(str(spent))
            return _Unanswered.LEFT_OUT

    def end(self, why: str) -> None:
        """Nothing more is asked from now on."""
        self.why = self.why or why
        self._over.set()

    def _asked(self, window: int, sample: int) -> tuple[float, ...] | _Unanswered:
        for attempt in range(ATTEMPTS):
            key = CallKey(self._pattern, window + 1, sample + 1, attempt)
            found = read_numbers(self._speaker.ask(self._prompts[window], key, self._form))
            if found is not None:
                return found
        return _Unanswered.UNREADABLE


def ask_all(
    speaker: Speaker, pattern: Pattern, form: TextForm, prompts: Prompts, samples: int, ask_options: AskOptions
) -> WindowAnswers:
    """Asks for `samples` answers to each prompt, one of each before the second of any.

    When the budget is spent what was said until then stays. Raises ModelUnavailable.
    """
    turn = _Round(speaker, pattern, form, prompts, ask_options)
    places = list(product(range(samples), range(len(prompts))))
    with ThreadPoolExecutor(max_workers=ask_options.at_once) as pool:
        try:
            found = list(pool.map(turn.one, places))
        except BaseException as error:
            turn.end(str(error))  # those still waiting for their turn give up
            raise
    windows: list[list[Sequence[float]]] = [[] for _ in prompts]
    for (_, window), answer in zip(places, found, strict=True):
        if isinstance(answer, tuple):
            windows[window].append(answer)
    left_out = found.count(_Unanswered.LEFT_OUT)
    return WindowAnswers(windows, len(places) - left_out, found.count(_Unanswered.UNREADABLE), left_out, turn.why)
