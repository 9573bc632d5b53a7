"""An explanation after the check of every claim in it: which sentences hold, and what is struck."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from argosy.agents.claims.checking import Claim, check
from argosy.agents.claims.reading import sentences
from argosy.agents.claims.scene import Scene
from argosy.agents.models.replies import read_object

MOST_SENTENCES = 6
_SENTENCE_CHARS = 2_000
"""A long clause may be quoted whole: cut short it would be no clause of the rule."""


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

    status: CheckStatus
    sentences: tuple[CheckedSentence, ...]
    by_language_model: bool

    @property
    def text(self) -> str:
        if self.status is CheckStatus.UNVERIFIED:
            return ""
        return " ".join(each.sentence for each in self.sentences if each.holds)

    @property
    def struck(self) -> tuple[str, ...]:
        """The sentences of which a claim does not hold."""
        return tuple(each.sentence for each in self.sentences if not each.holds)

    @property
    def display_text(self) -> str:
        """What to show a person: the text, or all sentences marked as not verified."""
        said = " ".join(each.sentence for each in self.sentences)
        return self.text or (f"unverified: {said}" if said else "no explanation could be read from the reply")


def checked(reply: str, scene: Scene, by_language_model: bool) -> CheckedExplanation:
    """What a reply says of a scene, sentence by sentence, each checked."""
    told = tuple(CheckedSentence(sentence, check(sentence, scene)) for sentence in read_sentences(reply))
    return CheckedExplanation(_status([each.holds for each in told]), told, by_language_model)


def _status(held: Sequence[bool]) -> CheckStatus:
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


def as_json(explained: CheckedExplanation) -> dict[str, object]:
    """An explanation as JSON values: what holds, what was struck, and how many claims there were."""
    claims = [claim for each in explained.sentences for claim in each.claims]
    wrong = [f"{claim.text}: {claim.why}" for claim in claims if not claim.holds]
    return {
        "standing": explained.status.value,
        "text": explained.text,
        "struck": list(explained.struck),
        "claims": len(claims),
        "claims_held": len(claims) - len(wrong),
        "wrong": wrong,
        "by_language_model": explained.by_language_model,
    }
