"""How many model calls the refinement graph can make at most: its loops end by counts, so this is exact."""

from collections.abc import Mapping

from argosy.agents.explanation import MOST_CALLS
from argosy.agents.models.ask_again import MOST_CALLS_AN_ANSWER
from argosy.agents.models.speaker import Role
from argosy.graphs.refine.settings import Settings


def most_calls(settings: Settings) -> Mapping[Role, int]:
    """By role; whoever reviews also explains alerts.

    Every candidate may be revised and repaired up to its counts, and be reviewed after each of these.
    """
    asked = MOST_CALLS_AN_ANSWER * settings.rounds * settings.candidates
    return {
        Role.DETECTION: asked * (1 + settings.max_revisions),
        Role.REPAIR: asked * settings.max_repairs,
        Role.REVIEW: asked * (1 + settings.max_revisions + settings.max_repairs) + MOST_CALLS * settings.explain,
    }
