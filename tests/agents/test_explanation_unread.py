"""Explanation: a sentence that cannot be followed is struck out, and what can be followed of a course is looked up."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from argosy.agents.alert_evidence import evidence_block
from argosy.agents.checked_explanation import CheckStatus, checked
from argosy.agents.claims.scene import Scene
from argosy.agents.embedded.explanation import explain_alert
from argosy.prompts import render
from argosy.signals.series import Series

START, STOP = 300, 308
TRUE = "At 23:10 it began."
AT_2310 = "2024-11-06 23:10"


def a_scene(values: Sequence[float] | None = None, began: str = AT_2310, times_known: bool = True) -> Scene:
    """A Wednesday in November: eight minutes at 75 amid noise about 100, which comes back; or other values."""
    noise = 100 + np.random.default_rng(0).normal(0, 1, 400)
    noise[START:STOP] -= 25
    first = int(datetime.fromisoformat(began).replace(tzinfo=UTC).timestamp()) - 60 * START
    seconds = first + 60 * np.arange(400, dtype=np.int64)
    series = Series("s", seconds, noise if values is None else np.asarray(values, dtype=float), 60)
    return Scene(series, START, STOP, 1.83, ("robust_z",), ("x.diff()",), {"window": 45.0}, times_known)


def with_values(change: Callable[[np.ndarray], None]) -> Scene:
    values = a_scene().series.values.copy()
    change(values)
    return a_scene(values.tolist())


def stays_low() -> Scene:
    return with_values(lambda values: values.__setitem__(slice(STOP, None), values[STOP:] - 25))


def at_zero() -> Scene:
    return with_values(lambda values: values.__setitem__(slice(START, STOP), 0.0))


def restless() -> Scene:
    return with_values(lambda values: values.__setitem__(slice(START, STOP), [75, 125] * 4))


def by_steps() -> Scene:
    return with_values(lambda values: values.__setitem__(slice(START - 1, STOP), 100 - 5.0 * np.arange(9)))


def trending() -> Scene:
    return with_values(lambda values: values.__setitem__(slice(START), values[:START] + np.arange(START)))


def stays(sentence: str, scene: Scene) -> bool:
    """Whether it is kept beside a true sentence; where it is, the explanation is whole."""
    found = checked(
        json.dumps({"sentences": [TRUE.replace("23:10", f"{scene.time(START):%H:%M}"), sentence]}), scene, True
    )
    kept = sentence in found.text
    assert found.status is (CheckStatus.VERIFIED if kept else CheckStatus.TRIMMED)
    assert found.struck == (() if kept else (sentence,))
    return kept


@pytest.mark.parametrize(
    "sentence",
    [
        "It happened in March.",
        "It happened in November 2023.",
        "It happened on a Thursday.",
        "The level never recovered afterwards.",
        "Values did not return to normal.",
        "Values stayed low afterwards.",
        "After the alert, values stayed low.",
        "It recovered within 5 minutes.",
        "It recovered within seconds.",
        "It lasted for a whole day.",
        "It lasted the entire hour.",
        "It lasted all day.",
        "It lasted for hours.",
        "The series was trending up before.",
        "The value was falling before.",
        "Before the alert, values were falling.",
        "The series oscillated wildly.",
        "It fell, and traffic oscillated wildly.",
        "Traffic vanished.",
        "It fell to zero.",
        "The decline was gradual.",
        "It was the largest drop ever.",
        "It was the largest drop.",
        "It was the first such drop in the series.",
        "It was the highest value in the series.",
        "It was the biggest drop in weeks.",
        "It began at midnight.",
        "Monitoring was broken.",
        "The values were normal.",
        "It fell, and all was well.",
        "The threshold was lowered recently.",
        "The detector did not fire.",
        "seasonal fired.",
        "The clause that decided is `y.mean()`.",
    ],
)
def test_what_is_not_so_or_cannot_be_followed_is_struck_out(sentence: str) -> None:
    assert not stays(sentence, a_scene())


@pytest.mark.parametrize(
    "sentence",
    [
        "It happened in November.",
        "It happened in November 2024.",
        "It happened on a Wednesday.",
        "The level recovered afterwards.",
        "Values returned to usual within minutes.",
        "The value rose back to usual afterwards.",
        "After the drop, values were back to normal.",
        "It recovered within 10 minutes.",
        "The decline was sudden.",
        "It fell sharply, compared with the median before.",
        "It was the lowest value in the series.",
        "robust_z fired.",
        "The detector raised this alert.",
        "The clause that decided is `x.diff()`.",
    ],
)
def test_what_is_so_stays(sentence: str) -> None:
    assert stays(sentence, a_scene())


@pytest.mark.parametrize(
    ("sentence", "scene"),
    [
        ("The level never recovered afterwards.", stays_low()),
        ("Values stayed low afterwards.", stays_low()),
        ("Traffic vanished.", at_zero()),
        ("It fell to zero.", at_zero()),
        ("The series oscillated wildly.", restless()),
        ("The decline was gradual.", by_steps()),
        ("The series was trending up before.", trending()),
        ("The value was rising before.", trending()),
        ("It began at midnight.", a_scene(began="2024-11-06 00:00")),
        ("It began at noon.", a_scene(began="2024-11-06 12:00")),
        ("It happened in May.", a_scene(began="2024-05-06 12:00")),
    ],
)
def test_the_same_words_stay_where_they_are_so(sentence: str, scene: Scene) -> None:
    assert stays(sentence, scene)


@pytest.mark.parametrize(
    ("sentence", "scene"),
    [
        ("The level recovered afterwards.", stays_low()),
        ("It recovered within minutes.", stays_low()),
        ("The decline was sudden.", by_steps()),
        ("It was the lowest value in the series.", with_values(lambda values: values.__setitem__(7, 3.0))),
        ("It recovered.", Scene(a_scene().series.part(0, STOP), START, STOP, 1.83)),
    ],
)
def test_and_fall_where_they_are_not(sentence: str, scene: Scene) -> None:
    assert not stays(sentence, scene)


def test_sentences_that_state_nothing_are_no_explanation() -> None:
    found = checked(json.dumps({"sentences": ["Interesting.", "Look into it."]}), a_scene(), True)
    assert (found.status, found.text) == (CheckStatus.UNVERIFIED, "")


@pytest.mark.parametrize(
    "scene",
    [
        a_scene(),
        stays_low(),
        at_zero(),
        restless(),
        by_steps(),
        trending(),
        a_scene(times_known=False),
        a_scene([5.0] * 400),
        with_values(lambda values: values.__setitem__(slice(START, STOP), np.nan)),
        Scene(a_scene().series, 5, 9, 1.2, ("robust_z",), (" + ".join(["x.rolling(45).median()"] * 40),)),
        Scene(a_scene().series, 0, 3, 1.2, ("robust_z",), ("x.diff() > window",)),
        Scene(a_scene().series, START, START + 1, 1.0, ("r-8ef630cf65",), ('x["a"] - 3.5 * window',), {"window": 45.0}),
    ],
)
def test_whatever_the_stand_in_says_is_verified(scene: Scene) -> None:
    user = render("explanation", "user", detector="robust_z", evidence=evidence_block(scene))
    found = checked(explain_alert(f"{render('explanation', 'system')}\n\n{user}", 0), scene, False)
    assert found.struck == ()
    assert found.status is CheckStatus.VERIFIED
