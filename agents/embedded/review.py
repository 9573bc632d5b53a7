"""The embedded author's opinion of a rule that was measured."""

import json

from argosy.agents.rules.evidence import ReviewEvidence

_CLEAR_GAIN = 0.01


def review_rule(evidence: ReviewEvidence) -> str:
    """The verdict as JSON text: verdict, reason and feedback."""
    train = _gain(evidence.train, evidence.train_before) or 0.0
    validation = _gain(evidence.validation, evidence.validation_before)
    verdict, reason, feedback = _judged(evidence, train, validation)
    return json.dumps({"verdict": verdict, "reason": reason, "feedback": feedback})


def _judged(evidence: ReviewEvidence, train: float, validation: float | None) -> tuple[str, str, str]:
    figures = f"{train:+.3f} on training data, " + (
        "nothing to judge by on validation" if validation is None else f"{validation:+.3f} on validation"
    )
    if evidence.direction == "clear" and evidence.events_lost:
        return "revise", f"It clears {evidence.events_lost} true incidents.", "Clear less: ask for a second condition."
    if train <= 0:
        return "discard", f"No better than before: {figures}.", ""
    if validation is not None and validation < 0:
        return "revise", f"It gains in training only: {figures}.", "Add a second condition against false alarms."
    if validation is not None and validation < _CLEAR_GAIN and train > 0.1:
        return "accept", f"A gain that validation hardly shows: {figures}.", ""
    return "accept", f"Better than before: {figures}.", ""


def _gain(after: dict[str, float], before: dict[str, float]) -> float | None:
    """The gain in the objective, or the mean gain of the metrics there are; None when there are none."""
    names = ["objective"] if "objective" in after and "objective" in before else sorted(set(after) & set(before))
    return sum(after[name] - before[name] for name in names) / len(names) if names else None
