"""Whether a number that prose states is the figure that the words around it make it."""

import math
import re
from collections.abc import Collection, Iterable

from argosy.agents.claims import words
from argosy.agents.claims.reading import HOLE, Number, ParsedSentence
from argosy.agents.claims.scene import Scene, format_figure

_LOOSE = 0.05
"""How far, as a share of it, a figure may be from a number that is said with 'about' before it."""

_OF_DETECTOR = re.compile(r"\b(score|threshold|limit)[sd]?\b", re.IGNORECASE)
_CHANGE_LEFT = re.compile(
    r"\b(?:by|(?:change|difference|step|drop|jump|rise|fall|increase|decrease|shift|departure|deviation|gap|dip) of)"
    r"(?:\s+(?:about|around|roughly|nearly|almost|some|approximately|only|just|more than|less than))*\s*$",
    re.IGNORECASE,
)
_CHANGE_RIGHT = re.compile(
    r"^\s*(?:below|above|lower|higher|less|more|under|over|away|from)\b.*"
    r"\b(?:usual|normal|typical|median|mean|average|before|previous|expected|it|that|baseline|level)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:usual\w*|typical\w*|normal\w*|baseline|expected|before\w*|previous\w*|earlier|prior|preceding|from|than|above"
    r"|below|over|under|versus|vs|against|instead of|compared (?:to|with)|exceed\w*|past|recent\w*|history)\b",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(?:to|at|is|was|reach\w*|now|alert|hit|down to|up to|as (?:low|high) as)\s*$", re.IGNORECASE)
_STATISTICS = (
    (
        re.compile(r"\b(?:lowest|minimum|min|bottom\w*|trough|low|as low as)\b", re.IGNORECASE),
        "lowest",
        "lowest_before",
    ),
    (re.compile(r"\b(?:highest|maximum|max|peak\w*|high|as high as)\b", re.IGNORECASE), "highest", "highest_before"),
    (re.compile(r"\b(?:mean|average\w*)\b", re.IGNORECASE), "mean", "mean_before"),
    (re.compile(r"\b(?:median|usual\w*|typical\w*|normal\w*)\b", re.IGNORECASE), None, "usual_before"),
    (
        re.compile(
            r"\b(?:previous|preceding|last) (?:value|point|one|sample)|just before|point before\b", re.IGNORECASE
        ),
        None,
        "previous_value",
    ),
)
_LEVELS = ("value_at_start", "value_at_end", "lowest", "highest", "farthest_from_usual")
_BEFORES = ("usual_before", "mean_before", "lowest_before", "highest_before", "previous_value")
_HISTORY = re.compile(r"\b(?:last|previous|preceding|past|prior|earlier|before|history|recent)\b", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:within|in (?:less than|under))\s*$", re.IGNORECASE)
_SPACING = re.compile(
    r"\b(?:every|each|per|apart|interval\w*|spac\w+|resolution|one another|later|next)\b", re.IGNORECASE
)


def number_fault(number: Number, parsed: ParsedSentence, scene: Scene, where: frozenset[int] | None) -> str:
    """What is wrong with a number; empty where nothing is. `where`: indices of the points that it describes, if any."""
    if _agrees_with_named(number, parsed, scene):
        return ""
    if _said_of_setting(number, parsed, scene):
        return "that setting has another value"
    unit = number.unit
    if unit in words.POINT_WORDS or unit in words.SECONDS_IN:
        return _duration(number, scene)
    if unit in words.PERCENT_WORDS:
        return _one_of(number, _percents(scene), scene, "no change here is of so many percent")
    if unit in words.SPREAD_WORDS:
        return _one_of(number, _figures(scene, "spreads_from_usual"), scene, "it is another number of spreads")
    if unit in words.TIMES_WORDS or number.text.lower() in words.RATIO_WORDS:
        return _one_of(number, _figures(scene, "times_usual"), scene, "it is another multiple of the usual")
    if unit and unit != (scene.unit or "").lower():
        return f"nothing here is measured in {unit!r}"
    return _level(number, parsed, scene, where)


def agrees(number: Number, fact: float, scene: Scene) -> bool:
    """Whether a number is a figure, to as many digits as it is written with, rounded or cut.

    Rounding may not hide more than a twentieth of the figure, or a tenth of the usual spread.
    """
    if not math.isfinite(fact):
        return False
    spread = scene.spread if scene.spread == scene.spread else 0.0
    most = max(_LOOSE * abs(fact), 0.1 * spread) * (1 + 1e-9)
    off = min(abs(number.value - fact), abs(number.value - float(format_figure(fact))))
    if words.HEDGES.search(number.left) and off <= _LOOSE * abs(fact):
        return True
    unit = 10.0**-number.decimals
    cut = abs(number.value - math.trunc(fact / unit) * unit) <= 1e-9 * max(1.0, abs(fact))
    return (off <= most and (off <= unit / 2 * (1 + 1e-6) or cut)) or off <= 1e-9 * abs(fact)


def _agrees_with_named(number: Number, parsed: ParsedSentence, scene: Scene) -> bool:
    """A number beside the name of a setting, or beside a clause that is quoted, may be its value."""
    around = f"{number.left} {number.right}"
    named = [name for name in parsed.named if name in around or (not name.isalpha() and HOLE in around)]
    beside = [scene.settings[name] for name in named if name in scene.settings]
    plain = not number.unit or number.unit in words.POINT_WORDS
    return plain and any(agrees(number, value, scene) for value in beside)


def _said_of_setting(number: Number, parsed: ParsedSentence, scene: Scene) -> bool:
    """Whether it is said to be the value of a setting, as in 'a window of 45'. A threshold may be the score's, too."""
    names = [name for name in parsed.named if name in scene.settings and not _OF_DETECTOR.search(name)]
    said_so = r"(?:\s*[=:]|\s+(?:of|is|was|at))?\s*$"
    return any(re.search(rf"(?:\b{re.escape(name)}\b|{HOLE}){said_so}", number.left) for name in names)


def _figures(scene: Scene, *names: str) -> list[float]:
    return [scene.figures[name] for name in names if name in scene.figures]


def _one_of(number: Number, facts: Iterable[float], scene: Scene, otherwise: str) -> str:
    return "" if any(agrees(number, fact, scene) for fact in facts) else otherwise


def _percents(scene: Scene) -> Collection[float]:
    found = _figures(scene, "change_percent")
    if "step_at_start" in scene.figures and scene.figures["previous_value"]:
        found.append(100 * scene.figures["step_at_start"] / abs(scene.figures["previous_value"]))
    return {*found, *map(abs, found)}


def _duration(number: Number, scene: Scene) -> str:
    """Lengths: of the alert, of what is known before it, of a step; each by the words that speak of it."""
    points, history = scene.points, scene.start - scene.first
    if _WITHIN.search(number.left) and words.RECOVERIES.search(number.left):
        return _at_most(number, scene)
    if _SPACING.search(f"{number.left} {number.right}"):
        known, what = {1}, "points are not so far apart"
    elif _HISTORY.search(f"{number.left} {number.right}"):
        known, what = {history}, "so much before the alert was not looked at"
    else:
        known, what = {points}, "the alert is not so long"
    if number.unit in words.POINT_WORDS:
        return "" if number.value in known else what
    if not scene.times_known:
        return "the points are counted, not timed"
    seconds = {count * scene.series.step_s for count in known}
    if points in known and scene.points > 1:
        seconds.add(int(scene.series.seconds[scene.stop - 1] - scene.series.seconds[scene.start]))
    size = words.SECONDS_IN[number.unit]
    return _one_of(number, [each / size for each in seconds], scene, what)


def _at_most(number: Number, scene: Scene) -> str:
    """'Recovered within 10 minutes': the alert may be shorter. Whether it recovered is a claim of its own."""
    counted = number.unit in words.POINT_WORDS
    if not counted and not scene.times_known:
        return "the points are counted, not timed"
    size = 1.0 if counted else words.SECONDS_IN[number.unit] / scene.series.step_s
    return "" if scene.points <= number.value * size else "the alert is longer"


def _level(number: Number, parsed: ParsedSentence, scene: Scene, where: frozenset[int] | None) -> str:
    left, right = number.left, number.right
    if found := _last(_OF_DETECTOR, left) or (_OF_DETECTOR.match(right.strip()) and right):
        is_score = found.lower().startswith("score") or right.strip().lower().startswith("score")
        facts = [scene.score] if is_score else [1.0, *_thresholds(scene)]
        return _one_of(number, facts, scene, "score or threshold is another")
    if _CHANGE_LEFT.search(left) or _CHANGE_RIGHT.match(right):
        changes = _changes(scene)
        signed = changes if number.value < 0 else [abs(each) for each in changes]
        return _one_of(number, signed, scene, "nothing changed by so much")
    is_before = _of_history(number, parsed) or (
        bool(_BEFORE.search(left) or _trailing_before(right)) and not _NOW.search(left)
    )
    facts, bound = _pool(left, right, scene, is_before), where is not None and not is_before
    if bound and where is not None:
        return _one_of(number, [scene.at(index) for index in where], scene, "another value is there")
    return _one_of(number, facts, scene, "it is no such value of the alert or before it")


def _of_history(number: Number, parsed: ParsedSentence) -> bool:
    """Whether the number's clause, or the one before it, is about earlier points: 'in the last 60 points …'."""
    near = (number.clause - 1, number.clause)
    lengths = [each for each in parsed.numbers if each.clause in near and each is not number]
    timed = (each for each in lengths if each.unit in words.POINT_WORDS or each.unit in words.SECONDS_IN)
    return any(_HISTORY.search(f"{each.left} {each.right}") and each.at < number.at for each in timed)


def _pool(left: str, right: str, scene: Scene, is_before: bool) -> list[float]:
    around = f"{left} {_trailing_before(right)}"
    names = [name for pattern, *pair in _STATISTICS if pattern.search(around) for name in pair[is_before:] if name]
    if not is_before and any(name in ("mean", "lowest", "highest") for name in names):
        names = [name for name in names if not name.endswith("_before")]
    return _figures(scene, *(names or (_BEFORES if is_before else _LEVELS)))


def _trailing_before(right: str) -> str:
    """Words behind a number that still speak of it: 'than 103 before', 'to 45 from …' does not."""
    found = re.match(
        r"^\s*(?:(?:just |right |the )*(?:before|previously|earlier|usual\w*|normal\w*|typical\w*))\b", right, re.I
    )
    return found.group() if found else ""


def _changes(scene: Scene) -> list[float]:
    found = _figures(scene, "change", "step_at_start")
    if "usual_before" in scene.figures:
        usual = scene.figures["usual_before"]
        found += [value - usual for value in _figures(scene, "value_at_start", "lowest", "highest", "mean")]
    return found


def _thresholds(scene: Scene) -> list[float]:
    return [value for name, value in scene.settings.items() if "threshold" in name.lower()]


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.findall(text)
    return str(found[-1]) if found else ""
