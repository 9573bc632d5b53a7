"""Rules as JSON values: what they are, where they come from, and how they stand in service."""

from collections.abc import Collection
from typing import Any

from argosy.detectors.rules.rule import RuleUnreadable, read_rule
from argosy.service.expiry import RuleStanding, expires_at, rule_standings
from argosy.sessions.kept_certificates import KEY, certificates_of
from argosy.store.rows import RuleRole, RuleRow, RuleStory
from argosy.store.store import Store


def rules_json(store: Store, roles: Collection[RuleRole], now: float) -> list[dict[str, Any]]:
    """The rules that had one of these roles in a session, newest first, each with its status and age."""
    found = store.rules.listed(tuple(roles))
    standings = rule_standings(store, [each.rule for each in found], now)
    return [
        rule_json(each.rule)
        | {"series": each.series, "sessions": each.sessions}
        | _status_json(standings[each.rule.id])
        for each in found
    ]


def rule_story_json(store: Store, rule: str, now: float) -> dict[str, Any]:
    """All that is known of the rule whose id begins so, and when it is due to be looked at again. Raises BadInput."""
    story = store.rules.story(rule)
    standing = rule_standings(store, [story.rule], now)[story.rule.id]
    return _story_json(story) | _status_json(standing) | {"expires": expires_at(store, standing)}


def rule_json(rule: RuleRow) -> dict[str, Any]:
    """A rule as JSON values; `ranges` where its source tells them."""
    return {
        "id": rule.id,
        "direction": rule.direction.value,
        "summary": rule.summary,
        "params": dict(rule.params),
        "ranges": {name: list(limits) for name, limits in ranges_of(rule).items()},
        "source": rule.source,
        "author": rule.author,
        "language_model": rule.language_model,
        "created": rule.created,
    }


def ranges_of(rule: RuleRow) -> dict[str, tuple[float, float]]:
    """From what to what each parameter may be searched; nothing where the source does not tell."""
    try:
        return {param.name: (param.low, param.high) for param in read_rule(rule.source).params}
    except RuleUnreadable:
        return {}


def _status_json(standing: RuleStanding) -> dict[str, Any]:
    """How a rule stands as JSON values: its status is that of the best placed of the detectors that hold it."""
    return {
        "status": standing.status.value,
        "age_days": standing.age_days,
        "detectors": [{"id": each.detector, "status": each.status.value} for each in standing.holders],
    }


def _story_json(story: RuleStory) -> dict[str, Any]:
    """All that is known of a rule as JSON values; certificates stand apart from the other evidence, by session."""
    return rule_json(story.rule) | {
        "parents": [parent.id for parent in story.parents],
        "children": [child.id for child in story.children],
        "uses": [
            {
                "session": use.session,
                "role": use.role.value,
                "evidence": {key: value for key, value in use.evidence.items() if key != KEY},
            }
            for use in story.uses
        ],
        "certificates": {
            session: certificate.model_dump(mode="json") for session, certificate in certificates_of(story).items()
        },
    }
