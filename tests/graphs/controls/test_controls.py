"""The controls that a session is measured against: what they leave out, they leave out."""

import json
import re
from collections.abc import Iterator

import numpy as np
import pytest
from langchain_core.messages import BaseMessage

from argosy.agents.models.speaker import Role
from argosy.detectors.rules.rule import Direction, read_rule
from argosy.graphs.controls import CONTROLS
from argosy.graphs.controls.ablations import ABLATIONS
from argosy.graphs.controls.argos_plain import CHUNK_POINTS, failures_of
from argosy.graphs.refine import Outcome, Settings
from argosy.graphs.refine.state import Ending
from argosy.sandbox.local import LocalSandbox
from argosy.signals.arrays import Bools
from argosy.signals.series import Series
from tests.graphs.refine.session_data import Ran, a_series, embedded, refine, speaker_of

pytestmark = pytest.mark.slow

_SETTINGS = Settings(rounds=3, candidates=3, evaluations=24)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    local = LocalSandbox()
    yield local
    local.close()


def _with_false_alarms(series: Series, labels: Bools) -> tuple[Series, Bools]:
    """The base alarms at jumps upwards, which are no incidents."""
    values = series.values.copy()
    values[np.flatnonzero(~labels)[150::200]] += 25
    return Series(series.id, series.seconds, values, series.step_s), labels


