"""What is Docker's own: a container for each rule, recovery, and leaving nothing behind."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import docker
import pytest

from argosy.sandbox.containers import ContainerSandbox, reap
from argosy.sandbox.daemon import connect
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.hardening import LABEL
from argosy.sandbox.image import default_base, image_tag
from argosy.sandbox.owners import host
from argosy.sandbox.protocol import Evaluation
from argosy.sandbox.resident import Pool
from tests.sandbox.jobs import job, outcome, ran, rule

pytestmark = pytest.mark.docker
GOOD = rule("return values")


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    found = connect()
    yield found
    found.close()


def ours(client: docker.DockerClient) -> list[str]:
    """The containers of this process."""
    found = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    return [each.id or "" for each in found if each.labels[f"{LABEL}.owner"].startswith(f"{os.getpid()}:")]


def soon(condition: object, within_s: float = 20.0) -> bool:
    assert callable(condition)
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_each_rule_has_its_own_container_and_keeps_it(client: docker.DockerClient) -> None:
    before = set(ours(client))
    sandbox = ContainerSandbox(pool=Pool(kept=2))
    where = rule("import os\nreturn values * 0 + float(os.stat('/proc/1').st_ctime_ns)")
    first, other, again = (ran(outcome(sandbox, source)).scores[0] for source in (where, where + "\n# other", where))
    assert first == again != other
    assert len(set(ours(client)) - before) == 2
    outcome(sandbox, GOOD)
    assert soon(lambda: len(set(ours(client)) - before) == 2), "the one used longest ago should have left"
    sandbox.close()
    assert soon(lambda: set(ours(client)) <= before)


def test_a_container_lost_between_jobs_is_replaced(client: docker.DockerClient) -> None:
    before = set(ours(client))
    sandbox = ContainerSandbox(pool=Pool())
    try:
        ran(outcome(sandbox, GOOD))
        for lost in set(ours(client)) - before:
            client.containers.get(lost).remove(force=True)
        ran(outcome(sandbox, GOOD))
    finally:
        sandbox.close()


def test_a_closed_sandbox_says_so() -> None:
    sandbox = ContainerSandbox(pool=Pool(spares=1))
    sandbox.warm()
    sandbox.close()
    sandbox.close()
    with pytest.raises(SandboxUnavailable, match="closed"):
        sandbox.run(job(GOOD, Evaluation({})))


def test_a_missing_image_names_the_mend() -> None:
    with pytest.raises(SandboxUnavailable, match="argosy sandbox build"):
        ContainerSandbox(image="argosy-sandbox:never-built")


def test_an_image_without_a_harness_names_its_trouble(client: docker.DockerClient) -> None:
    sandbox = ContainerSandbox(image=default_base(client), pool=Pool())
    try:
        with pytest.raises(SandboxUnavailable, match="No such file or directory"):
            outcome(sandbox, GOOD)
    finally:
        sandbox.close()


def test_no_engine_names_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SandboxUnavailable, match="start Docker, or pass --sandbox local"):
        ContainerSandbox()
    with pytest.raises(SandboxUnavailable):
        reap()


def test_containers_end_with_a_host_that_is_killed(client: docker.DockerClient) -> None:
    program = (
        "import argosy.sandbox.containers as c; s = c.ContainerSandbox(); s.warm()\n"
        "print('ready', flush=True); import time; time.sleep(60)"
    )
    host = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    with host.stdout as said:
        assert said.readline() == "ready\n"
        label = {"label": LABEL}

        def left() -> bool:
            found = client.containers.list(all=True, filters=label, ignore_removed=True)
            return any(each.labels[f"{LABEL}.owner"].startswith(f"{host.pid}:") for each in found)

        assert left()
        host.kill()
        host.wait()
        assert soon(lambda: not left())


def dead_container(client: docker.DockerClient) -> docker.models.containers.Container:
    labels = {LABEL: "test", f"{LABEL}.host": host(), f"{LABEL}.owner": "999999999:1"}
    return client.containers.create(image_tag(), labels=labels, network_mode="none")


def test_reap_removes_what_dead_processes_left_and_nothing_else(client: docker.DockerClient) -> None:
    sandbox = ContainerSandbox(pool=Pool())
    try:
        ran(outcome(sandbox, GOOD))
        dead, alive = dead_container(client), set(ours(client))
        assert reap() >= 1
        assert alive <= set(ours(client))
        with pytest.raises(docker.errors.NotFound):
            dead.reload()
    finally:
        sandbox.close()


def test_opening_removes_what_dead_processes_left(client: docker.DockerClient) -> None:
    dead = dead_container(client)
    ContainerSandbox(pool=Pool()).close()
    with pytest.raises(docker.errors.NotFound):
        dead.reload()
