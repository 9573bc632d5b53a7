"""A verdict of `argosy why` in words: a model is asked, what it says is checked, and all of it is recorded."""

from dataclasses import dataclass, field

from argosy.agents.alert_evidence import quoted
from argosy.agents.checked_explanation import CheckedExplanation, as_json
from argosy.agents.claims.scene import Scene
from argosy.agents.explanation import explain
from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import CallKey, Pattern
from argosy.detectors.why.clauses import deciding
from argosy.detectors.why.explain import VerdictRole
from argosy.patterns.pattern_run import PatternRequest, open_pattern_run
from argosy.service.explain import PointExplanation
from argosy.signals.errors import BadInput
from argosy.workspace import Workspace


@dataclass(frozen=True)
class WordsRequest:
    """By which model, and at what cost."""

    model: str = EMBEDDED
    seed: int = 0
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True)
class WordsResult:
    """An explanation, and the session that holds what was asked and answered."""

    session: str
    explained: CheckedExplanation


def in_words(found: PointExplanation, request: WordsRequest, workspace: Workspace) -> WordsResult:
    """Has a point that was flagged explained. Raises BadInput for one that was not, and ModelUnavailable."""
    if not found.explanation.flagged:
        mend = "leave --explain out, or name a flagged point with --at"
        raise BadInput("--explain", f"nothing was flagged at {found.at}", mend)
    asked = PatternRequest(
        "explanation",
        found.series,
        len(found.known),
        (Pattern.EXPLANATION,),
        request.model,
        request.seed,
        request.caps,
        settings={"detector": found.detector, "index": found.index},
    )
    with open_pattern_run(asked, workspace) as run:
        with run.step("explain") as node:
            explained = explain(node.speaker, scene_of(found), CallKey(Pattern.EXPLANATION, 1, 1))
            node.decide(f"point {found.index}", explained.status.value, explained.display_text)
        run.report |= as_json(explained)
        return WordsResult(run.session, explained)


def scene_of(found: PointExplanation) -> Scene:
    """The point as an alert of its own, with the clauses of the rules that raised it."""
    said = found.explanation
    added = [rule for rule in said.rules if rule.role is VerdictRole.ADDED]
    clauses, settings = [], dict[str, float]()
    for rule in added:
        settings |= {name: float(value) for name, value in rule.rule.params.items()}
        for clause in deciding(rule.clause) if rule.clause else ():
            clauses.append(quoted(clause.text))
            settings |= {} if clause.value is None else {clauses[-1]: float(clause.value)}
    score = max([rule.score for rule in added], default=said.base_score)
    names = tuple(rule.rule.id for rule in added) or (found.base,)
    index = len(found.known) - 1
    return Scene(found.known, index, index + 1, score, names, tuple(clauses), settings, times_known=found.times_known)
