"""Detection: writes a rule from events and their look-alikes."""

import re
from collections import defaultdict
from dataclasses import dataclass

from langchain_core.messages import HumanMessage, SystemMessage

from agents.evidence import DetectionEvidence
from agents.proposals import Proposal, ask_for_rule, evidence_block
from agents.speech import CallKey, Speaker
from prompts import render

_STATISTIC = re.compile(r"(?P<kind>dev_ewma|[a-z]+)(?:_(?P<points>\d+))?(?:_by_(?P<by>[a-z]+))?")


@dataclass(frozen=True)
class Telling:
    """A statistic by which events are rarer than their look-alikes: by `margin` on average, in powers of ten.

    `rise` is the mean of its signed measures on the events.
    """

    name: str
    margin: float
    rise: float


def propose(speaker: Speaker, evidence: DetectionEvidence, key: CallKey, feedback: str = "") -> Proposal:
    """Asks for one rule in a conversation of its own; `feedback` is what a reviewer said of the last one.

    Candidates count from 0; each is pointed to another of the statistics that tell events best, so that they differ.
    Raises what the speaker raises. A model that twice answers without a usable rule is a value with its refusal.
    """
    ranked = telling_statistics(evidence)
    focus = ranked[evidence.candidate % len(ranked)] if ranked else None
    user = render(
        "detection",
        "user",
        direction=evidence.direction,
        best=focus is not None and focus == ranked[0],
        focus=focus.name if focus else "",
        start=_code(focus.name) if focus else "",
        side=_side(focus) if focus else "",
        feedback=" ".join(feedback.replace("`", "'").split()),
        evidence=evidence_block(evidence),
    )
    return ask_for_rule(speaker, [SystemMessage(render("detection", "system")), HumanMessage(user)], key)


def telling_statistics(evidence: DetectionEvidence) -> list[Telling]:
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
    ranked = (Telling(name, sum(margins[name]) / count, sum(rises[name]) / count) for name in margins)
    return sorted((each for each in ranked if each.margin > 0), key=lambda each: (-each.margin, each.name))


def _code(name: str) -> str:
    match = _STATISTIC.fullmatch(name)
    parts = {"kind": name, "points": None, "by": None} if match is None else match.groupdict()
    return render("detection", "statistic", **parts).strip()


def _side(focus: Telling) -> str:
    if abs(focus.rise) < focus.margin / 2:
        return "on both sides"
    return "above the usual" if focus.rise > 0 else "below the usual"
