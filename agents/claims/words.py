"""The words by which prose says which way something went, what a number is of, and what no series can show."""

import re
from collections.abc import Mapping
from enum import Enum


class Way(Enum):
    """Which way something went, or stands."""

    UP = 1
    DOWN = -1
    FLAT = "flat"
    NOISIER = "noisier"
    CALMER = "calmer"
    MISSING = "missing"


def _any(words: str) -> re.Pattern[str]:
    """Any of these words, as patterns between blanks; `_` is a blank within one."""
    listed = "|".join(word.replace("_", " ") for word in words.split())
    return re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])", re.IGNORECASE)


MOTIONS: Mapping[Way, re.Pattern[str]] = {
    Way.UP: _any(
        r"""r(?:o|i)ses? rising risen jump(?:s|ed|ing)? spik(?:e|es|ed|ing) surg(?:e|es|ed|ing) increas(?:e|es|ed|ing)
        climb(?:s|ed|ing)? grow(?:s|n|ing)? grew soar(?:s|ed|ing)? (?:went|goes|going|moved|shot|is|was)_up
        up_(?:from|by) upwards? leap(?:s|t|ed)? ascend\w* (?:doubl|tripl|quadrupl)(?:e|es|ed|ing) escalat\w+
        swell(?:s|ed)? rocket(?:s|ed)? upturn gain(?:s|ed)?"""
    ),
    Way.DOWN: _any(
        r"""f(?:a|e)ll(?:s|en|ing)? drop(?:s|ped|ping)? dip(?:s|ped|ping)? decreas(?:e|es|ed|ing)
        declin(?:e|es|ed|ing) plung(?:e|es|ed|ing) collaps(?:e|es|ed|ing) plummet\w* s(?:a|i|u)nk(?:s|ing)?
        (?:went|goes|going|moved|is|was)_down down_(?:from|by|to) downwards? slump\w* crash(?:es|ed|ing)?
        descend\w* halv(?:e|es|ed|ing) shr(?:i|a|u)nk(?:s|ing)? tumbl(?:e|es|ed|ing) slid(?:e|es)? downturn
        reduc(?:e|es|ed|ing|tion) los(?:es|t)"""
    ),
}
"""Words for a change in one direction."""

POSITIONS: Mapping[Way, re.Pattern[str]] = {
    Way.UP: _any(
        r"""above higher high greater larger bigger exceed(?:s|ed|ing)? elevated more_than beyond surpass\w*
        overshoot\w* overshot atop"""
    ),
    Way.DOWN: _any("below lower low less_than smaller beneath depressed under(?:shoot|shot) fewer_than"),
}
"""Words for where something stands, compared with what is usual."""

CONDITIONS: Mapping[Way, re.Pattern[str]] = {
    Way.FLAT: _any(r"flat flat-?lin\w+ constant stuck frozen unchanged unchanging st(?:ood|ands)_still static"),
    Way.NOISIER: _any(
        r"""noisier (?:more|increasingly)_(?:volatile|variable|erratic|noisy|unstable) erratic(?:ally)?
        (?<!less\s)volatile (?<!less\s)unstable oscillat\w+ fluctuat\w+ swung swings? jitter\w* wobbl\w+ zig-?zag\w*"""
    ),
    Way.CALMER: _any("calmer quieter smoother steadier (?:less|decreasingly)_(?:volatile|variable|noisy)"),
    Way.MISSING: _any("missing absent no_data gaps?"),
}
"""Words for how the alert as a whole is."""

NEGATIONS = re.compile(
    r"\b(?:not|never|cannot|without|nor|neither|hardly|barely|scarcely|rather than|instead of (?:ris|fall)ing)\b|n't\b"
    r"|\bno (?:longer|rise|drop|fall|increase|decrease|change|spike|dip|jump)\b",
    re.IGNORECASE,
)
"""Words that turn a statement round; what they turn is not followed."""

