"""A rule with the numbers that it runs with: what a fusion, an explanation and a refresh each need of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule import Direction, Number, Rule
from argosy.detectors.rules.rule_detector import RuleDetector
from argosy.detectors.rules.transfer import Unit
from argosy.sandbox.protocol import Sandbox


@dataclass(frozen=True)
class TunedRule:
    """A rule of a fusion by its id there. `rate_limit` bounds how often it may change a verdict, None for no bound.

    `language_model` says whether one had a hand in it; `unit` is what the series was measured in when its numbers were
    searched, None where that is not known.
    """

    id: str
    rule: Rule
    params: Mapping[str, Number]
    direction: Direction
    rate_limit: RateLimit | None = None
    language_model: bool = False
    unit: Unit | None = None

    def detector(self, sandbox: Sandbox) -> RuleDetector:
        """The rule as a detector that runs in this sandbox."""
        return RuleDetector(self.rule, self.params, sandbox, self.direction)
