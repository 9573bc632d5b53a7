"""The certificates that stand in the store with the rules they are of."""

import pydantic

from argosy.detectors.certificate import Certificate
from argosy.signals.errors import BadInput
from argosy.store.rows import RuleStory

KEY = "certificate"
"""Under which a certificate stands in the evidence of a rule's use."""


def certificates_of(story: RuleStory) -> dict[str, Certificate]:
    """The certificates of a rule by session, the oldest first. Raises BadInput for one that cannot be read."""
    return {use.session: _read(use.evidence[KEY], story.rule.id) for use in story.uses if use.evidence.get(KEY)}


def _read(kept: object, rule: str) -> Certificate:
    try:
        return Certificate.model_validate(kept)
    except pydantic.ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        mend = "use the version of Argosy that made it, or run a new session"
        raise BadInput(f"certificate of {rule}", f"cannot be read at {where}", mend) from error
