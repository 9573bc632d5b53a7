"""A refresh: drift is found, a challenger judged beside its champion, and what is promoted can be taken back."""

import time
from pathlib import Path

import numpy as np
import pytest

from argosy.graphs.refresh.outcomes import Decision, RefreshState
from argosy.service.approve import answer
from argosy.service.known_series import NO_LABELS, earlier_series
from argosy.service.line import line_json, retire, roll_back
from argosy.service.refresh_request import RefreshResult, ShadowPeriod, Statistic
from argosy.service.score import status_notes
from argosy.sessions.transcript import read_transcript
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.status_rows import Status, StatusChange
from argosy.store.store import Store, open_store
from tests.argosy.service.line import EVERY, MADE, START, STEP_S, Line, in_process, loaded, make_line
from tests.argosy.workspaces import workspace_of


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    in_process(monkeypatch)
    return make_line(open_store(Settings(tmp_path)))


def shifted(line: Line, start: int = 3_000, by: float = -7.0) -> Line:
    """The level moves, so that the rule flags nearly everything."""
    line.values[start:] += by
    return line


def promoted(line: Line) -> RefreshResult:
    """A challenger that got through: made at 3,400, promoted at 3,900."""
    assert shifted(line).refresh(3_400).state is RefreshState.SHADOW
    done = line.refresh(3_900)
    assert done.state is RefreshState.PROMOTED
    return done


def test_what_has_not_drifted_is_kept(line: Line) -> None:
    done = line.refresh(3_000)
    assert (done.state, done.decision, done.challenger) == (RefreshState.KEPT, Decision.KEEP, None)
    assert done.live == done.champion == line.first
    assert not any(each.fired for each in done.statistics)
    assert done.facts["new_points"] == 500
    assert line.store.sessions.find(done.session).outcome == "kept"


def test_a_refresh_is_a_transcript_like_any_other(line: Line) -> None:
    done = shifted(line).refresh(3_400)
    transcript = read_transcript(line.store, done.session)
    assert [each.node for each in transcript.sections] == ["look", "decide", "retune", "shadow", "gate", "wait"]
    said = {each.event.subject: each.event.verdict for each in transcript.entries if each.event.kind == "decision"}
    assert said["drift: level"] == "fired"
    assert said["refresh"] == "shadow"


def test_a_drift_brings_a_challenger_that_is_promoted_once_it_did_better_on_points_it_never_saw(line: Line) -> None:
    first = shifted(line).refresh(3_400)
    assert (first.state, first.decision) == (RefreshState.SHADOW, Decision.RETUNE)
    assert (line.status(first.challenger), line.status(line.first)) == (Status.SHADOW, Status.LIVE)
    assert first.estimate.calls == first.cost.calls == 0
    waiting = line.refresh(3_500)
    assert (waiting.state, waiting.challenger) == (RefreshState.SHADOW, first.challenger)
    done = line.refresh(3_900)
    assert (done.state, done.live) == (RefreshState.PROMOTED, first.challenger)
    assert done.facts["unseen"] is True
    assert (line.status(first.challenger), line.status(line.first)) == (Status.LIVE, Status.RETIRED)
    assert line.store.detectors.find("latest").id == first.challenger
    assert line.refresh(4_200).champion == first.challenger


def test_without_a_shadow_the_challenger_is_judged_on_what_it_was_made_on_and_says_so(line: Line) -> None:
    done = shifted(line).refresh(3_400, shadow=ShadowPeriod(0))
    assert (done.state, done.facts["unseen"]) == (RefreshState.PROMOTED, False)


def test_where_values_have_not_drifted_a_challenger_is_made_on_all_that_is_known(line: Line) -> None:
    dips = np.arange(MADE, 3_400, 40)
    line.values[dips[~line.labels[dips]]] = 95.0  # deeper than the rule's threshold, less deep than any incident
    done = line.refresh(3_400)
    assert [each.name for each in done.statistics if each.fired] == ["alert_rate", "false_alerts"]
    said = [each.event for each in read_transcript(line.store, done.session).entries if each.event.kind == "decision"]
    (made,) = [each for each in said if each.verdict == "challenger"]
    assert "the base fitted on 3,400 points" in made.why


def test_a_challenger_that_is_no_better_is_retired(line: Line) -> None:
    begun = shifted(line).refresh(3_400)
    line.values[3_400:] += 7  # the level comes back: what was retuned finds nothing any more
    done = line.refresh(3_900)
    assert (done.state, done.live) == (RefreshState.REJECTED, line.first)
    assert line.status(begun.challenger) is Status.RETIRED


