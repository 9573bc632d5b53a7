"""Explanation: a model says in words why an alert was raised; whatever it states that does not hold is struck out.

Any verdict of any detector can be explained: what is asked about is a `Scene`, the alert with its neighbourhood, and
what the detector that fired says of itself.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from argosy.agents.claims.checking import Claim, check
from argosy.agents.claims.reading import sentences
from argosy.agents.claims.scene import Scene, shown
from argosy.agents.models.replies import read_object
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

MOST_SENTENCES = 6
_SENTENCE_CHARS = 2_000
"""A long clause may be quoted whole: cut short it would be no clause of the rule."""

_SHOWN_BEFORE, _SHOWN_WITHIN, _SHOWN_AFTER = 20, 20, 5
_MOST_CLAUSES = 8


class CheckStatus(StrEnum):
    """What became of an explanation when it was checked."""

    VERIFIED = "verified"
    """All that it states holds."""
    TRIMMED = "trimmed"
    """Sentences that do not hold were struck out; what is left holds."""
    UNVERIFIED = "unverified"
    """Nothing that it states holds, or can be followed."""


@dataclass(frozen=True)
class CheckedSentence:
    """A sentence with its claims; it stays where it has some and all of them hold."""

    sentence: str
    claims: tuple[Claim, ...]

    @property
    def holds(self) -> bool:
        return bool(self.claims) and all(claim.holds for claim in self.claims)


@dataclass(frozen=True)
class CheckedExplanation:
    """An explanation of one alert. `text` is what may be shown: of an unverified one nothing."""

    standing: CheckStatus
    sentences: tuple[CheckedSentence, ...]
    by_language_model: bool

    @property
    def text(self) -> str:
        if self.standing is CheckStatus.UNVERIFIED:
            return ""
        return " ".join(each.sentence for each in self.sentences if each.holds)

    @property
    def struck(self) -> tuple[str, ...]:
        """What was said and does not hold."""
        return tuple(each.sentence for each in self.sentences if not each.holds)

    @property
    def told(self) -> str:
        """The text, or what was said with a mark that it is not verified."""
        said = " ".join(each.sentence for each in self.sentences)
        return self.text or (f"unverified: {said}" if said else "no explanation could be read from the reply")


class Evidence(BaseModel):
    """What the model is shown of an alert."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    kind: Literal["explanation"] = "explanation"
    moments: dict[str, str]
    figures: dict[str, float]
    clauses: tuple[str, ...]
    settings: dict[str, float]
    neighbourhood: tuple[tuple[str, float | None], ...]


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
            reasons[scene.start] = explained.told
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
    if first.standing is not CheckStatus.UNVERIFIED:
        return first
    again = HumanMessage(render("explanation", "again", reasons=_wrong(first)))
    said = AIMessage(reply.text[:4_000] or "(nothing)")
    try:
        second = speaker.ask([*messages, said, again], replace(key, attempt=key.attempt + 1), SENTENCES_FORM)
    except BudgetSpent:
        return first
    return checked(second.text, scene, speaker.is_language_model)


def checked(reply: str, scene: Scene, by_language_model: bool) -> CheckedExplanation:
    """What a reply says of a scene, sentence by sentence, each checked."""
    told = tuple(CheckedSentence(sentence, check(sentence, scene)) for sentence in read_sentences(reply))
    return CheckedExplanation(_standing([each.holds for each in told]), told, by_language_model)


def _standing(held: Sequence[bool]) -> CheckStatus:
    if not any(held):
        return CheckStatus.UNVERIFIED
    return CheckStatus.VERIFIED if all(held) else CheckStatus.TRIMMED


def read_sentences(reply: str) -> list[str]:
    """The sentences of a reply: those of its JSON object, else its prose."""
    found = read_object(reply) or {}
    match found.get("sentences", found.get("explanation")):
        case list() as listed:
            prose = [each for each in listed if isinstance(each, str)]
        case str() as said:
            prose = [said]
        case _:
            prose = [] if found else [reply]
    cut = [sentence for each in prose for sentence in sentences(each)]
    return [sentence[:_SENTENCE_CHARS] for sentence in cut][:MOST_SENTENCES]


def evidence_block(scene: Scene) -> str:
    """What the model is shown, as compact JSON in which nothing closes the fence around it."""
    return evidence_of(scene).model_dump_json().replace("`", "\\u0060")


def evidence_of(scene: Scene) -> Evidence:
    """The alert in figures, with its neighbourhood thinned where it is long."""
    moments = {"start": scene.moment(scene.start), "last": scene.moment(scene.stop - 1)}
    moments |= {"farthest_from_usual": scene.moment(scene.extreme)}
    around = [
        *range(max(scene.first, scene.start - _SHOWN_BEFORE), scene.start),
        *_thinned(range(scene.start, scene.stop), _SHOWN_WITHIN),
        *range(scene.stop, min(scene.end, scene.stop + _SHOWN_AFTER)),
    ]
    return Evidence(
        moments=moments,
        figures={name: _rounded(value) for name, value in scene.figures.items() if math.isfinite(value)},
        clauses=scene.clauses[:_MOST_CLAUSES],
        settings={name: _rounded(value) for name, value in scene.settings.items() if math.isfinite(value)},
        neighbourhood=tuple((scene.moment(index), _known(scene.at(index))) for index in around),
    )


def as_json(explained: CheckedExplanation) -> dict[str, object]:
    """An explanation as JSON values: what holds, what was struck, and how many claims there were."""
    claims = [claim for each in explained.sentences for claim in each.claims]
    wrong = [f"{claim.text}: {claim.why}" for claim in claims if not claim.holds]
    return {
        "standing": explained.standing.value,
        "text": explained.text,
        "struck": list(explained.struck),
        "claims": len(claims),
        "claims_held": len(claims) - len(wrong),
        "wrong": wrong,
        "by_language_model": explained.by_language_model,
    }


def _wrong(explained: CheckedExplanation) -> str:
    """What does not hold, as a clause for the model."""
    found = [f"{claim.text!r}: {claim.why}" for each in explained.sentences for claim in each.claims if not claim.holds]
    return "; ".join(found[:6]) or "it states nothing that could be checked"


def _thinned(indices: range, most: int) -> Sequence[int]:
    if len(indices) <= most:
        return indices
    return sorted({indices[round(at * (len(indices) - 1) / (most - 1))] for at in range(most)})


def _rounded(value: float) -> float:
    return float(shown(value))


def _known(value: float) -> float | None:
    return _rounded(value) if math.isfinite(value) else None


def quoted(text: str) -> str:
    """A piece of code as it may stand in evidence and prose: on one line, without what could close a fence."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)[1:-1].replace("`", "'").replace('\\"', '"')
