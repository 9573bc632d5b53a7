"""The shortlist node: only where it is asked for, recorded, and what it leaves is all that is tried."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from langchain_core.messages import BaseMessage

from argosy.agents.embedded.standins import STANDINS
from argosy.agents.models.speaker import Pattern, Role
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards import CardKind, packaged_cards
from argosy.eval.objective import OBJECTIVES, Objective
from argosy.eval.splits import Splits, split
from argosy.graphs.refine.context import FittedBase, RefineContext, RefineNodeContext
from argosy.graphs.refine.graph import after_profile
from argosy.graphs.refine.session_data import SessionData
from argosy.graphs.refine.settings import Settings
from argosy.graphs.refine.shortlist import shortlist
from argosy.graphs.refine.shortlist_settings import ShortlistSettings
from argosy.graphs.refine.study import fit_base
from argosy.signals.arrays import Bools
from argosy.signals.series import Series
from tests.argosy.cli.inprocess import InProcess
from tests.graphs.refine.session_data import Limits, MemoryRecorder, a_series, speaker_of

CARDS = tuple(card for card in packaged_cards(CardKind.SERIES) if card.name in BASELINES)


def embedded(messages: list[BaseMessage]) -> str:
    return STANDINS[Pattern.SELECTION]("\n\n".join(message.text for message in messages), 0)


@dataclass
class Maker:
    """Notes which baselines it was told to try."""

    told: Sequence[str] = ("untold",)

    def __call__(
        self, series: Series, labels: Bools, splits: Splits, objective: Objective, names: Sequence[str] = ()
    ) -> FittedBase:
        self.told = names
        return FittedBase(Limits(), "fixed limits", {"limits": 0.5})


@dataclass
class Runtime:
    context: RefineContext


@pytest.fixture
def context() -> RefineContext:
    series, labels = a_series(1_500, 9)
    return RefineContext(
        settings=Settings(),
        data=SessionData(series, labels, split(len(series))),
        objective=OBJECTIVES["default"],
        make_base=Maker(),
        speakers=dict.fromkeys(Role, speaker_of(embedded)),
        sandbox=InProcess(),
        recorder=MemoryRecorder(),
        clock=lambda: 0.0,
        stopping=lambda: None,
        publish=lambda _: None,
        shortlist=ShortlistSettings(CARDS, most=2),
    )


def test_what_is_shortlisted_is_what_is_tried(context: RefineContext) -> None:
    state = shortlist({}, RefineNodeContext(context, "shortlist#1"))
    assert len(state["shortlist"]) == 2
    assert set(state["shortlist"]) <= set(BASELINES)
    fit_base(state, RefineNodeContext(context, "baseline#1"))
    assert context.make_base.told == state["shortlist"]  # type: ignore[attr-defined]
    assert context.data.reached == {"limits": 0.5}
    recorder = context.recorder
    assert isinstance(recorder, MemoryRecorder)
    assert len(recorder.decisions("matched")) == len(BASELINES)
    assert len(recorder.decisions(", ".join(state["shortlist"]))) == 1


def test_without_it_all_are_tried(context: RefineContext) -> None:
    plain = replace(context, shortlist=None)
    assert after_profile({}, Runtime(plain)) == "baseline"  # type: ignore[arg-type]
    assert after_profile({}, Runtime(context)) == "shortlist"  # type: ignore[arg-type]
    fit_base({}, RefineNodeContext(plain, "baseline#1"))
    assert plain.make_base.told == ()  # type: ignore[attr-defined]
