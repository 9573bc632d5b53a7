"""The five strategies of LogPrompt: how a model is asked about a log, as one table."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from argosy.agents.logs.entries import LabelledTemplate, example_line
from argosy.prompts import render

PLAIN_TASK = "plain"
TASKS = (PLAIN_TASK, "operator", "impact", "contrast")
"""The tasks that come along, by the name of their text."""

LONGEST_TASK = 800


class Strategy(StrEnum):
    """How the model is led to its verdicts."""

    SIMPLE = "simple"
    SELF_PROMPT = "self-prompt"
    IMPLICIT_COT = "implicit-cot"
    EXPLICIT_COT = "explicit-cot"
    IN_CONTEXT = "in-context"


@dataclass(frozen=True)
class Traits:
    """What a strategy adds: reasons before the verdict, rules to go by, and a labelled sample to learn from."""

    reason_first: bool = False
    rules: bool = False
    needs_sample: bool = False


TRAITS: Mapping[Strategy, Traits] = {
    Strategy.SIMPLE: Traits(),
    Strategy.SELF_PROMPT: Traits(needs_sample=True),
    Strategy.IMPLICIT_COT: Traits(reason_first=True),
    Strategy.EXPLICIT_COT: Traits(reason_first=True, rules=True),
    Strategy.IN_CONTEXT: Traits(needs_sample=True),
}


@dataclass(frozen=True)
class AskingStyle:
    """A strategy with all that its prompt is made of."""

    strategy: Strategy
    task: str
    examples: tuple[LabelledTemplate, ...] = ()

    @property
    def system(self) -> str:
        """The system message."""
        traits = TRAITS[self.strategy]
        return render(
            "logs",
            "system",
            task=self.task,
            rules=traits.rules,
            reason_first=traits.reason_first,
            examples=[example_line(each) for each in self.examples],
        )

    @property
    def version(self) -> str:
        """Changes with any word of the prompt: a verdict is kept under it."""
        text = "\n".join((self.system, render("logs", "user", entries=["{}"], last=1, total="{}")))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def task_text(name: str) -> str:
    """One of the tasks that come along."""
    return render("logs", f"task_{name}")


def style_of(strategy: Strategy, task: str | None = None, examples: tuple[LabelledTemplate, ...] = ()) -> AskingStyle:
    """A strategy's style, with the plain task where none is given."""
    return AskingStyle(strategy, task if task is not None else task_text(PLAIN_TASK), examples)
