"""A fallback chain: models in order of preference, of which one that cannot be asked is left out from then on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from threading import Lock

from langchain_core.messages import BaseMessage

from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Parameter, Reply, Speaker

Wrap = Callable[[Speaker], Speaker]
OnSwitch = Callable[[str, str, str], None]
"""Told (left, taken, why), once for each model that is left."""


class Outages:
    """Names of models that failed, shared by the chains of one session. Safe to use from several threads."""

    def __init__(self) -> None:
        self._names = set[str]()
        self._lock = Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> bool:
        """Whether the name is new."""
        with self._lock:
            is_new = name not in self._names
            self._names.add(name)
            return is_new


class Chain:
    """What a role may be answered by; the last one is asked even when it failed before."""

    def __init__(self, speakers: Sequence[Speaker], outages: Outages) -> None:
        self.speakers = tuple(speakers)
        self.outages = outages

    def speaker(self, wrap: Wrap, on_switch: OnSwitch) -> Speaker:
        """The chain as one speaker, with each of its models wrapped, so that a reply is recorded under its own."""
        if len(self.speakers) == 1:
            return wrap(self.speakers[0])
        return _Falling(tuple(map(wrap, self.speakers)), self.outages, on_switch)


def members(speaker: Speaker) -> tuple[Speaker, ...]:
    """Who may answer for a speaker, the preferred one first."""
    return speaker.speakers if isinstance(speaker, _Falling) else (speaker,)


class _Falling:
    """Asks one model after another until one answers."""

    def __init__(self, speakers: tuple[Speaker, ...], outages: Outages, on_switch: OnSwitch) -> None:
        self.name = "|".join(speaker.name for speaker in speakers)
        # Whoever answers, the rule counts as a language model's: trust must not depend on an outage.
        self.is_language_model = any(speaker.is_language_model for speaker in speakers)
        self.parameters: Mapping[str, Parameter] = {}  # each of its models is recorded with its own
        self.speakers, self._outages, self._on_switch = speakers, outages, on_switch

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        """Says in the reply who answered.

        Raises BudgetSpent at once, and ModelUnavailable when the last model cannot be asked either.
        """
        *others, last = self.speakers
        alive = [*(each for each in others if each.name not in self._outages), last]
        for speaker, following in pairwise(alive):
            try:
                return replace(speaker.ask(messages, key, form), by=speaker.name)
            except BudgetSpent:
                raise
            except ModelUnavailable as error:
                if self._outages.add(speaker.name):
                    self._on_switch(speaker.name, following.name, str(error))
        return replace(last.ask(messages, key, form), by=last.name)