RECOVERIES = _any(
    r"""recover\w* return(?:s|ed|ing)? normali[sz]\w+ rebound\w* back_(?:to|at|within|up|down) (?:normal|usual)_again
        (?:came|come|comes|went|goes|is|was|are|were|bounced|bounces|got|gets|moved)_back"""
)
"""Words for values that are usual again after the alert."""

NO_RECOVERY = re.compile(r"\b(?:fail\w*|yet|unable) to\b|\bno (?:sign of )?(?:a )?(?:recovery|return)\b", re.IGNORECASE)
"""What turns a recovery round, beside the other negations."""

AFTERWARDS = _any(
    r"""afterwards? thereafter subsequent(?:ly)? after_(?:that|this|it|which) since_then ever_since later_on
        from_then_on after_the_(?:alert|drop|rise|spike|fall|jump|dip|event|anomaly|incident)"""
)
"""Words by which a clause speaks of what came after the alert."""

TRENDS = _any(r"trend\w* drift\w* creep\w* crept")
BEFOREHAND = _any("before beforehand earlier previously prior preceding already until_then")
HEADINGS: Mapping[Way, re.Pattern[str]] = {
    Way.UP: _any(r"up upwards? r(?:ise|ising|ose) increas\w+ grow\w* grew climb\w* higher"),
    Way.DOWN: _any(r"down downwards? f(?:all|alling|ell) decreas\w+ declin\w+ drop\w* shrink\w* lower"),
}
"""Which way a trend points."""

SUDDEN = _any(r"sudden(?:ly)? abrupt(?:ly)? sharp(?:ly)? steep(?:ly)? instant\w* at_once in_a_single_step")
GRADUAL = _any(
    r"gradual(?:ly)? slow(?:ly)? steady steadily smooth(?:ly)? progressive(?:ly)? little_by_little bit_by_bit"
)
VANISHED = _any(
    r"vanish\w* disappear\w* ceas(?:e|es|ed) to_nothing (?:died|went|goes|fell)_(?:out|away|silent|dark|quiet)"
)

_MOST = r"(?:larg|small|bigg|great|steep|low|high|long|short|deep|strong|sharp|fast)est|most|worst|best|first|only|last"
_ALL_OF = r"(?:in|of) (?:the|this) (?:whole |entire |full |complete )?(?:series|record|history|data|dataset)"
SUPERLATIVES = re.compile(
    rf"\b(?:{_MOST})\b.*?\b(?:ever|on record|of all(?: time)?|in history|so far|to date|{_ALL_OF}"
    r"|(?:in|of|for) (?:\w+ )?(?:hour|day|week|month|year)s?)\b"
    r"|\b(?:larg|bigg|great|steep|deep)est (?:\w+ )?(?:drop|fall|rise|jump|spike|dip|increase|decrease|decline|step)\b"
    r"|\b(?:all-time|record[- ](?:high|low|level|value)s?|unprecedented|never before)\b"
    r"|\b(?:new (?:high|low)|for the first time)\b",
    re.IGNORECASE,
)
"""Words that compare with all that ever was."""

LOWEST_OF_SERIES = re.compile(rf"^(?:lowest|smallest)(?: value| point| level)? {_ALL_OF}$", re.IGNORECASE)
HIGHEST_OF_SERIES = re.compile(rf"^(?:highest|largest)(?: value| point| level)? {_ALL_OF}$", re.IGNORECASE)

NOTHING_BEFORE = re.compile(r"\bnothing (?:is|was) known before\b", re.IGNORECASE)
AT_USUAL = re.compile(r"\b(?:is|was|equals|equalled) the (?:median|usual (?:value|level)) before\b", re.IGNORECASE)

CAUSES = _any(
    r"""because due_to owing_to thanks_to caus(?:e|es|ed|ing) as_a_(?:result|consequence)
        result(?:s|ed|ing)?_(?:of|from) trigger(?:s|ed|ing)? attribut\w+ stem(?:s|med|ming)?_from consequence
        blame\w* (?:led|leads?)_to outages? deploy\w* attack\w* failures? fault\w* maintenance"""
)
"""Words for what lies behind an alert, which no series can show."""

