"""Certificates in a session: what is refused is mended or not accepted, and what is accepted has its evidence."""

from collections.abc import Iterator

import pytest
from langchain_core.messages import BaseMessage

from argosy.agents.models.speaker import Role
from argosy.detectors.certificate.form import CheckKind
from argosy.graphs.refine import Settings
from argosy.sandbox.local import LocalSandbox
from tests.detectors.certificate.cheats import CHEATS, HEAD, HONEST, by_heart
from tests.graphs.refine.session_data import Ran, a_series, embedded, refine, speaker_of

pytestmark = pytest.mark.slow

SERIES, LABELS = a_series()
LEARNED = by_heart(LABELS, SERIES.seconds)
ONE = Settings(rounds=1, candidates=1, evaluations=12)

LATE_PEEK = (
    HEAD.replace("(60, 10, 720)", "(20, 10, 90)")
    + """

def detect(values, seconds, *, window, threshold):
    x = pd.Series(values)
    if window <= 20:
        return np.zeros(len(x))
    return ((x.rolling(window, min_periods=5).median() - x.shift(-1)) / threshold).to_numpy()
"""
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    local = LocalSandbox()
    yield local
    local.close()


@pytest.fixture(scope="module")
def plain(sandbox: LocalSandbox) -> Ran:
    return refine(sandbox, speaker_of(embedded), SERIES, LABELS, Settings(rounds=2, candidates=3, evaluations=24))


def stubborn(sandbox: LocalSandbox, source: str, objective: str = "default") -> Ran:
    """A session whose author always writes this rule, with other words each time."""
    asked = 0

    def answer(messages: list[BaseMessage]) -> str:
        nonlocal asked
        asked += 1
        if '"role":"review"' in messages[1].text:
            return '{"verdict": "accept", "reason": "fine", "feedback": ""}'
        return "```python\n" + source.replace('usual."""', f'usual, try {asked}."""') + "```"

    return refine(sandbox, speaker_of(answer), SERIES, LABELS, ONE, objective=objective)


def test_the_honest_rule_of_the_stubborn_author_is_accepted(sandbox: LocalSandbox) -> None:
    """Else the tests below would prove nothing."""
    assert len(stubborn(sandbox, HONEST).state["accepted"]) == 1


@pytest.mark.parametrize("name", [*CHEATS, *LEARNED])
def test_no_session_accepts_a_cheat(name: str, sandbox: LocalSandbox) -> None:
    check, source = (CHEATS | LEARNED)[name]
    ran = stubborn(sandbox, source)
    assert ran.state["accepted"] == ()
    assert ran.published.rules == ()
    assert ran.published.certificates == {}
    refused_late = name == "dates to come"
    assert ran.recorder.calls(Role.REPAIR) or refused_late or check == "values"


def test_a_peek_at_tuned_numbers_goes_to_repair_with_its_first_index(sandbox: LocalSandbox) -> None:
    ran = stubborn(sandbox, LATE_PEEK, "point_f1")  # else its false points would do
    assert ran.state["accepted"] == ()
    (first, *_) = ran.recorder.decisions("looked_ahead")
    assert first.why.startswith("causality: the score at index ")
    prompt = ran.recorder.blobs[ran.recorder.calls(Role.REPAIR)[0].prompt].decode()
    assert '"failure":"looked_ahead"' in prompt
    assert '"first_index":' in prompt


def test_every_accepted_rule_has_a_certificate_that_nothing_speaks_against(plain: Ran) -> None:
    assert plain.state["accepted"]
    assert set(plain.published.certificates) == {each.id for each in plain.state["accepted"]}
    for certificate in plain.published.certificates.values():
        found = certificate.examination
        assert found.refusals == ()
        assert found.causality is not None
        assert found.causality.cut >= 20
        assert found.lookback is not None
        assert {each.param for each in certificate.sensitivity} == set(certificate.params)
        assert len(certificate.data.sha256) == 64
    assert all(
        plain.published.certificates[each.id].examination.refusal(kind) is None
        for each in plain.state["accepted"]
        for kind in CheckKind
    )


def test_only_rules_of_the_fusion_were_measured_on_the_lockbox(plain: Ran) -> None:
    fused = {each.candidate.id for each in plain.published.rules}
    for candidate, certificate in plain.published.certificates.items():
        parts = {"train", "validation", "lockbox"} if candidate in fused else {"train", "validation"}
        assert set(certificate.evidence) == parts
        assert certificate.lockbox_openings == 1
        for found in certificate.evidence.values():
            assert found.found.total == found.incidents > 0
            assert found.found.low is not None
            assert found.found.high is not None
            assert found.found.low <= found.found.count / found.found.total <= found.found.high


def test_examinations_see_nothing_of_the_lockbox(plain: Ran) -> None:
    points = plain.data.splits.validation_stop
    assert {each.examination.examined_points for each in plain.published.certificates.values()} == {points}
