"""Detection: writes a rule from events and their look-alikes."""

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from langchain_core.messages import HumanMessage, SystemMessage

from argosy.agents.models.speaker import CallKey, Speaker
from argosy.agents.rules.ask import Proposal, ask_for_rule, evidence_block
from argosy.agents.rules.evidence import DetectionEvidence
from argosy.prompts import render

_STATISTIC = re.compile(r"(?P<kind>dev_ewma|[a-z]+)(?:_(?P<points>\d+))?(?:_by_(?P<by>[a-z]+))?")


class EventSide(StrEnum):
    """Where events lie, as the prompt says it."""

    ABOVE = "above"
    BELOW = "below"
    BOTH = "on both sides"


@dataclass(frozen=True)
class SeparatingStatistic:
    """A statistic by which events are rarer than their look-alikes: by `margin` on average, in powers of ten.

    `rise` is the mean of its signed measures on the events.
    """

    name: str
    margin: float
    rise: float


def propose(speaker: Speaker, evidence: DetectionEvidence, key: CallKey, feedback: str = "") -> Proposal:
    """Asks for one rule in a conversation of its own; `feedback` is what a reviewer said of the last one.

    Candidates and rounds count from 1; each candidate is pointed to another of the statistics that tell events best,
    so that they differ.
    Raises what the speaker raises. A model that twice answers without a usable rule is a value with its refusal.
    """
    system = SystemMessage(render("detection", "system"))
    user = render("detection", "user", **_slots(evidence), feedback=" ".join(feedback.replace("`", "'").split()))
    return ask_for_rule(speaker, [system, HumanMessage(user)], key)


def separating_statistics(evidence: DetectionEvidence) -> list[SeparatingStatistic]:
    """The statistics of the evidence that are more extreme on events than on their look-alikes, the best first."""
    margins: dict[str, list[float]] = defaultdict(list)
    rises: dict[str, list[float]] = defaultdict(list)
    for pair in evidence.pairs:
        like = pair.like.measures if pair.like else {}
        for name, measure in pair.event.measures.items():
            same_side = max(0.0, like.get(name, 0.0) * (1 if measure >= 0 else -1))
            margins[name].append(abs(measure) - same_side)
            rises[name].append(measure)
    count = len(evidence.pairs)
    ranked = (SeparatingStatistic(name, sum(margins[name]) / count, sum(rises[name]) / count) for name in margins)
    return sorted((each for each in ranked if each.margin > 0), key=lambda each: (-each.margin, each.name))


def _slots(evidence: DetectionEvidence) -> dict[str, object]:
    """What the prompt is filled with; without a telling statistic its sketch is on changes."""
    ranked = separating_statistics(evidence)
    place = (evidence.round - 1) * evidence.candidates + evidence.candidate - 1
    focus = ranked[place % len(ranked)] if ranked else SeparatingStatistic("change", 0.0, 0.0)
    match = _STATISTIC.fullmatch(focus.name)
    return {
        "direction": evidence.direction,
        "missed": evidence.base.missed > 0,
        "evidence": evidence_block(evidence),
        "told": bool(ranked),
        "best": focus in ranked[:1],
        "focus": focus.name,
        "side": _side(focus),
        "kind": match["kind"] if match else focus.name,
        "points": match["points"] if match else None,
        "by": match["by"] if match else None,
    }


def _side(focus: SeparatingStatistic) -> EventSide:
    if abs(focus.rise) <= focus.margin / 2:
        return EventSide.BOTH
    return EventSide.ABOVE if focus.rise > 0 else EventSide.BELOW
