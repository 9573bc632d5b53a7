"""What each part of a session is worth: the same session with that part taken away, and all else as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from argosy.detectors.rules.rule import Direction
from argosy.graphs.controls.argos_plain import fuse_all
from argosy.graphs.controls.best_of_n import propose, skip_review
from argosy.graphs.refine import Settings, assess, finish, select
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.graph import Node
from argosy.graphs.refine.state import Candidate, State


@dataclass(frozen=True)
class Ablation:
    """A session that lacks one part: `changed` are its settings by name, `instead` its nodes that do less."""

    name: str
    summary: str
    instead: Mapping[str, Node] = field(default_factory=dict)
    changed: Mapping[str, object] = field(default_factory=dict)

    def bounded(self, settings: Settings, _calls: int) -> Settings:
        """The settings of a session without this part."""
        return replace(settings, **self.changed)  # type: ignore[arg-type]


def _open_gate(_candidate: Candidate) -> None:
    return None


def assess_all(state: State, node: RefineNodeContext) -> State:
    """Examines every candidate, as any of them may be accepted."""
    return assess.assess(state, node, _open_gate)


def select_all(state: State, node: RefineNodeContext) -> State:
    """Accepts whatever keeps its contract and does not repeat another, however it did on validation."""
    return select.select(state, node, _open_gate)


def open_unlimited(state: State, node: RefineNodeContext) -> State:
    """Lets every rule act as often as it likes."""
    return finish.open_lockbox(state, node, rate_limits=False)


def open_at_every_point(state: State, node: RefineNodeContext) -> State:
    """Alarms at every flagged point instead of once an alert."""
    return finish.open_lockbox(state, node, alert_once=False)


def open_without_hold(state: State, node: RefineNodeContext) -> State:
    """Ranks points by what base and rules say of them alone."""
    return finish.open_lockbox(state, node, hold=False)


ABLATIONS = (
    Ablation("without_tuning", "a session whose rules keep the numbers they were written with", {}, {"evaluations": 1}),
    Ablation("without_parents", "a session whose author sees no parent and not what was tried", {"propose": propose}),
    Ablation("without_review", "a session that asks no reviewer", {"review": skip_review}),
    Ablation("without_repair", "a session that drops what breaks", {}, {"max_repairs": 0}),
    Ablation(
        "without_gates",
        "a session that accepts every sound rule, whatever it does on validation",
        {"assess": assess_all, "select": select_all},
    ),
    Ablation("without_choice", "a session that fuses all its accepted rules", {"fuse": fuse_all}),
    Ablation("without_quotas", "a session whose rules may act as often as they like", {"lockbox": open_unlimited}),
    Ablation("without_hold", "a session whose scores fall back at once after an alarm", {"lockbox": open_without_hold}),
    Ablation("without_rest", "a session whose alarms ring at every flagged point", {"lockbox": open_at_every_point}),
    Ablation("without_clearing", "a session that writes flag rules alone", {}, {"directions": (Direction.FLAG,)}),
    Ablation("without_flagging", "a session that writes clear rules alone", {}, {"directions": (Direction.CLEAR,)}),
)  # fmt: skip
