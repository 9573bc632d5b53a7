"""The report: JSON without NaN, and a page that a person can read."""

import io
import json

import pytest
from rich.console import Console

from argosy.cli.report_output import print_report
from argosy.sessions.report import Report
from tests.argosy.sessions.recorded import report


def printed(shown: Report, width: int = 100) -> str:
    out = io.StringIO()
    print_report(shown, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_json_holds_what_programs_count_on_and_no_nan() -> None:
    plain = report("s-1", "r-1").as_json()
    json.dumps(plain, allow_nan=False)
    assert plain["series"] == {"id": "kpi-1", "points": 900, "step_s": 60, "incidents": 7}
    assert plain["rules"][0]["params"] == {"window": 60, "threshold": 5.5}
    assert isinstance(plain["rules"][0]["params"]["window"], int)
    assert plain["scores"]["fused"]["lockbox"]["event_f1_pa"] == 0.75
    assert plain["scores"]["base"]["train"]["auc_pr"] is None
    assert plain["base"] == {"name": "ewma", "threshold": None}
    assert plain["usage"]["usd"] == 0.025


def test_json_read_back_is_the_same_report() -> None:
    first = report("s-1", "r-1")
    assert Report.model_validate(first.as_json()).as_json() == first.as_json()


def test_gain_is_the_objective_above_the_bases_on_the_lockbox() -> None:
    assert report("s-1", "r-1").gain == 0.25
    without = report("s-1", "r-1").as_json()
    without["scores"]["fused"]["lockbox"]["objective"] = None
    assert Report.model_validate(without).gain is None


def test_the_page_names_all_that_was_found() -> None:
    page = printed(report("s-1", "r-abc"))
    for words in (
        "s-1",
        "kpi-1: 900 points, 60 s apart, 7 incidents",
        "train 450 points, 3 incidents; lockbox 270 points",
        "ewma",
        "r-abc flag: Flags a drop",
        "window=60, threshold=5.5",
        "fused: the rules below were fused with the base",
        "stalled",
        "2 calls, 2,600 tokens in, 420 out, $0.0250, 12.5 s",
        "validation holds one incident only",
        "argosy show s-1",
        "argosy rule show r-abc",
    ):
        assert words in page
    rows = [line.split() for line in page.splitlines() if "3 of 4" in line]
    assert [row[0] for row in rows] == ["train", "+", "fused", "validation", "+", "fused", "lockbox", "+", "fused"]
    assert {row[1] for row in rows if row[0] == "+"} == {"r-abc"}
    assert rows[-1][1:] == ["0.750", "0.750", "0.750", "–", "3", "of", "4", "1,200"]


def test_one_is_told_in_the_singular() -> None:
    plain = report("s-1", "r-1").as_json()
    plain["series"]["incidents"] = plain["usage"]["calls"] = plain["splits"]["train"]["incidents"] = 1
    page = printed(Report.model_validate(plain))
    for words in ("60 s apart, 1 incident\n", "train 450 points, 1 incident;", "1 call, "):
        assert words in page


def test_what_a_model_wrote_commands_no_terminal() -> None:
    page = printed(report("s-1", "r-1"))
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "[bold]not markup[/bold]" in page


def test_tables_fit_a_narrow_terminal() -> None:
    table = [
        line for line in printed(report("s-1", "r-1"), width=60).splitlines() if "3 of 4" in line or "point" in line
    ]
    assert table
    assert all(len(line) <= 60 for line in table if line.startswith(("train", "lockbox", "part")))


def test_the_gain_is_counted_in_what_the_session_was_to_make_large() -> None:
    plain = report("s-1", "r-1").as_json()
    plain["scores"]["fused"]["lockbox"]["event_f1_pa"] = 0.9
    gains = {name: Report.model_validate({**plain, "objective": name}).gain for name in ("default", "event_f1_pa")}
    assert gains == pytest.approx({"default": 0.25, "event_f1_pa": 0.4})
