"""Cards: the words they are written in, how they match, and that each of our detectors has one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards import (
    CardKind,
    CardSelector,
    Goal,
    PastResult,
    card_text,
    packaged_cards,
    packaged_past,
    rank_cards,
    read_card,
    read_cards,
    series_tags,
    table_tags,
)
from argosy.detectors.cards.card_files import all_cards
from argosy.detectors.cards.match import nearest_results
from argosy.detectors.rivals import RIVALS
from argosy.detectors.rivals.tabular import TABULAR, is_installed, standardised
from argosy.signals.errors import BadInput
from argosy.signals.profile import profile
from argosy.signals.series import Series
from argosy.signals.table_profile import table_profile

PLAIN = """
name: mine
kind: series
summary: Looks at it.
standing: 1
strengths:
  seasonal: {weight: 2, why: it knows the season}
weaknesses:
  short: {why: it needs much}
reviewed: true
"""


def a_series(season: float = 10.0, points: int = 3_000, noise: float = 1.0) -> Series:
    draw = np.random.default_rng(0)
    values = season * np.sin(np.arange(points) * 2 * np.pi / 100) + draw.normal(0, noise, points)
    return Series("s", 60 * np.arange(points, dtype=np.int64), values, 60)


@pytest.mark.parametrize("name", [*BASELINES, *RIVALS])
def test_every_series_detector_has_a_card(name: str) -> None:
    assert [card.reviewed for card in packaged_cards(CardKind.SERIES) if card.name == name] == [True]


def test_every_table_detector_has_a_card_and_every_card_a_detector() -> None:
    assert {card.name for card in packaged_cards(CardKind.TABLE)} == set(TABULAR)
    assert {card.name for card in packaged_cards(CardKind.SERIES)} == {*BASELINES, *RIVALS}


@pytest.mark.parametrize("kind", CardKind)
def test_a_card_survives_being_written(kind: CardKind) -> None:
    for card in packaged_cards(kind):
        assert read_card(card_text(card), "here") == card


def test_results_that_come_along_are_of_known_detectors_and_tags() -> None:
    for kind, goal in ((CardKind.SERIES, Goal.FLAG), (CardKind.SERIES, Goal.RANK), (CardKind.TABLE, Goal.RANK)):
        names = {card.name for card in packaged_cards(kind)}
        records = packaged_past(kind, goal)
        assert len(records) >= 20
        assert all(set(record.reached) <= names for record in records)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("seasonal:", "purple:"), "no tag 'purple' for a series; the tags are"),
        (("short:", "seasonal:"), "'seasonal' is a strength and a weakness"),
        (("weight: 2", "weight: 9"), "less than or equal to 3"),
        (("kind: series", "kind: soup"), "kind: Input should be 'series' or 'table'"),
        (("standing: 1", "standing: .nan"), "standing"),
        (("reviewed: true", "reviewed: true\nowner: me"), "owner: Extra inputs"),
        (("name: mine", "name: 'a b'"), "name"),
        (("name: mine", "name: [mine"), "is no YAML"),
        (("reviewed: true", ""), "reviewed: Field required"),
    ],
)
def test_what_is_wrong_with_a_card_is_said(change: tuple[str, str], problem: str) -> None:
    with pytest.raises(BadInput, match="here") as refused:
        read_card(PLAIN.replace(*change), "here")
    assert problem in str(refused.value)


@given(st.text(max_size=300))
def test_any_text_is_a_card_or_refused(text: str) -> None:
    try:
        said = read_card(text, "here").name
    except BadInput as refused:
        said = str(refused)
    assert said
    assert "\n" not in said


def test_tags_say_what_a_series_is_like() -> None:
    tags = set(series_tags(profile(a_series(noise=0.2)), Goal.FLAG))
    assert {"seasonal", "strongly_seasonal", "smooth", "to_flag"} <= tags
    assert {"no_season", "noisy", "short", "to_rank"}.isdisjoint(tags)
    tags = set(series_tags(profile(a_series(season=0.0, points=500)), Goal.RANK))
    assert {"no_season", "noisy", "short", "to_rank"} <= tags


@pytest.mark.parametrize("points", [0, 1, 5])
def test_tags_of_next_to_nothing(points: int) -> None:
    series = a_series(points=points)
    assert "short" in series_tags(profile(series), Goal.FLAG)
    flat = Series("s", series.seconds, np.full(points, np.nan), 60)
    assert "short" in series_tags(profile(flat), Goal.FLAG)


def test_points_are_counted_and_reasons_given() -> None:
    card = read_card(PLAIN, "here")
    (best,) = rank_cards([card], ["seasonal", "short"])
    assert (best.points, best.score) == (2.0, 2.0)
    assert best.reasons == (
        "+2 seasonal: it knows the season",
        "-1 short: it needs much",
        "standing 1: Looks at it",
    )
    assert [match.points for match in rank_cards([card], ["short"])] == [0.0]


def test_the_past_counts_as_far_as_it_is_alike_and_firm() -> None:
    card = read_card(PLAIN, "here")
    other = card.model_copy(update={"name": "other"})
    alike = [PastResult(str(n), ("seasonal", "short"), {"mine": 0.2, "other": 0.6}) for n in range(6)]
    assert [match.name for match in rank_cards([card, other], ["seasonal", "short"])] == ["mine", "other"]
    assert [match.name for match in rank_cards([card, other], ["seasonal", "short"], alike)] == ["other", "mine"]
    gained = [rank_cards([card, other], ["seasonal", "short"], alike[:n])[0].score for n in (1, 6)]
    assert 2.0 < gained[0] < gained[1] < 2.0 + 4.0
    unlike = [PastResult("u", ("trending", "long"), {"mine": 0.2, "other": 0.6})]
    assert rank_cards([card, other], ["seasonal", "short"], unlike)[0].score == 2.0
    assert nearest_results(["seasonal"], unlike) == ()


def test_the_selector_ranks_what_is_offered_and_nothing_else() -> None:
    selector = CardSelector()
    chosen = selector.select(profile(a_series()), ["unheard_of", "robust_z", "seasonal"])
    assert list(chosen) == ["seasonal", "robust_z", "unheard_of"]
    assert list(selector.select(profile(a_series()), [])) == []


def test_a_team_s_card_counts_instead_of_ours_once_it_is_reviewed(tmp_path: Path) -> None:
    ours = PLAIN.replace("mine", "ewma")
    (tmp_path / "a.yaml").write_text(ours)
    (tmp_path / "b.yml").write_text(PLAIN.replace("reviewed: true", "reviewed: false"))
    cards, notes = read_cards(tmp_path, CardKind.SERIES)
    assert [card.name for card in cards] == ["ewma"]
    assert "nobody has reviewed it" in notes[0]
    both, _ = read_cards(tmp_path, CardKind.SERIES, unreviewed=True)
    assert [card.name for card in both] == ["ewma", "mine"]
    assert [card.summary for card in all_cards(cards, CardKind.SERIES) if card.name == "ewma"] == ["Looks at it."]
    assert read_cards(tmp_path, CardKind.TABLE) == ((), ())
    with pytest.raises(BadInput, match="more than one of this name"):
        all_cards([*cards, *cards], CardKind.SERIES)
    with pytest.raises(BadInput, match="no such file"):
        read_cards(tmp_path / "none", CardKind.SERIES)


def test_limits_of_a_card_refuse_tables_beyond_them() -> None:
    mcd = next(card for card in packaged_cards(CardKind.TABLE) if card.name == "mcd")
    assert mcd.needs.refusal(2_000, 1_555) == "takes too long beyond 300 columns"
    assert mcd.needs.refusal(2_000, 30) is None


@pytest.mark.skipif(not is_installed(), reason="pyod is not installed")
@pytest.mark.parametrize("name", ["copod", "knn", "gmm"])
def test_a_table_detector_ranks_what_is_far_out_and_repeats_itself(name: str) -> None:
    values = np.random.default_rng(0).normal(size=(200, 3))
    values[:5] += 12
    values[7, 1] = np.nan
    scores = TABULAR[name].scores(standardised(values))
    assert set(np.argsort(-scores)[:5]) == set(range(5))
    assert np.array_equal(scores, TABULAR[name].scores(standardised(values)))
    assert "few_rows" in table_tags(table_profile(values))


@pytest.mark.skipif(not is_installed(), reason="pyod is not installed")
def test_a_detector_that_draws_by_chance_repeats_itself_for_a_seed() -> None:
    values = np.random.default_rng(0).normal(size=(100, 4))
    one, two, other = (TABULAR["loda"].scores(values, seed) for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
