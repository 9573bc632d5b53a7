"""Every planted cheat is refused by the examination, and honest rules pass it."""

from collections.abc import Iterator

import pytest

from argosy.detectors.certificate import Examination, Subject, examine
from argosy.detectors.certificate.form import CheckKind
from argosy.detectors.rules.rule import Direction
from argosy.sandbox.containers import ContainerSandbox
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.protocol import Evaluation, Input, Job, Limits, Outcome, Sandbox
from tests.detectors.certificate.cheats import CHEATS, EXPANDING, HONEST, NIGHTLY, by_heart
from tests.graphs.refine.session_data import a_series

pytestmark = pytest.mark.slow

NUMBERS = {"window": 60, "threshold": 6.0}
SERIES, LABELS = a_series()
LEARNED = by_heart(LABELS, SERIES.seconds)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    local = LocalSandbox()
    yield local
    local.close()


def examined(source: str, sandbox: Sandbox) -> Examination:
    def run(source: str, inputs: tuple[Input, ...], evaluations: tuple[Evaluation, ...]) -> tuple[Outcome, ...]:
        return sandbox.run(Job(source, inputs, evaluations, Limits(job_s=60.0)))

    return examine(Subject.of(source, NUMBERS, Direction.FLAG, SERIES, LABELS), run)


@pytest.mark.parametrize("name", [*CHEATS, *LEARNED])
def test_a_cheat_is_refused(name: str, sandbox: LocalSandbox) -> None:
    check, source = (CHEATS | LEARNED)[name]
    found = examined(source, sandbox)
    assert check in {refusal.check.value for refusal in found.refusals}, found.refusals


@pytest.mark.parametrize("source", [HONEST, EXPANDING, NIGHTLY], ids=["rolling", "expanding", "by the hour"])
def test_an_honest_rule_is_not(source: str, sandbox: LocalSandbox) -> None:
    found = examined(source, sandbox)
    assert found.refusals == ()
    assert found.causality is not None
    assert found.causality.cut >= 20
    assert found.causality.compared > 1_000
    assert found.verdicts is not None
    assert found.verdicts.alerts > 3


@pytest.mark.docker
def test_containers_say_what_namespaces_say(sandbox: LocalSandbox) -> None:
    containers = ContainerSandbox()
    try:
        there, here = examined(HONEST, containers), examined(HONEST, sandbox)
        peek = examined(CHEATS["a one-step peek"][1], containers)
    finally:
        containers.close()
    assert there.refusals == ()
    assert (there.verdicts, there.lookback, there.responses) == (here.verdicts, here.lookback, here.responses)
    assert peek.refusal(CheckKind.CAUSALITY) is not None


def test_the_first_index_that_looked_ahead_is_named(sandbox: LocalSandbox) -> None:
    found = examined(CHEATS["a one-step peek"][1], sandbox)
    refusal = next(each for each in found.refusals if each.check == "causality")
    assert refusal.first_index is not None
    assert f"index {refusal.first_index} " in refusal.why
