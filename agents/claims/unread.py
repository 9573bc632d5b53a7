"""What is left of a sentence when all claims in it are read: it speaks of the detector, is mere filling, or falls."""

import re
from collections.abc import Collection, Iterator

from argosy.agents.claims import words
from argosy.agents.claims.reading import ParsedSentence
from argosy.agents.claims.scene import Scene

_OF_THE_DETECTOR = """rule rules detector detectors score scores scored scoring threshold clause clauses flag flags
flagged alert alerts alarm alarms verdict fired fires fire firing raised raises raising decided decides deciding made
makes trigger triggers triggered triggering is was are were be been has have by being this reached reaches met meets
passed passes crossed crosses exceeded exceeds expression"""
_FILLING = """a an the this that these those it its at in on of to for from with by as and or so than then thus hence
here there which what who when where while again also both each all any compared relative versus vs against usual
typical normal median mean average baseline level levels value values series metric signal data point points reading
readings before previous preceding earlier prior alert anomaly anomalous deviation departure change indicating
minute minutes spread spreads percent during within through until after only just still already respectively
afterwards afterward thereafter subsequently"""
_DETECTOR_WORDS = frozenset(_OF_THE_DETECTOR.split())
_FILLING_WORDS = frozenset(_FILLING.split())
_DETECTOR_FILLING = _FILLING_WORDS - {"usual", "typical", "normal", "baseline", "anomalous"}
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ][\d:]+Z?|\bindex\b")
_QUOTED = re.compile(r"`([^`]*)`")


def unchecked_clauses(parsed: ParsedSentence, read: Collection[int]) -> Iterator[str]:
    """The clauses that state what is not followed. `read` are the numbers of those in which a claim was found.

    Beside a claim a clause may be filling, such as 'compared with the median before'; alone it says nothing.
    """
    for number, clause in enumerate(parsed.clauses):
        spoken = _spoken(clause)
        if number not in read and spoken and not (spoken <= _FILLING_WORDS or _of_the_detector(clause, parsed)):
            yield clause.strip()


def states_only_firing(parsed: ParsedSentence, scene: Scene) -> bool:
    """Whether a sentence says no more than that the detector fired, and by which name or clause."""
    about = [clause for clause in parsed.clauses if _spoken(clause)]
    return scene.score >= 1 and bool(about) and all(_of_the_detector(clause, parsed) for clause in about)


def unknown_code(parsed: ParsedSentence, scene: Scene) -> Iterator[str]:
    """Code that is quoted and belongs to no detector that fired."""
    known = sorted({*scene.clauses, *scene.detectors, *scene.settings, *scene.figures}, key=len, reverse=True)
    for code in _QUOTED.findall(parsed.text):
        rest = _TIMESTAMP.sub("", code)
        for name in known:
            rest = rest.replace(name, "")
        if not _spoken(rest) <= _FILLING_WORDS | _DETECTOR_WORDS:
            yield code


def _of_the_detector(clause: str, parsed: ParsedSentence) -> bool:
    spoken, named = _spoken(clause), {name.lower() for name in parsed.named}
    about = words.OF_THE_DETECTOR.search(clause) or re.search(r"\bfir(?:ed?|es|ing)\b", clause, re.IGNORECASE)
    return bool(about) and spoken <= _DETECTOR_WORDS | _DETECTOR_FILLING | named


def _spoken(clause: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(clause)}
