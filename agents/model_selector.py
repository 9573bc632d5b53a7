"""A selector of series detectors that asks a model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from argosy.agents.models.speaker import CallKey, Pattern, Speaker
from argosy.agents.selection import select
from argosy.agents.selection_brief import SelectionBrief, series_facts
from argosy.detectors.cards import Card, CardKind, CardSelector, Goal, PastResult, packaged_cards, series_tags
from argosy.signals.profile import Profile


@dataclass(eq=False)
class ModelSelector:
    """Ranks series detectors with a model's word on the shortlist; a `Selector`. What has no card comes last."""

    speaker: Speaker
    cards: Sequence[Card] = field(default_factory=lambda: packaged_cards(CardKind.SERIES))
    past: Sequence[PastResult] = ()
    practices: str = ""
    goal: Goal = Goal.FLAG
    key: CallKey = field(default_factory=lambda: CallKey(Pattern.SELECTION, 1, 1))
    name: str = "selection"

    def select(self, profile: Profile, offered: Sequence[str]) -> Sequence[str]:
        """The names that are offered, the choice first. Raises ModelUnavailable."""
        brief = self.brief(profile, offered)
        if not brief.matches:
            return offered
        chosen = select(self.speaker, brief, self.key).names
        return (*chosen, *(name for name in offered if name not in chosen))

    def brief(self, profile: Profile, offered: Sequence[str]) -> SelectionBrief:
        """What the prompt holds of a series and of the detectors offered."""
        matches = CardSelector(self.cards, self.past, self.goal).matches(profile, offered)
        tags = series_tags(profile, self.goal)
        return SelectionBrief(CardKind.SERIES, series_facts(profile), tags, matches, self.past, self.practices)