def test_without_labels_fewer_alerts_at_no_lost_incident_are_wanted(line: Line) -> None:
    line.labels[3_000:] = False
    rng = np.random.default_rng(3)
    for start in range(3_000, 6_000, 25):  # shallow dips that the rule flags and nobody calls incidents
        line.values[start : start + 2] = 93 - rng.random()
    done = line.refresh(3_600, labelled=False, force=Decision.RETUNE)
    assert done.state is RefreshState.SHADOW
    done = line.refresh(4_200, labelled=False)
    assert done.facts["labelled"] is False
    lost, before, after = (done.facts[f"{x}"] for x in ("lost_known_incidents", "champion_alerts", "challenger_alerts"))
    assert (done.state is RefreshState.PROMOTED) is (lost == 0 and float(after or 0) < float(before or 0))


def test_a_gain_that_hangs_on_one_stretch_waits_for_more_points(line: Line) -> None:
    first = shifted(line, by=12.0).refresh(3_400, force=Decision.RETUNE)
    waits = line.refresh(3_900)  # one incident of three is found by the challenger alone
    assert (waits.state, waits.challenger, waits.facts["incidents"]) == (RefreshState.SHADOW, first.challenger, 3)
    assert "hangs on one fifth" in waits.why
    done = line.refresh(4_200)
    assert (done.state, done.live, done.facts["steadily_better"]) == (RefreshState.PROMOTED, first.challenger, True)


def test_a_champion_that_finds_fewer_incidents_than_the_one_before_gives_its_place_back(line: Line) -> None:
    new = promoted(line).live
    line.values[3_900:] += 7.0  # as it was: shallow drops end above the new threshold, and nothing else alerts
    done = line.refresh(4_900)
    assert (done.state, done.champion, done.live) == (RefreshState.ROLLED_BACK, new, line.first)
    assert "its objective is" in done.why
    assert (line.status(new), line.status(line.first)) == (Status.RETIRED, Status.LIVE)


@pytest.mark.parametrize("labelled", [True, False])
def test_a_champion_that_alerts_more_than_it_promised_gives_its_place_back(line: Line, labelled: bool) -> None:
    shifted(line, by=12.0).refresh(3_400, force=Decision.RETUNE)
    new = line.refresh(4_200).live
    assert new != line.first
    line.labels[4_200:] = False
    line.values[4_200:] = 112 + np.random.default_rng(5).normal(0, 0.3, len(line.values) - 4_200)
    for start in range(4_220, 6_000, 20):  # dips that the new threshold flags, and the old one does not
        line.values[start : start + 3] = 101.0
    done = line.refresh(4_900, labelled=labelled)
    assert (done.state, done.champion, done.live) == (RefreshState.ROLLED_BACK, new, line.first)
    assert (line.status(new), line.status(line.first)) == (Status.RETIRED, Status.LIVE)
    assert "raises more alerts than it promised" in done.why


def test_after_probation_nothing_is_rolled_back(line: Line) -> None:
    new = promoted(line).live
    line.values[3_900:] = 112.0
    for start in range(3_920, 6_000, 20):
        line.values[start : start + 3] = 80.0
    assert line.refresh(4_600, probation_days=0.1).state is not RefreshState.ROLLED_BACK
    assert line.status(new) is Status.LIVE


def test_scoring_with_what_is_not_in_service_or_is_due_says_so(line: Line) -> None:
    row, data = line.store.detectors.find(line.first), loaded(line.values, None, 3_900, labels=line.labels)
    assert list(status_notes(line.store, row, data)) == []
    new = promoted(line).live
    (told,) = status_notes(line.store, row, data)
    assert told == f"the detector is not in service (retired); {new} is in its line"
    line.store.service.move([StatusChange(new, Status.LIVE, Status.LIVE, "", START)], "test")
    assert list(status_notes(line.store, line.store.detectors.find(new), data)) == [
        f"the detector is due: argosy refresh {new}"
    ]


def test_a_key_is_used_once(line: Line) -> None:
    shifted(line)
    first = line.refresh(3_400, key="monday")
    again = line.refresh(3_900, key="monday")
    assert again == first
    assert len(line.store.refreshes.of_line(line.first)) == 1
    done = line.refresh(3_900, key="tuesday")
    assert line.refresh(4_200, key="tuesday") == done
    assert sum(each.status is Status.LIVE for each in line.store.service.standings(str(done.live))) == 1


