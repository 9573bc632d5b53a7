"""Every attack does its harm where just its protection is missing, and none behind the walls."""

from collections.abc import Iterator

import numpy as np
import pytest

from argosy.sandbox.daemon import connect
from argosy.sandbox.protocol import Broke, Ran, Sandbox
from tests.sandbox.attacks import answers, kernel, reaching, resources  # noqa: F401  they register themselves
from tests.sandbox.attacks.controls import HONEST, RIGHT, Controls, one_job
from tests.sandbox.attacks.host import Canary, picture
from tests.sandbox.attacks.registry import ATTACKS, QUICK, Attack, Harm

pytestmark = pytest.mark.slow
ENVIRONMENT = "ARGOSY_SECRET"


@pytest.fixture(scope="session")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    import pytest_socket

    pytest_socket.enable_socket()  # to listen; nothing here connects to anybody
    try:
        made = Canary(tmp_path_factory.mktemp("canary"))
    finally:
        pytest_socket.disable_socket(allow_unix_socket=True)
    yield made
    made.close()


@pytest.fixture(scope="session")
def controls(canary: Canary) -> Iterator[Controls]:
    client = connect()
    made = Controls(client, canary.folder)
    yield made
    made.close()
    client.close()


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) >= 45
    assert len({each.source for each in ATTACKS.values()}) == len(ATTACKS)


@pytest.mark.docker
def test_without_an_attack_a_naive_runner_serves_honest_rules(controls: Controls) -> None:
    report = controls.without_attack()
    assert report.next == RIGHT
    assert report.output_bytes < 5_000


@pytest.mark.docker
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_attack_does_harm_where_its_protection_is_missing(attack: Attack, controls: Controls, canary: Canary) -> None:
    harmed, seen = controls.harms(attack, canary.aimed(attack.source))
    assert harmed, f"{attack.name} should show that {attack.harm}: {seen}"


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_attack_is_stopped(attack: Attack, sandbox: Sandbox, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "told to nobody")
    (before,) = sandbox.run(one_job(HONEST, QUICK))
    assert isinstance(before, Ran)
    host = picture(canary)
    (seen,) = sandbox.run(one_job(canary.aimed(attack.source), attack.limits))
    assert isinstance(seen, attack.stopped), seen
    if isinstance(seen, Broke):
        assert attack.says in seen.error, seen
    if isinstance(seen, Ran):
        harmless(attack, seen)
    (after,) = sandbox.run(one_job(HONEST, QUICK))
    assert isinstance(after, Ran), after
    np.testing.assert_array_equal(after.scores, RIGHT)
    assert picture(canary) == host


def harmless(attack: Attack, seen: Ran) -> None:
    """What came back is scores like any others, and says nothing that it should not."""
    assert seen.scores.shape == (100,)
    assert seen.scores.dtype == np.float64
    nan = seen.scores[np.isnan(seen.scores)]
    assert set(nan.view(np.uint64)) <= {np.array(np.nan).view(np.uint64).item()}
    assert attack.harm is not Harm.RETURNED or not seen.scores[0] >= 1
    if attack.name == "slow_rule_that_claims_to_be_quick":
        assert seen.seconds >= 0.2
