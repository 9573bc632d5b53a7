"""The shortlist node: which baselines are fitted at all, by cards, past results and a model's word."""

from argosy.agents.model_selector import ModelSelector
from argosy.agents.models.speaker import CallKey, Pattern, Role
from argosy.agents.selection import select as ask
from argosy.agents.selection import selection_facts
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.state import State
from argosy.signals.profile import profile


def shortlist(_state: State, node: RefineNodeContext) -> State:
    """Chooses the baselines to try; validation picks among them. Everything else is left aside."""
    asked, data = node.context.shortlist, node.data
    if asked is None:
        return {}
    selector = ModelSelector(node.speaker(Role.DETECTION), asked.cards, asked.past, asked.practices)
    brief = selector.brief(profile(data.train, data.train_labels), [card.name for card in asked.cards])
    chosen = ask(selector.speaker, brief, CallKey(Pattern.SELECTION, 1, 1))
    names = chosen.names[: asked.most]
    for each in chosen.refused:
        node.decide("shortlist", "unusable", each)
    for match in brief.matches:
        node.decide(
            match.name, "matched", selection_facts(match.reasons), score=round(match.score, 3), kept=match.name in names
        )
    node.decide("shortlist", ", ".join(names), chosen.reason, by=chosen.author)
    return {"shortlist": names}