def _run(
    sandbox: LocalSandbox, control: str | None, settings: Settings, points: int = 3000, objective: str = "default"
) -> tuple[Ran, list[dict]]:
    """What is left of a run, and the evidence blocks that Detection was shown, in the order of asking."""
    shown: list[dict] = []

    def answer(messages: list[BaseMessage]) -> str:
        block = re.findall(r"^```json\n(.*?)^```", str(messages[-1].text), re.MULTILINE | re.DOTALL)
        if block and json.loads(block[-1])["role"] == "detection":
            shown.append(json.loads(block[-1]))
        return embedded(messages)

    series, labels = _with_false_alarms(*a_series(points, incidents=points // 200))
    instead = CONTROLS[control].instead if control else {}
    return refine(sandbox, speaker_of(answer), series, labels, settings, instead=instead, objective=objective), shown


def test_proposals_of_best_of_n_know_nothing_of_each_other(sandbox: LocalSandbox) -> None:
    ran, shown = _run(sandbox, "best_of_n", _SETTINGS)
    assert len(shown) == 9
    assert not any(each.get("parents") or each.get("tried") for each in shown)
    assert len({(each["direction"], each["candidate"]) for each in shown}) == 9
    assert {each["direction"] for each in shown} == {"flag", "clear"}
    assert not ran.recorder.calls(Role.REVIEW)
    assert ran.published.ending is Ending.ROUNDS_SPENT
    assert ran.published.lockbox_openings == 1
    assert len(ran.state["accepted"]) == len({each.direction for each in ran.state["accepted"]})


def test_best_of_n_tunes_and_fuses_what_is_best_on_validation(sandbox: LocalSandbox) -> None:
    ran, _ = _run(sandbox, "best_of_n", _SETTINGS)
    best = {each.direction: each.assessment for each in ran.state["accepted"]}
    for candidate in ran.data.assessed.values():
        top = best[candidate.direction]
        assert top is not None
        assert candidate.assessment is not None
        assert top.validation >= candidate.assessment.validation
    assert ran.recorder.jobs("tune")
    assert ran.published.fused["validation"]["objective"] >= ran.published.base["validation"]["objective"]


def test_the_plain_loop_keeps_numbers_as_written_and_one_rule_of_each_direction(sandbox: LocalSandbox) -> None:
    plain = CONTROLS["argos_plain"].bounded(_SETTINGS, 4)
    ran, shown = _run(sandbox, "argos_plain", plain)
    assert ran.state["outcome"] is Outcome.FUSED
    assert ran.state["accepted"]
    for candidate in ran.state["accepted"]:
        assert dict(candidate.params) == read_rule(candidate.source).defaults
    assert ran.state["fused"] == tuple(each.id for each in ran.state["accepted"])
    assert len({each.direction for each in ran.state["accepted"]}) == len(ran.state["accepted"]) <= 2
    later = [each for each in shown if each["round"] > 2]
    assert later
    assert all(len(each["parents"]) == 1 for each in later)
    assert ran.published.lockbox_openings == 1


def test_the_plain_loop_sees_one_chunk_of_a_long_series_at_a_time(sandbox: LocalSandbox) -> None:
    settings = Settings(rounds=2, candidates=1, evaluations=1)
    ran, shown = _run(sandbox, "argos_plain", settings, points=60_000)
    assert {each["series"]["points"] for each in shown} == {CHUNK_POINTS}
    for decision in ran.recorder.decisions("chunk"):
        start, stop = int(decision.facts["start"] or 0), int(decision.facts["stop"] or 0)
        train = ran.data.splits.train
        assert train.start <= start < stop <= train.stop


def test_chunks_are_those_on_which_the_base_fails() -> None:
    labels = np.array([0, 1, 1, 0, 0, 1, 0, 0], dtype=np.bool_)
    alarms = np.array([0, 0, 1, 0, 1, 0, 0, 1], dtype=np.bool_)
    assert failures_of(Direction.FLAG, labels, alarms).tolist() == [[5, 6]]
    assert failures_of(Direction.CLEAR, labels, alarms).tolist() == [[4, 5], [7, 8]]
    assert failures_of(Direction.FLAG, labels, labels).tolist() == [[1, 3], [5, 6]]


def _lacks(ran: Ran, part: str, shown: list[dict]) -> bool:
    """Whether a run did without a part of a session."""
    match part:
        case "tuning":
            return all(dict(each.params) == read_rule(each.source).defaults for each in ran.data.assessed.values())
        case "parents":
            return not any(each.get("parents") or each.get("tried") for each in shown)
        case "review":
            return not ran.recorder.calls(Role.REVIEW)
        case "repair":
            return not ran.recorder.calls(Role.REPAIR)
        case "gates":
            return not ran.recorder.decisions("not accepted") or not any(
                word in decision.why
                for decision in ran.recorder.decisions("not accepted")
                for word in ("gains", "loses")
            )
        case "choice":
            return ran.state["fused"] == tuple(each.id for each in ran.state["accepted"])
        case "quotas":
            return all(member.rate_limit is None for member in ran.data.final.members) if ran.data.final else False
        case "hold":
            return not ran.recorder.decisions("held")
        case "rest":
            return not ran.recorder.decisions("ring_once")
        case "clearing":
            return {each["direction"] for each in shown} == {"flag"}
        case "flagging":
            return {each["direction"] for each in shown} == {"clear"}
    raise ValueError(part)


def _objective(part: str) -> str:
    """An objective for which a session has the part."""
    return "event_f1_pa" if part == "rest" else "default"


@pytest.mark.parametrize("part", [row.name.removeprefix("without_") for row in ABLATIONS])
def test_an_ablation_lacks_its_part_and_a_session_has_it(sandbox: LocalSandbox, part: str) -> None:
    control = CONTROLS[f"without_{part}"]
    ran, shown = _run(sandbox, control.name, control.bounded(_SETTINGS, 30), objective=_objective(part))
    assert shown
    assert _lacks(ran, part, shown)
    assert ran.published.lockbox_openings == 1


def test_a_session_has_every_part_that_an_ablation_lacks(sandbox: LocalSandbox) -> None:
    by_objective = {name: _run(sandbox, None, _SETTINGS, objective=name) for name in ("default", "event_f1_pa")}
    # Nothing breaks and all that is accepted is fused on so clean a series, so these two leave no trace on it.
    traceless = ("repair", "choice")
    for part in (row.name.removeprefix("without_") for row in ABLATIONS):
        ran, shown = by_objective[_objective(part)]
        assert part in traceless or not _lacks(ran, part, shown), part


def test_without_incidents_a_control_leaves_the_base_alone(sandbox: LocalSandbox) -> None:
    series, labels = a_series(600)
    for control in CONTROLS.values():
        ran = refine(sandbox, speaker_of(embedded), series, np.zeros_like(labels), _SETTINGS, instead=control.instead)
        assert ran.state["outcome"] is Outcome.NO_INCIDENTS
        assert ran.state["fused"] == ()
