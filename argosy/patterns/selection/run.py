"""A run of detector selection on one series or table: profiled, matched, chosen within, recorded, told as a report."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from typing import Any

from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import CallKey, Pattern
from argosy.agents.selection import Selection, select
from argosy.agents.selection_brief import SelectionBrief, series_facts
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards import Card, CardKind, Goal, PastResult, rank_cards, series_tags, table_tags
from argosy.detectors.rivals import RIVALS, tabular
from argosy.graphs.recording.observer import Observer
from argosy.patterns.pattern_run import PatternRequest, open_pattern_run
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.signals.profile import profile
from argosy.signals.series import Series
from argosy.signals.table_profile import table_profile
from argosy.workspace import Workspace

NAME = "selection"
SAME = {"one_liner": "difference"}
"""Rivals that are a baseline under another name."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What detectors are chosen for: its size, its profile in plain numbers, and the tags that hold."""

    id: str
    kind: CardKind
    size: int
    facts: Mapping[str, Any]
    tags: tuple[str, ...]
    refusals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class SelectRequest:
    """What is chosen for, among which cards, with which past results and practices, and by which model."""

    subject: Subject
    cards: Sequence[Card]
    past: Sequence[PastResult] = ()
    practices: str = ""
    model: str = EMBEDDED
    seed: int = 0
    caps: Caps = field(default_factory=Caps)
    notes: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class SelectResult:
    """What a run came to; `report` is what the store keeps of it."""

    session: str
    selection: Selection
    report: Mapping[str, Any]


def of_series(series: Series, labels: Bools | None, goal: Goal) -> Subject:
    """A series as what detectors are chosen for; `labels`, shape (n,), tell where its incidents are."""
    found = profile(series, labels)
    return Subject(series.id, CardKind.SERIES, len(series), series_facts(found), series_tags(found, goal))


def of_table(id: str, values: Floats, cards: Sequence[Card]) -> Subject:
    """A table, shape (n, d), as what detectors are chosen for; what `cards` say is out of bounds is refused."""
    found = table_profile(values)
    refused = {card.name: why for card in cards if (why := card.needs.refusal(found.rows, found.columns))}
    return Subject(id, CardKind.TABLE, found.rows, asdict(found), table_tags(found), refused)


def runnable(kind: CardKind, goal: Goal) -> tuple[str, ...]:
    """The detectors of a kind that are here; for alarms those alone that need not see what comes after a point."""
    if kind is CardKind.TABLE:
        return tuple(tabular.TABULAR)
    rivals = [rival for rival in RIVALS.values() if rival.needs is None or find_spec(rival.needs)]
    listed = [rival.name for rival in rivals if rival.causal or goal is Goal.RANK]
    return (*BASELINES, *(name for name in listed if name not in SAME))


def offered(cards: Sequence[Card], among: Sequence[str], usual: Sequence[str], own: Sequence[str]) -> tuple[Card, ...]:
    """The cards of those in `among`, else of the usual and a team's own. Raises BadInput for one without a card."""
    by_name = {card.name: card for card in cards}
    for name in among:
        if name not in by_name:
            raise BadInput(f"--among {name}", "has no card", f"the cards are {', '.join(by_name)}")
    wanted = tuple(dict.fromkeys(among)) or tuple(dict.fromkeys([*usual, *own]))
    return tuple(by_name[name] for name in wanted if name in by_name)


def run_selection(
    request: SelectRequest,
    workspace: Workspace,
    observer: Observer | None = None,
) -> SelectResult:
    """Chooses, and keeps prompt, reply and choice as a session. Raises BadInput, ModelUnavailable, StoreUnavailable."""
    subject = request.subject
    cards = [card for card in request.cards if card.name not in subject.refusals]
    if not cards:
        problem = "leaves no detector that could run" if request.cards else "offers no detector"
        raise BadInput(subject.id, problem, "name others with --among, or give fewer rows or columns")
    matches = rank_cards(cards, subject.tags, request.past)
    brief = SelectionBrief(subject.kind, subject.facts, subject.tags, matches, request.past, request.practices)
    settings = {"tags": list(subject.tags), "offered": [card.name for card in cards]}
    asked = PatternRequest(
        NAME,
        subject.id,
        subject.size,
        [Pattern.SELECTION],
        request.model,
        request.seed,
        request.caps,
        settings=settings,
    )
    with open_pattern_run(asked, workspace, observer) as run:
        with run.step(NAME) as node:
            chosen = select(node.speaker, brief, CallKey(Pattern.SELECTION, 1, 1))
            for why in chosen.refused:
                node.decide("answer", "unusable", why)
            node.decide(subject.id, chosen.choice, chosen.reason, by=chosen.author.value)
        run.report |= _report(request, brief, chosen) | {"session": run.session}
        run.report["notes"] = [*request.notes, *run.notes, *_notes(chosen)]
        return SelectResult(run.session, chosen, run.report)


def _report(request: SelectRequest, brief: SelectionBrief, chosen: Selection) -> dict[str, Any]:
    subject = request.subject
    by_name = {match.name: match for match in brief.matches}
    return {
        "subject": subject.id,
        "kind": subject.kind.value,
        "profile": {name: _known(value) for name, value in subject.facts.items()},
        "tags": list(subject.tags),
        "choice": chosen.choice,
        "reason": chosen.reason,
        "by": chosen.author.value,
        "model": request.model,
        "ranking": [
            {
                "name": name,
                "score": round(by_name[name].score, 3),
                "points": by_name[name].points,
                "reviewed": by_name[name].card.reviewed,
                "reasons": list(by_name[name].reasons),
            }
            for name in chosen.names
        ],
        "refused": dict(subject.refusals),
        "unusable": list(chosen.refused),
        "past": len(request.past),
        "usage": asdict(chosen.usage),
    }


def _known(value: object) -> object:
    if isinstance(value, float) and value != value:
        return None
    return list(value) if isinstance(value, tuple) else value


def _notes(chosen: Selection) -> list[str]:
    if not chosen.refused:
        return []
    said = f"answers that could not be used: {len(chosen.refused)}, the last because {chosen.refused[-1]}"
    return [f"{said}; the best match of the cards stands" if chosen.author == "cards" else said]
