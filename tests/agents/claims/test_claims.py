"""What prose says of an alert: what is true stands, and every planted falsehood falls."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from argosy.agents.claims.checking import Claim, ClaimKind, check
from argosy.agents.claims.reading import read, sentences
from argosy.agents.claims.scene import Scene
from argosy.signals.series import Series

MIDNIGHT = 1_709_596_800  # 2024-03-05, a Tuesday
START = 300


def a_scene(shift: float = -25.0, seed: int = 0, points: int = 8, level: float = 100.0, step_s: int = 60) -> Scene:
    """Noise about a level, and an alert of so many points that are shifted; the score of its detector is 1.83."""
    rng = np.random.default_rng(seed)
    values = level + rng.normal(0, 1, 400)
    values[START : START + points] += shift
    series = Series("s", MIDNIGHT + step_s * np.arange(400, dtype=np.int64), values, step_s)
    settings = {"window": 45.0, "x.diff()": -24.7}
    return Scene(series, START, START + points, 1.83, ("robust_z", "r-8ef630cf65"), ("x.diff()",), settings)


def wrong(sentence: str, scene: Scene) -> list[Claim]:
    return [claim for claim in check(sentence, scene) if not claim.holds]


def holds(sentence: str, scene: Scene) -> bool:
    """Whether it states something, all of which holds."""
    return bool(check(sentence, scene)) and not wrong(sentence, scene)


scenes = st.builds(
    a_scene,
    shift=st.floats(6, 60).flatmap(lambda size: st.sampled_from([size, -size])),
    seed=st.integers(0, 1_000),
    points=st.integers(2, 30),
    level=st.sampled_from([100.0, 2_000.0, -40.0]),
    step_s=st.sampled_from([60, 300]),
)

Telling = Callable[[Scene], str]


def at(scene: Scene, index: int) -> str:
    return f"{scene.time(index):%H:%M}"


def fell(scene: Scene, back: bool = False) -> str:
    return "rose" if (scene.figures["change"] > 0) != back else "fell"


def side(scene: Scene, back: bool = False) -> str:
    return "above" if (scene.figures["change"] > 0) != back else "below"


TRUE: dict[str, Telling] = {
    "to": lambda s: (
        f"At {at(s, START)} the value {fell(s)} to {s.at(START):.2f}, from a median of {s.usual:.2f} before."
    ),
    "from": lambda s: f"It {fell(s)} from {s.previous(START):.2f} to {s.at(START):.2f} at {s.moment(START)}.",
    "by": lambda s: f"It {fell(s)} by {abs(s.figures['change']):.3f} from the usual level.",
    "side": lambda s: f"Values were {side(s)} the usual {s.usual:.2f}.",
    "length": lambda s: f"The alert lasted {s.points} points.",
    "minutes": lambda s: f"It lasted {s.points * s.series.step_s // 60} minutes.",
    "began": lambda s: f"It began at {at(s, START)} and ended at {at(s, s.stop - 1)}.",
    "between": lambda s: f"Between {at(s, START)} and {at(s, s.stop - 1)} the mean was {s.figures['mean']:.2f}.",
    "extremes": lambda s: f"The lowest value was {s.figures['lowest']:.2f}, the highest {s.figures['highest']:.2f}.",
    "score": lambda _: "The score of 1.83 exceeds the threshold of 1.",
    "rule": lambda _: "r-8ef630cf65 fired: `x.diff()` is -24.7 with a window of 45.",
    "spreads": lambda s: f"That is {s.figures['spreads_from_usual']:.1f} spreads {side(s)} the median before.",
    "weekday": lambda s: f"On {s.time(START):%A} the series {fell(s)}.",
    "history": lambda s: (
        f"In the 60 points before, values lay between {s.figures['lowest_before']:.2f} and "
        f"{s.figures['highest_before']:.2f}."
    ),
    "sigma": lambda s: (
        f"A {s.figures['spreads_from_usual']:.1f}-sigma {'jump' if s.figures['change'] > 0 else 'drop'}."
    ),
}

FALSE: dict[str, Telling] = {
    "number": lambda s: f"At {at(s, START)} the value {fell(s)} to {s.at(START) + 9:.2f}.",
    "number before": lambda s: f"It {fell(s)} to {s.at(START):.2f} from a median of {s.usual - 7.77:.2f} before.",
    "number swapped": lambda s: f"At {at(s, START)} the value was {s.usual:.2f}.",
    "change": lambda s: f"It {fell(s)} by {abs(s.figures['change']) * 1.5:.3f} from the usual level.",
    "minus": lambda s: f"At {at(s, START)} the value was {-s.at(START):.2f}.",
    "score": lambda _: "The score of 2.83 exceeds the threshold of 1.",
    "threshold": lambda _: "The score of 1.83 exceeds the threshold of 3.",
    "setting": lambda _: "It fired with a window of 46.",
    "clause": lambda _: "`x.diff()` is -29.7 here.",
    "spreads": lambda s: f"That is {s.figures['spreads_from_usual'] * 2:.1f} spreads {side(s)} the median before.",
    "length": lambda s: f"The alert lasted {s.points + 1} points.",
    "length in words": lambda _: "The alert lasted forty points.",
    "time": lambda s: f"The value {fell(s)} at {at(s, START - 17)}.",
    "time of a value": lambda s: f"The value {fell(s)} to {s.at(START):.2f} at {at(s, START - 17)}.",
    "beginning": lambda s: f"The alert began at {at(s, s.stop + 3)}.",
    "ending": lambda s: f"It ended at {at(s, START - 5)}.",
    "date": lambda s: f"At 2024-03-19 {at(s, START)} the value {fell(s)}.",
    "zone": lambda s: f"The value {fell(s)} at {at(s, START)} CET.",
    "twelve hours off": lambda s: f"It {fell(s)} at {(s.time(START).hour + 12) % 24:02}:{at(s, START)[3:]}.",
    "weekday": lambda s: f"On Friday it {fell(s)}.",
    "index": lambda s: f"The value {fell(s)} at index {START - 20}.",
    "yesterday": lambda s: f"It {fell(s)} yesterday.",
    "direction": lambda s: f"At {s.moment(START)} the value {fell(s, back=True)} to {s.at(START):.2f}.",
    "direction alone": lambda s: f"The series {fell(s, back=True)} sharply.",
    "side": lambda s: f"Values were {side(s, back=True)} the usual {s.usual:.2f}.",
    "direction by numbers": lambda s: f"It {fell(s, back=True)} from {s.previous(START):.2f} to {s.at(START):.2f}.",
    "flat": lambda _: "The series was stuck at one value.",
    "missing": lambda _: "Values are missing in the alert.",
    "score side": lambda _: "The score is below the threshold.",
    "unit of value": lambda s: f"At {at(s, START)} the value {fell(s)} to {s.at(START):.2f} ms.",
    "unit attached": lambda s: f"At {at(s, START)} the value {fell(s)} to {s.at(START):.2f}GB.",
    "unit before": lambda s: f"At {at(s, START)} the value {fell(s)} to ${s.at(START):.2f}.",
    "unit of length": lambda s: f"It lasted {s.points} hours.",
    "unit of change": lambda s: f"It {fell(s)} by {abs(s.figures['change']):.3f} percent.",
    "unit of spreads": lambda s: f"It {fell(s)} by {s.figures['spreads_from_usual']:.4f} requests per second.",
    "cause": lambda s: f"It {fell(s)} because of a deployment.",
}


FIXED = [a_scene(shift, seed, points) for seed, (shift, points) in enumerate([(-25, 8), (12, 2), (-7, 30), (60, 5)])]


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_stands(name: str) -> None:
    for scene in FIXED:
        assert holds(TRUE[name](scene), scene), TRUE[name](scene)


@pytest.mark.parametrize("name", FALSE)
def test_every_planted_falsehood_falls(name: str) -> None:
    for scene in FIXED:
        assert wrong(FALSE[name](scene), scene), FALSE[name](scene)


@given(scene=scenes, name=st.sampled_from(sorted(TRUE)), other=st.sampled_from(sorted(FALSE)))
def test_on_any_alert_truth_stands_and_falsehood_falls(scene: Scene, name: str, other: str) -> None:
    assert holds(TRUE[name](scene), scene), TRUE[name](scene)
    assert wrong(FALSE[other](scene), scene), FALSE[other](scene)


@given(scene=scenes, off=st.floats(0.06, 5.0), name=st.sampled_from(["to", "from", "by", "spreads", "extremes"]))
def test_no_number_of_a_true_sentence_may_be_another(scene: Scene, off: float, name: str) -> None:
    sentence = TRUE[name](scene)
    spots = list(re.finditer(r"\d+\.\d+", sentence))
    for spot in spots:
        value = float(spot.group())
        other = value * (1 + off) + 1
        # Chance may make it another true figure of the same sort.
        assume(min(abs(other - abs(fact)) for fact in scene.figures.values()) > 0.02 * other)
        assert wrong(sentence[: spot.start()] + f"{other:.2f}" + sentence[spot.end() :], scene)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    found = read(text, ["x", "robust_z"])
    assert all(text[each.at : each.at + len(each.text)] == each.text for each in (*found.numbers, *found.moments))
    assert sentences(text) == [] or "".join("".join(sentences(text)).split()) != ""


PHRASES = r"(At \d\d:\d\d |from \d+\.\d+ to -?\d+ |by \d+% |not |between \d+ and \d+, |`x` ){1,6}"


@given(st.from_regex(PHRASES, fullmatch=True))
def test_any_text_can_be_checked(text: str) -> None:
    for claim in check(text, a_scene()):
        assert claim.holds == (claim.why == "")


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("It did not fall.", {ClaimKind.DIRECTION}),
        ("The outage began at 05:00.", {ClaimKind.CAUSE}),
        ("Twelve alerts came.", {ClaimKind.NUMBER}),
        ("It halved.", {ClaimKind.DIRECTION}),
        ("Values doubled.", {ClaimKind.DIRECTION}),
        ("At 5pm it fell.", {ClaimKind.TIME}),
        ("On March 5 it fell.", {ClaimKind.TIME}),
        ("It was 3/4 of usual.", {ClaimKind.TIME}),
    ],
)
def test_what_cannot_be_followed_does_not_stand(sentence: str, kinds: set[ClaimKind]) -> None:
    assert kinds <= {claim.kind for claim in wrong(sentence, a_scene())}


def test_a_hedged_number_may_be_near() -> None:
    scene = a_scene()
    usual = scene.usual
    assert holds(f"Values fell below the usual {usual * 1.03:.2f}.".replace("usual", "usual about"), scene)
    assert wrong(f"Values fell below the usual {usual * 1.03:.2f}.", scene)
    assert wrong(f"Values fell below the usual about {usual * 1.2:.2f}.", scene)


def test_rounding_may_not_hide_what_matters() -> None:
    scene = a_scene(level=0.45, shift=60.0)
    small = Series("s", scene.series.seconds, scene.series.values / 1_000, 60)
    scene = Scene(small, START, START + 8, 1.83)
    assert abs(scene.usual) < 0.01
    assert wrong("The highest value was 0.", scene)
    assert holds(f"The highest value was {scene.figures['highest']:.3f}.", scene)


def test_indices_serve_where_times_are_not_known() -> None:
    known = a_scene()
    counted = Scene(known.series, START, START + 8, 1.83, times_known=False)
    assert holds(f"The value fell at index {START}.", counted)
    assert holds(f"From index {START} to {START + 7} it was low.", counted)
    assert wrong(f"The value fell at {known.moment(START)}.", counted)
    assert wrong("It lasted 8 minutes.", counted)


def test_a_unit_may_be_told_where_it_is_known() -> None:
    scene = a_scene()
    in_ms = Scene(scene.series, START, START + 8, 1.83, unit="ms")
    assert holds(f"The value fell to {scene.at(START):.1f} ms.", in_ms)
    assert wrong(f"The value fell to {scene.at(START):.1f} s.", in_ms)


def test_an_alert_at_the_very_beginning_has_no_before() -> None:
    scene = a_scene()
    first = Scene(scene.series, 0, 3, 1.2)
    assert "usual_before" not in first.figures
    assert wrong("It fell below the median of 100 before.", first)
    assert holds(f"At {first.moment(0)} the value was {first.at(0):.2f}.", first)


def test_missing_values_can_be_said() -> None:
    scene = a_scene()
    values = scene.series.values.copy()
    values[START : START + 8] = np.nan
    gap = Scene(Series("s", scene.series.seconds, values, 60), START, START + 8, 1.2)
    assert holds("All values are missing.", gap)
    assert wrong("The value rose.", gap)
