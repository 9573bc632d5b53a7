"""The contest of selectors: nobody's own figures decide for him, and what is written says who won."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from argosy.benchmarks.studies import selection
from argosy.benchmarks.studies.contest import CARDS, FIXED, WITH_PAST, Contest, gain, past_of, standings
from argosy.benchmarks.studies.contest_text import write_contest
from argosy.benchmarks.studies.tabular_figures import roc_auc, tables_in
from argosy.detectors.cards import CardKind, packaged_cards
from argosy.detectors.rivals.tabular import is_installed

CHOSEN = ("seasonal", "robust_z")


def a_contest() -> Contest:
    """`seasonal` is best where there is a season, `robust_z` where there is none; both are in two groups."""
    tags = {"a1": ("seasonal", "strongly_seasonal"), "a2": ("no_season",), "b1": ("seasonal",), "b2": ("no_season",)}
    figures = pd.DataFrame(
        {"seasonal": [0.9, 0.0, 0.8, 0.2], "robust_z": [0.3, 0.7, 0.4, 0.6]}, index=list(tags), dtype=float
    )
    cards = [card for card in packaged_cards(CardKind.SERIES) if card.name in CHOSEN]
    groups = {each: each[0] for each in tags}
    return Contest(figures, tags, groups, cards, {"b1": ("seasonal",)}, {"auto": {"a1": 0.5, "b2": 0.5}})


def test_ways_of_choosing_stand_beside_each_other() -> None:
    found = {each.way: each for each in standings(a_contest())}
    assert found["oracle"].mean() == pytest.approx((0.9 + 0.7 + 0.8 + 0.6) / 4)
    assert found["mean of the candidates"].mean() == pytest.approx(0.4875)
    assert found[CARDS].picks == {"a1": "seasonal", "a2": "robust_z", "b1": "robust_z", "b2": "robust_z"}
    assert found[CARDS].reached["b1"] == 0.4
    assert found["auto"].mean() == 0.5
    assert found[f"{FIXED}: robust_z"].mean() == pytest.approx(0.5)


def test_nothing_of_a_subject_s_own_group_is_used() -> None:
    contest = a_contest()
    assert {record.subject for record in past_of(contest, "a1")} == {"b1", "b2"}
    changed = contest.figures.copy()
    changed.loc[["a1", "a2"]] = [[0.0, 1.0], [1.0, 0.0]]
    other = Contest(changed, contest.tags, contest.groups, contest.cards, contest.refused)
    for one, two in zip(standings(contest), standings(other), strict=False):
        if one.way in (CARDS, WITH_PAST, FIXED):
            assert [one.picks[each] for each in ("a1", "a2")] == [two.picks[each] for each in ("a1", "a2")]


def test_a_gain_has_its_interval() -> None:
    found = {each.way: each for each in standings(a_contest())}
    against = gain(found["oracle"], found["mean of the candidates"])
    assert 0.1 < against.low <= against.mean <= against.high < 0.4


def test_files_say_who_won_and_hold_no_path(tmp_path: Path) -> None:
    contest = a_contest()
    text = write_contest(tmp_path, "series", "vus_pr", contest, standings(contest), "python -m x")
    assert "The selector by cards is better than the best fixed choice (found on the other groups)" in text
    assert str(tmp_path) not in text
    table = pd.read_csv(tmp_path / "series-vus_pr.csv", index_col="subject")
    assert table.loc["a1", f"choice: {CARDS}"] == "seasonal"


def test_scores_that_are_no_number_rank_lowest() -> None:
    labels = np.array([False, False, True, True])
    assert roc_auc(labels, np.array([np.nan, 1.0, 2.0, np.inf])) == 1.0


def test_series_without_figures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("index,value,label\n")
    for words in ([str(tmp_path / "m.csv")], [str(tmp_path / "m.csv"), "--bench", str(tmp_path / "m.csv")]):
        app = typer.Typer()
        app.command()(selection.main)
        assert CliRunner().invoke(app, words).exit_code == 2


@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason="pyod is not installed")
def test_tables_are_measured_once_and_taken_up(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for name in ("2_b", "10_a"):
        values = draw.normal(size=(80, 4))
        values[:5] += 6
        np.savez(tmp_path / f"{name}.npz", X=values, y=np.arange(80) < 5)
    assert tables_in(tmp_path) == ["2_b", "10_a"]
    out = tmp_path / "out"
    contest = selection.of_tables(tmp_path, 120.0, out, None)
    assert contest.figures.shape == (2, 13)
    assert contest.figures["knn"].min() > 0.95
    kept = (out / "tables" / "figures.jsonl").read_text()
    assert selection.of_tables(tmp_path, 120.0, out, None).figures.equals(contest.figures)
    assert (out / "tables" / "figures.jsonl").read_text() == kept