def test_a_refresh_that_was_killed_is_done_again_by_its_key(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    shifted(line)
    with monkeypatch.context() as broken:
        broken.setattr("argosy.graphs.refresh.make.choose", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            line.refresh(3_400, key="monday")
    assert line.store.sessions.find("latest").outcome == "failed"
    assert line.status(line.first) is Status.LIVE
    assert line.refresh(3_400, key="monday").state is RefreshState.SHADOW


@pytest.mark.parametrize("approved", [True, False])
def test_a_person_decides_from_another_process(line: Line, tmp_path: Path, approved: bool) -> None:
    shifted(line).refresh(3_400, approve=True)
    asked = line.refresh(3_900, approve=True)
    assert asked.state is RefreshState.WAITING_FOR_APPROVAL
    assert line.status(asked.champion) is Status.LIVE
    meanwhile = line.refresh(4_100)
    assert (meanwhile.state, meanwhile.why.split()[0]) == (RefreshState.KEPT, asked.approval)
    elsewhere = open_store(Settings(tmp_path))
    (question,) = elsewhere.refreshes.approvals()
    assert question.id == asked.approval
    line.clock.at += 3 * 86_400
    done = answer(question.id, approved, "ada", "looked at both", workspace_of(elsewhere, clock=line.clock))
    assert done.state is (RefreshState.PROMOTED if approved else RefreshState.REJECTED)
    assert done.live == (asked.challenger if approved else line.first)
    assert "ada" in done.why
    assert elsewhere.refreshes.approvals() == ()
    assert asked.cost.seconds < done.cost.seconds < asked.cost.seconds + 60, "three days of waiting are no work"
    assert "is in shadow" not in done.why
    for again in (approved, not approved):
        with pytest.raises(BadInput, match="by ada before"):
            answer(question.id, again, "bob", "", workspace_of(elsewhere))
    nodes = [each.node for each in read_transcript(elsewhere, asked.session).sections]
    assert nodes[-2:] == ["ask", "promote" if approved else "reject"]


@pytest.mark.parametrize("author", ["ann@example.org", " ", "sk-abcdefghijklmnopqrstuv"])
def test_an_answer_stands_in_a_name_that_is_kept(line: Line, author: str) -> None:
    shifted(line).refresh(3_400, approve=True)
    asked = line.refresh(3_900, approve=True)
    with pytest.raises(BadInput, match="--by"):
        answer(str(asked.approval), True, author, "", workspace_of(line.store))
    assert len(line.store.refreshes.approvals()) == 1
    assert answer(str(asked.approval), True, "Ann O'Hara", "", workspace_of(line.store)).live == asked.challenger
    assert line.store.refreshes.approvals(every=True)[0].author == "Ann O'Hara"


def test_an_approval_that_comes_too_late_promotes_nothing(line: Line) -> None:
    shifted(line).refresh(3_400, approve=True)
    asked = line.refresh(3_900, approve=True)
    retire(line.store, str(asked.champion), "ada", "no longer needed")
    with pytest.raises(BadInput, match="came too late"):
        answer(str(asked.approval), True, "bob", "", workspace_of(line.store))
    assert line.status(asked.challenger) is Status.SHADOW
    done = answer(str(asked.approval), False, "bob", "late", workspace_of(line.store))
    assert (done.state, line.status(asked.challenger)) == (RefreshState.REJECTED, Status.RETIRED)


def test_a_retired_detector_is_not_refreshed(line: Line) -> None:
    retire(line.store, line.first, "ada", "the metric is gone")
    with pytest.raises(BadInput, match=r"is retired, and nothing of its line is in service \(the metric is gone\)"):
        line.refresh(3_000)
    with pytest.raises(BadInput, match="is retired already"):
        retire(line.store, line.first, "ada", "")
    with pytest.raises(BadInput, match="there is none"):
        line.store.detectors.find("latest")


def test_a_person_can_roll_back(line: Line) -> None:
    with pytest.raises(BadInput, match="only its first detector"):
        roll_back(line.store, line.first, "ada", "")
    new = promoted(line).live
    assert roll_back(line.store, line.first, "ada", "pages at night") == (new, line.first)
    told = line_json(line.store, line.first, time.time())
    assert told["live"] == line.first
    assert [each["status"] for each in told["detectors"]] == ["live", "retired"]
    assert [each["status"] for each in told["detectors"][1]["standings"]] == ["candidate", "shadow", "live", "retired"]
    assert [each["state"] for each in told["refreshes"]] == ["shadow", "promoted"]


def test_data_that_end_before_the_last_refresh_change_nothing(line: Line) -> None:
    shifted(line)
    line.refresh(3_400)
    done = line.refresh(2_900)
    assert (done.state, done.challenger) == (RefreshState.KEPT, None)
    assert any("was seen already" in note for note in done.notes)
    assert line.refresh(3_900).state is RefreshState.PROMOTED


def test_a_file_may_hold_only_the_newest_points(line: Line) -> None:
    shifted(line).refresh(3_400, start=MADE)
    done = line.refresh(3_900, start=3_390)
    assert done.state is RefreshState.PROMOTED
    assert done.facts["shadow_points"] == 500


def test_a_gap_is_told_and_nothing_is_lost(line: Line) -> None:
    done = line.refresh(3_600, start=2_900)
    assert any("lie between the last point seen and the first new one" in note for note in done.notes)
    assert done.facts["new_points"] == 700


def test_points_from_the_future_are_left_out(line: Line) -> None:
    line.clock.at = float(START + STEP_S * 2_800)
    done = line.refresh(3_600)
    assert any("later than now" in note for note in done.notes)
    assert done.facts["new_points"] <= 361


def test_a_clock_that_was_set_is_refused(line: Line) -> None:
    line.refresh(3_000)
    line.values[:] = np.roll(line.values, 7)
    with pytest.raises(BadInput, match="that were seen before have another value now"):
        line.refresh(3_300)
    assert line.status(line.first) is Status.LIVE


def test_labels_that_come_later_are_kept(line: Line) -> None:
    done = line.refresh(3_300, labelled=False)
    assert "missed" not in {each.name for each in done.statistics if each.value is not None}
    later = line.refresh(3_600)
    row = line.store.refreshes.find(later.id)
    held = line.store.artefacts.get_arrays(str(row.data))
    assert int(held["seconds"][0]) < START + STEP_S * 3_300
    assert held["labels"].any()


def silent(line: Line) -> Line:
    """From what the first was made on, no incident shows in the values: six, all missed, until 4,400."""
    line.values[MADE:] = 100 + np.random.default_rng(4).normal(0, 0.5, len(line.values) - MADE)
    line.labels[MADE:] = False
    for start in range(18 * EVERY, len(line.values), 2 * EVERY):
        line.labels[start : start + 8] = True
    return line


def statistic(done: RefreshResult, name: str) -> Statistic:
    return next(each for each in done.statistics if each.name == name)


def test_incidents_that_are_labelled_after_their_points_were_seen_are_feedback(line: Line) -> None:
    silent(line)
    assert statistic(line.refresh(4_400, labelled=False), "missed").value is None
    done = line.refresh(4_400, search=False)
    assert done.decision is Decision.RETUNE
    missed = statistic(done, "missed")
    assert (missed.value, missed.fired) == (6, True)
    assert missed.why.startswith("6 of 6 incidents missed since")
    again = line.refresh(4_400, search=False)
    assert (again.state, again.statistics) == (RefreshState.KEPT, ())
    assert "no label that is new" in again.why


def test_labels_that_come_late_count_together_with_new_points(line: Line) -> None:
    silent(line).refresh(4_400, labelled=False)
    done = line.refresh(4_450, search=False)
    assert statistic(done, "missed").value == 6
    assert "in 50 points" in statistic(done, "alert_rate").why.split("; ")[0]


def test_points_that_late_labels_do_not_reach_are_not_taken_for_normal(line: Line) -> None:
    silent(line)
    for start in range(3_500, 4_400, 20):  # alerts on points of which nobody has said anything
        line.values[start : start + 2] = 90.0
    line.refresh(4_400, labelled=False)
    done = line.refresh(3_400, force=Decision.KEEP)  # labels only until then
    assert statistic(done, "missed").value == 3
    assert statistic(done, "false_alerts").value == 0


def test_the_gate_judges_by_the_points_that_are_labelled_and_again_when_more_are(line: Line) -> None:
    shifted(line).refresh(3_400)
    assert line.refresh(3_650).state is RefreshState.SHADOW
    waits = line.refresh(3_900, labelled=False)
    assert (waits.state, waits.facts["incidents"], waits.facts["shadow_points"]) == (RefreshState.SHADOW, 1, 500)
    assert "3 incidents are waited for" in waits.why
    done = line.refresh(3_900)  # no new point: labels alone
    assert (done.state, done.facts["incidents"]) == (RefreshState.PROMOTED, 3)


def test_labels_that_are_missing_are_missed(line: Line) -> None:
    assert NO_LABELS in line.refresh(3_000, labelled=False).notes
    assert NO_LABELS not in line.refresh(3_300).notes


def test_labels_that_are_all_gone_were_lost_and_those_of_some_were_mended(line: Line) -> None:
    line.refresh(3_000)
    labels = line.labels.copy()
    line.labels[:] = False
    lost = line.refresh(3_300)
    assert any(note.startswith("all 20 earlier incidents are gone") for note in lost.notes)
    line.labels[:] = labels
    known = earlier_series(line.store, line.first)
    assert known.loaded.labels is not None
    np.testing.assert_array_equal(known.loaded.labels[:3_000], labels[:3_000])
    line.labels[75:83] = False
    mended = line.refresh(3_600)
    assert "1 of 20 earlier incidents are labelled normal now" in mended.notes
    assert earlier_series(line.store, line.first).loaded.labels[:3_000].sum() == labels[:3_000].sum() - 8  # type: ignore[index]


def test_a_champion_gives_its_place_back_whatever_question_is_open(line: Line) -> None:
    new = promoted(line).live
    line.values[3_900:] += 7.0
    asked = line.refresh(4_400, approve=True, shadow=ShadowPeriod(0), force=Decision.RETUNE, probation_days=0.0)
    assert (asked.state, asked.champion) == (RefreshState.WAITING_FOR_APPROVAL, new)
    done = line.refresh(4_900, approve=True)
    assert (done.state, done.live) == (RefreshState.ROLLED_BACK, line.first)
    assert [line.status(each) for each in (new, asked.challenger, line.first)] == [
        Status.RETIRED,
        Status.RETIRED,
        Status.LIVE,
    ]
    assert line.store.refreshes.approvals() == ()
    (question,) = line.store.refreshes.approvals(every=True)
    assert (question.verdict, question.author) == ("rejected", "refresh")
    assert str(question.why).startswith("withdrawn: on ")
    assert line.store.sessions.find(asked.session).outcome == "rejected"
    with pytest.raises(BadInput, match="by refresh before"):
        answer(question.id, True, "bob", "", workspace_of(line.store))


def test_an_old_champion_is_due_and_stays_when_nothing_newer_is_better(line: Line) -> None:
    done = line.refresh(4_500, expires_days=1.0)
    assert done.decision is Decision.RETUNE
    assert "expired" in done.why or done.state is RefreshState.REJECTED
    if done.state is RefreshState.REJECTED:
        assert line.store.service.standings(line.first)[-1].expires
        assert line.refresh(4_600, expires_days=1.0).decision is Decision.KEEP


@pytest.mark.slow
def test_a_search_again_is_a_session_that_begins_with_the_champions_rules(line: Line) -> None:
    done = line.refresh(3_400, force=Decision.SEARCH_AGAIN)
    row = line.store.refreshes.find(done.id)
    assert row.search is not None
    assert line.store.sessions.find(row.search).report is not None
    assert done.state is RefreshState.SHADOW
    succession = line.store.service.succession(str(done.challenger))
    assert succession is not None
    assert (succession.predecessor, succession.how) == (line.first, "search_again")
    assert line.store.detectors.find("latest").id == line.first


@pytest.mark.slow
def test_a_search_that_was_killed_is_gone_on_with(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("argosy.sessions.run.publish_session", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            line.refresh(3_400, force=Decision.SEARCH_AGAIN, key="k")
    search = line.store.refreshes.of_line(line.first, concluded=False)[0].search
    done = line.refresh(3_400, force=Decision.SEARCH_AGAIN, key="k")
    assert done.state is RefreshState.SHADOW
    assert line.store.refreshes.find(done.id).search == search
    assert line.store.detectors.find(str(done.challenger)).session == search
    assert len(line.store.service.line(line.first)) == 2


def test_another_refresh_of_the_line_must_wait(line: Line, store: Store) -> None:
    with (
        line.store.claims.hold(line.first),
        pytest.raises(BadInput, match="is being worked on by another process"),
    ):
        line.refresh(3_000)
