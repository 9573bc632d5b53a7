"""Questions to a rule, gathered into one sandbox job, and its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from argosy.detectors.rules.rule import Number
from argosy.sandbox.protocol import Broke, Evaluation, Input, Outcome, Ran, TimedOut, TooBig
from argosy.signals.arrays import Floats

Run = Callable[[str, tuple[Input, ...], tuple[Evaluation, ...]], tuple[Outcome, ...]]
"""Runs a source in one sandbox job: one outcome for each evaluation, in order."""


@dataclass(frozen=True)
class Failed:
    """An evaluation that did not run cleanly: on which input, and what came of it."""

    name: str
    outcome: Outcome

    def __str__(self) -> str:
        match self.outcome:
            case Broke(error=error):
                return f"on {self.name}: {error}"
            case TimedOut(limit_s=limit_s):
                return f"on {self.name}: not done within {limit_s:g} s"
            case TooBig(what=what, limit=limit):
                return f"on {self.name}: more {what} than {limit}"
        return f"on {self.name}: it ran"


class RuleAnswers:
    """What came back; `failure` is the first evaluation that did not run cleanly."""

    def __init__(self, names: Sequence[str], outcomes: Sequence[Outcome]) -> None:
        self._outcomes = outcomes
        pairs = zip(names, outcomes, strict=True)
        self.failure = next((Failed(name, got) for name, got in pairs if not isinstance(got, Ran)), None)

    def scores(self, ticket: int) -> Floats:
        """The scores of that evaluation."""
        return self._ran(ticket).scores

    def scores_or_none(self, ticket: int) -> Floats | None:
        """The same; None where it did not run cleanly."""
        outcome = self._outcomes[ticket]
        return outcome.scores if isinstance(outcome, Ran) else None

    def seconds(self, ticket: int) -> float:
        """How long it took inside the rule."""
        return self._ran(ticket).seconds

    @property
    def all_seconds(self) -> float:
        """Spent inside the rule by all evaluations together."""
        return sum(outcome.seconds for outcome in self._outcomes if isinstance(outcome, Ran))

    def _ran(self, ticket: int) -> Ran:
        outcome = self._outcomes[ticket]
        if not isinstance(outcome, Ran):
            raise ValueError(f"evaluation {ticket} did not run cleanly; look at `failure` first")
        return outcome


class Questions:
    """Evaluations of one rule with the same numbers; equal inputs travel once."""

    def __init__(self, source: str, params: Mapping[str, Number]) -> None:
        self._source, self._params = source, dict(params)
        self._inputs: list[Input] = []
        self._places: dict[int, int] = {}
        self._names: list[str] = []
        self._evaluations: list[Evaluation] = []

    def ask(
        self,
        name: str,
        series_input: Input,
        stop: int | None = None,
        keep_from: int = 0,
        params: Mapping[str, Number] | None = None,
    ) -> int:
        """Notes an evaluation on the first `stop` points of an input; returns the ticket of its answer.

        The scores from `keep_from` on come back. `params` replace the usual numbers. Where there is a `stop`, the rule
        finds nothing beside these points in the memory of its process.
        """
        place = self._places.setdefault(id(series_input), len(self._inputs))
        if place == len(self._inputs):
            self._inputs.append(series_input)
        numbers = self._params if params is None else dict(params)
        self._evaluations.append(Evaluation(numbers, place, stop, keep_from))
        self._names.append(name)
        return len(self._evaluations) - 1

    def ask_alone(self, name: str, series_input: Input) -> int:
        """The same on a whole input, where the rule must not find another one that it could be compared with."""
        return self.ask(name, series_input, stop=len(series_input.values))

    def answered(self, run: Run) -> RuleAnswers:
        """Runs them all in one job."""
        return RuleAnswers(self._names, run(self._source, tuple(self._inputs), tuple(self._evaluations)))
