"""Explanation: a model says in words why an alert was raised; whatever it states that does not hold is struck out.

Any verdict of any detector can be explained: what is asked about is a `Scene`, the alert with its neighbourhood, and
what the detector that fired says of itself.
"""

from dataclasses import replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from argosy.agents.alert_evidence import evidence_block
from argosy.agents.checked_explanation import CheckedExplanation, CheckStatus, checked
from argosy.agents.claims.scene import Scene
from argosy.agents.models.reply_form import JsonForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Speaker
from argosy.prompts import render
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series

SENTENCES_FORM = JsonForm(
    {
        "title": "explanation",
        "description": "Why the detector raised the alert, in two to four short sentences.",
        "type": "object",
        "properties": {"sentences": {"type": "array", "items": {"type": "string"}}},
        "required": ["sentences"],
        "additionalProperties": False,
    }
)
"""The form of an answer, for servers that can be held to one."""

MOST_CALLS = 2
"""An explanation of which nothing holds is asked for once more, with what is wrong."""


class Explainer:
    """Explains the alerts of any scores, at most so many: the reason of an alert's first point is put into words.

    `detector` says whose alerts they are; `describe`d scenes know more, such as the clause that fired.
    """

    name = "explanation"

    def __init__(self, speaker: Speaker, detector: str, *, times_known: bool = True, most: int = 10) -> None:
        self._speaker, self._detector = speaker, detector
        self._times_known, self._most = times_known, most

    def annotate(self, series: Series, scores: Scores) -> Scores:
        """The same scores with reasons. Where the budget ends, so do the reasons; raises ModelUnavailable."""
        reasons = dict(scores.reasons)
        scenes = scenes_of(series, scores, self._detector, self._times_known)[: self._most]
        for number, scene in enumerate(scenes, start=1):
            try:
                explained = explain(self._speaker, scene, CallKey(Pattern.EXPLANATION, number, 1))
            except BudgetSpent:
                break
            reasons[scene.start] = explained.display_text
        return replace(scores, reasons=reasons)


def scenes_of(series: Series, scores: Scores, detector: str, times_known: bool) -> list[Scene]:
    """One scene for each alert: those who fired on it by name, or the detector itself where nobody is named."""
    found = []
    for start, stop in runs(scores.flags).tolist():
        fired = tuple(name for name, flags in scores.fired.items() if flags[start:stop].any())
        score = float(max(scores.values[start:stop].tolist()))
        found.append(Scene(series, start, stop, score, fired or (detector,), times_known=times_known))
    return found


def explain(speaker: Speaker, scene: Scene, key: CallKey) -> CheckedExplanation:
    """Asks for an explanation and checks it; asks once more where nothing of it holds.

    Uses `key.attempt` and the attempt after it. Raises what the speaker raises.
    """
    who = " and ".join(scene.detectors) or "A detector"
    user = render("explanation", "user", detector=who, evidence=evidence_block(scene))
    messages: list[BaseMessage] = [SystemMessage(render("explanation", "system")), HumanMessage(user)]
    reply = speaker.ask(messages, key, SENTENCES_FORM)
    first = checked(reply.text, scene, speaker.is_language_model)
    if first.status is not CheckStatus.UNVERIFIED:
        return first
    again = HumanMessage(render("explanation", "again", reasons=_wrong(first)))
    said = AIMessage(reply.text[:4_000] or "(nothing)")
    try:
        second = speaker.ask([*messages, said, again], replace(key, attempt=key.attempt + 1), SENTENCES_FORM)
    except BudgetSpent:
        return first
    return checked(second.text, scene, speaker.is_language_model)


def _wrong(explained: CheckedExplanation) -> str:
    """What does not hold, as a clause for the model."""
    found = [f"{claim.text!r}: {claim.why}" for each in explained.sentences for claim in each.claims if not claim.holds]
    return "; ".join(found[:6]) or "it states nothing that could be checked"
