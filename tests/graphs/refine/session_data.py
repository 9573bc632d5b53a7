"""A small refinement run for tests: a real graph, a real sandbox, the embedded author, and a recorder in memory."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig

from argosy.agents.embedded import EmbeddedAuthor
from argosy.agents.models.speaker import Role, Speaker
from argosy.eval.objective import OBJECTIVES, Objective
from argosy.eval.splits import Splits, split
from argosy.graphs.recording.events import Decision, Event, ModelCall, SandboxJob
from argosy.graphs.refine import RefineContext, SessionData, Settings, State, build
from argosy.graphs.refine.context import FittedBase
from argosy.graphs.refine.graph import Node, recursion_limit
from argosy.graphs.refine.offers import Library
from argosy.graphs.refine.publication import Publication
from argosy.graphs.refine.state import Ending
from argosy.sandbox.protocol import Sandbox
from argosy.signals.arrays import Bools
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from tests.scripted import ScriptedModel, scripted_speaker

SMALL = Settings(rounds=1, candidates=2, evaluations=16)


@dataclass
class MemoryRecorder:
    """Keeps events and blobs in lists."""

    events: list[Event] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def append(self, event: Event) -> None:
        self.events.append(event)

    def blob(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.blobs[name] = data
        return name

    def decisions(self, verdict: str) -> list[Decision]:
        return [event for event in self.events if isinstance(event, Decision) and event.verdict == verdict]

    def calls(self, role: Role) -> list[ModelCall]:
        return [event for event in self.events if isinstance(event, ModelCall) and event.role == role]

    def jobs(self, purpose: str) -> list[SandboxJob]:
        return [event for event in self.events if isinstance(event, SandboxJob) and event.purpose.startswith(purpose)]


def a_series(points: int = 3000, incidents: int = 15, seed: int = 0) -> tuple[Series, Bools]:
    """Noise around 100 with incidents of eight points: drops by 25 and by 8, in turn."""
    rng = np.random.default_rng(seed)
    values = 100 + rng.normal(0, 1, points)
    labels = np.zeros(points, dtype=np.bool_)
    for number, start in enumerate(np.linspace(100, points - 100, incidents).astype(int)):
        values[start : start + 8] -= 25 if number % 2 else 8
        labels[start : start + 8] = True
    seconds = 60 * np.arange(points, dtype=np.int64)
    return Series("s", seconds, values, 60), labels


class Limits:
    """A base that leaves work: it alarms 15 below and 15 above 100, so it misses shallow drops and heeds jumps."""

    name = "limits"

    def fit(self, series: Series, labels: Bools | None) -> Self:
        return self

    def score(self, series: Series) -> Scores:
        return Scores(np.abs(series.values - 100) / 15)


def make_base(
    series: Series, labels: Bools, splits: Splits, objective: Objective, names: Sequence[str] = ()
) -> FittedBase:
    return FittedBase(Limits(), "fixed limits")


@dataclass
class Ran:
    """What is left of a run."""

    state: State
    recorder: MemoryRecorder
    published: Publication
    data: SessionData


def embedded(messages: Sequence[BaseMessage]) -> str:
    """What the embedded author answers."""
    return EmbeddedAuthor(seed=0).invoke(list(messages)).text


def speaker_of(answer: Callable[[list[BaseMessage]], str], language_model: bool = False) -> Speaker:
    return scripted_speaker(ScriptedModel(answers=answer), is_language_model=language_model)


def refine(
    sandbox: Sandbox,
    speaker: Speaker,
    series: Series,
    labels: Bools,
    settings: Settings = SMALL,
    stopping: Callable[[], Ending | None] = lambda: None,
    instead: Mapping[str, Node] | None = None,
    library: Library | None = None,
    objective: str = "default",
) -> Ran:
    """Runs the graph, with other nodes `instead` where some are given, and stored rules of a library, to its end."""
    recorder, published = MemoryRecorder(), list[Publication]()
    data = SessionData(series, labels, split(len(series)))
    context = RefineContext(
        settings=settings,
        data=data,
        objective=OBJECTIVES[objective],
        make_base=make_base,
        speakers=dict.fromkeys(Role, speaker),
        sandbox=sandbox,
        recorder=recorder,
        clock=lambda: 0.0,
        stopping=stopping,
        publish=published.append,
        library=library or Library(),
    )
    config = RunnableConfig(recursion_limit=recursion_limit(settings))
    state = build(instead).compile().invoke({}, config, context=context)
    return Ran(state, recorder, published[0], data)
