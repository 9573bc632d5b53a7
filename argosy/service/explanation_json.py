"""An explanation of one verdict as JSON values, and the sentences in it."""

from typing import Any

from argosy.detectors.why.changes import ChangeKind, TurningChange
from argosy.detectors.why.clauses import Clause, deciding
from argosy.detectors.why.explain import Explanation, RuleVerdict, VerdictRole
from argosy.service.explain import PointExplanation
from argosy.signals.finite import finite_or_none


def explanation_json(found: PointExplanation) -> dict[str, Any]:
    """An explanation as JSON values; NaN, which is no opinion or a missing value, as null."""
    said = found.explanation
    return {
        "detector": found.detector,
        "series": found.series,
        "index": found.index,
        "at": found.at,
        "value": _finite(said.value),
        "flagged": said.flagged,
        "verdict": verdict(said, found.base),
        "base": {"name": found.base, "score": _finite(said.base_score), "threshold": 1.0, "alarms": said.base_alarms},
        "rules": [_rule_json(rule) for rule in said.rules],
        "changes": [_change_json(change, said) for change in said.turned.changes],
        "changes_refuted": said.turned.refuted,
        "notes": list(found.notes),
    }


def verdict(said: Explanation, base: str) -> str:
    """The verdict and whose doing it is, in one sentence."""
    added = [rule.rule.id for rule in said.rules if rule.role is VerdictRole.ADDED]
    cleared = [rule.rule.id for rule in said.rules if rule.role is VerdictRole.CLEARED]
    if added:
        return f"flagged by {' and '.join(added)}, where {base} is normal"
    if cleared:
        return f"not flagged: {base} alarms, and {' and '.join(cleared)} took it back"
    if said.flagged:
        return f"flagged by {base}; no rule took it back"
    return f"not flagged: {base} is normal, and no rule adds an alarm"


def sentence(change: TurningChange) -> str:
    """A change in words, such as 'threshold ≤ 4.1 instead of 6'."""
    now = "no value" if change.now != change.now else f"{change.now:.6g}"
    words = f"{change.sign} {change.to:.10g} instead of {now}"
    match change.what:
        case ChangeKind.VALUE:
            return f"value {words}" + ("" if change.seen else ", further than the series has been before")
        case ChangeKind.PARAMETER:
            return f"{change.rule}: {change.name} {words}"
        case ChangeKind.BASE_THRESHOLD:
            return f"base: threshold {words}"


def _rule_json(rule: RuleVerdict) -> dict[str, Any]:
    decided = list(deciding(rule.clause)) if rule.clause else []
    return {
        "id": rule.rule.id,
        "direction": rule.rule.direction.value,
        "summary": rule.rule.rule.summary,
        "params": dict(rule.rule.params),
        "score": _finite(rule.score),
        "threshold": 1.0,
        "fires": rule.fires,
        "role": rule.role.value,
        "decided_by": [{"clause": each.text, "value": _finite(each.value)} for each in decided],
        "clause": _clause_json(rule.clause) if rule.clause else None,
        "values": {name: _finite(value) for name, value in rule.values.items()},
        "note": rule.note,
    }


def _clause_json(clause: Clause) -> dict[str, Any]:
    return {
        "clause": clause.text,
        "value": _finite(clause.value),
        "decides": clause.decides,
        "how": clause.how.name.lower(),
        "parts": [_clause_json(part) for part in clause.parts],
    }


def _change_json(change: TurningChange, said: Explanation) -> dict[str, Any]:
    return {
        "what": change.what.value,
        "rule": change.rule,
        "name": change.name,
        "now": _finite(change.now),
        "to": change.to,
        "sign": change.sign,
        "seen": change.seen,
        "makes": "normal" if said.flagged else "flagged",
        "verified": True,
        "sentence": sentence(change),
    }


def _finite(value: float | bool | None) -> float | bool | None:
    return finite_or_none(value) if isinstance(value, float) else value