OF_THE_DETECTOR = re.compile(
    r"\b(?:rule|detector|score[sd]?|scoring|threshold|clause|flagged|alerts?|alarms?|verdict)\b", re.IGNORECASE
)
"""Words by which a reason is the detector's own."""

HEDGES = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|close to|circa|just (?:over|under)|or so)"
    r"|~|≈)\s*$",
    re.IGNORECASE,
)
"""Words before a number by which it is meant loosely."""

_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty"""
_TENS = "thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS: Mapping[str, float] = {
    **{word: float(number) for number, word in enumerate(_COUNTED.split())},
    **{word: 30.0 + 10.0 * number for number, word in enumerate(_TENS.split())},
    "dozen": 12.0,
    "hundred": 100.0,
    "thousand": 1_000.0,
    "million": 1e6,
    "billion": 1e9,
}

RATIO_WORDS: Mapping[str, float] = {
    "doubled": 2.0, "doubles": 2.0, "double": 2.0, "twice": 2.0, "tripled": 3.0, "triple": 3.0, "thrice": 3.0,
    "quadrupled": 4.0, "quadruple": 4.0, "halved": 0.5, "halves": 0.5, "half": 0.5, "tenfold": 10.0, "twofold": 2.0,
    "threefold": 3.0,
}  # fmt: skip

SECONDS_IN: Mapping[str, int] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("week", "weeks"), 604_800),
}
MOST_OF_UNIT: Mapping[str, int] = {
    "seconds": 60, "minutes": 60, "hours": 24, "days": 7, "weeks": 5,
}  # fmt: skip
"""How many of a unit may be meant where no number is said, as in 'for hours'; the least is two."""
VAGUE_LENGTH = re.compile(
    rf"\b(?:(within|in)\s+)?(?:a few |several |some )?({'|'.join(MOST_OF_UNIT)})\b", re.IGNORECASE
)

_POINTS = """point points sample samples step steps value values observation observations reading readings measurement
measurements"""
POINT_WORDS = frozenset(_POINTS.split())
PERCENT_WORDS = frozenset(("%", "percent", "per"))
SPREAD_WORDS = frozenset(
    ["spread", "spreads", "sigma", "sigmas", "σ", "sd", "sds", "mad", "mads", "standard", "deviations"]
)
TIMES_WORDS = frozenset(("times", "x", "×", "fold", "-fold"))

_FOLLOWING = """a about above across after again against all alone already also although an and and/or apart around
as at away back be became because been before being below between beyond briefly but by clearly
compared down during e.g each even every exactly exceeded exceeding exceeds far farther fire fired
fires first flag flagged flags followed following for from further gives had has have he held hence
here higher highest holds however i.e if in instead into is is/was it its itself just last later lay
less lies long lower lowest marks means meets met more most near nearby never next not now of off on
once only or other out over past per precisely rather reached reaching remained remains respectively
right roughly same seen set sets short since so stands stayed stays still stood than that the their
then there therefore these this those though through throughout thus till to together too toward
towards under until up upon versus very vs was well were when where whereas which while will with
within without yet yields"""
NO_UNITS = frozenset(_FOLLOWING.split())
"""What may follow a number and is no unit of it."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = "january february march april may june july august september october november december"
MONTHS = tuple(_MONTHS.split())
DAY_PARTS: Mapping[str, tuple[int, int]] = {
    "morning": (5, 12), "afternoon": (12, 18), "evening": (17, 23), "night": (20, 30), "overnight": (20, 30),
}  # fmt: skip
"""From this hour up to that one, counted on past midnight."""

CLOCK_WORDS: Mapping[str, str] = {"midnight": "00:00", "noon": "12:00", "midday": "12:00"}

NO_SUCH_TIME = _any(
    """yesterday today tomorrow tonight (?:last|this|next)_(?:week|month|year|night|morning) spring summer autumn
        winter holidays? christmas new_year"""
)
"""Times that mean nothing without knowing when the sentence was written."""
