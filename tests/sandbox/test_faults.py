"""What fails around a rule: the engine, the image, the disk, memory, the clock, and too many at once."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from argosy.sandbox.containers import ContainerSandbox
from argosy.sandbox.daemon import connect
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.folders import PREFIX, make_folder
from argosy.sandbox.hardening import LABEL, recipe
from argosy.sandbox.image import image_tag
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.owners import owner
from argosy.sandbox.protocol import Evaluation, Limits, Outcome, TimedOut, TooBig
from argosy.sandbox.resident import Pool, PooledSandbox, Sharing
from tests.sandbox.jobs import job, outcome, ran, rule

pytestmark = pytest.mark.slow

GOOD = rule("return values")
SLOW = rule("import time\nend = time.perf_counter() + 1.2\nwhile time.perf_counter() < end: pass\nreturn values")
ENGINE = "/var/run/docker.sock"


EARLIER: set[str] = set()


@pytest.fixture(autouse=True)
def others(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leaves out of the count what fixtures of other modules keep open in this process."""
    if request.node.get_closest_marker("docker"):
        EARLIER.update(containers())
    yield
    EARLIER.clear()


def containers() -> set[str]:
    """The containers of this process, those being removed left out."""
    client = connect()
    try:
        label = {"label": f"{LABEL}.owner={owner(os.getpid())}"}
        found = client.containers.list(all=True, filters=label, ignore_removed=True)
        return {str(each.id) for each in found} - EARLIER
    finally:
        client.close()


def volumes() -> set[str]:
    """All volumes of the engine: nothing of ours makes one."""
    client = connect()
    try:
        return {str(each.id) for each in client.volumes.list()}
    finally:
        client.close()


def folders() -> set[str]:
    """The temporary folders of this process."""
    mine = owner(os.getpid()).replace(":", ".")
    return {each.name for each in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-{mine}-*")}


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@contextmanager
def nothing_leaks(*, with_docker: bool = True) -> Iterator[None]:
    """Asserts that containers, volumes, threads, descriptors and temporary folders are soon as they were."""

    def left() -> dict[str, object]:
        return {
            "containers": containers() - before if with_docker else set(),
            "volumes": volumes() - stored if with_docker else set(),
            "threads": [t.name for t in threading.enumerate() if t not in threads],
            "descriptors": max(descriptors() - opened, 0),
            "folders": folders() - kept,
        }

    before, stored = (containers(), volumes()) if with_docker else (set(), set())
    threads, opened, kept = set(threading.enumerate()), descriptors(), folders()
    yield
    end = time.monotonic() + 20.0
    while any(left().values()) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(left().values()), left()


class Proxy:
    """A Docker engine that can die: a socket in front of the real one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(16)
        self._open: list[socket.socket] = []
        self._copiers: list[threading.Thread] = []
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()

    def die(self) -> None:
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._server.join(10.0)
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._copiers:
            thread.join(10.0)
        for each in (self._listener, *self._open):
            each.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                descriptor, _ = self._listener._accept()  # type: ignore[attr-defined]  # accept() makes an inet socket
                ours, engine = socket.socket(socket.AF_UNIX, fileno=descriptor), socket.socket(socket.AF_UNIX)
                engine.connect(ENGINE)
                self._open += [ours, engine]
                for one, other in ((ours, engine), (engine, ours)):
                    self._copiers.append(threading.Thread(target=self._copy, args=(one, other), daemon=True))
                    self._copiers[-1].start()

    @staticmethod
    def _copy(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(1 << 16):
                other.sendall(part)
            other.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    made = Proxy(tmp_path / "engine.sock")
    with monkeypatch.context() as patched:
        patched.setenv("DOCKER_HOST", f"unix://{made.path}")
        yield made
    made.die()


def meanwhile(act: Callable[[], object], after_s: float) -> threading.Timer:
    timer = threading.Timer(after_s, act)
    timer.start()
    return timer


@pytest.mark.docker
def test_an_engine_that_dies_during_a_job_costs_the_next_candidate_not_this_one(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = ContainerSandbox(pool=Pool(spares=0))
    ran(outcome(sandbox, SLOW))
    dead = meanwhile(proxy.die, 0.4)
    ran(outcome(sandbox, SLOW))  # its container speaks to us past the engine
    dead.join()
    with pytest.raises(SandboxUnavailable, match="no Docker engine"):
        outcome(sandbox, GOOD)
    sandbox.close()
    check_that_containers_end(monkeypatch)


def check_that_containers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for the engine behind the dead one to have no container of ours."""
    with monkeypatch.context() as direct:
        direct.delenv("DOCKER_HOST")
        end = time.monotonic() + 15
        while containers() and time.monotonic() < end:
            time.sleep(0.1)
        assert not containers(), "a container ends when its host hangs up, whoever is there to remove it"


@pytest.mark.docker
def test_an_engine_that_carries_the_channel_and_dies_is_told_apart_from_the_rule(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recipe(image_tag(), Limits())
    sandbox = ContainerSandbox(made=replace(made, flags={**made.flags, "mounts": []}), pool=Pool())  # no door to find
    busy = rule(
        "import time\nend = time.perf_counter() + s\nwhile time.perf_counter() < end: pass\nreturn values", ", *, s"
    )
    (first,) = sandbox.run(job(busy, Evaluation({"s": 0.0})))
    ran(first)
    dead = meanwhile(proxy.die, 0.4)
    with pytest.raises(SandboxUnavailable):
        sandbox.run(job(busy, Evaluation({"s": 15.0}), limits=Limits(job_s=30.0)))
    dead.join()
    sandbox.close()
    check_that_containers_end(monkeypatch)


@pytest.mark.docker
def test_an_image_removed_under_way_names_the_mend() -> None:
    with nothing_leaks():
        client = connect()
        client.images.get(image_tag()).tag("argosy-sandbox", "passing")
        sandbox = ContainerSandbox(image="argosy-sandbox:passing", pool=Pool())
        try:
            ran(outcome(sandbox, GOOD))
            client.images.remove("argosy-sandbox:passing", noprune=True)
            with pytest.raises(SandboxUnavailable, match="argosy sandbox build"):
                outcome(sandbox, GOOD + "# another\n")
        finally:
            sandbox.close()
            with suppress(docker.errors.ImageNotFound):
                client.images.remove("argosy-sandbox:passing", noprune=True)
            client.close()


@pytest.mark.docker
def test_a_container_killed_from_outside_is_replaced_once() -> None:
    with nothing_leaks():
        sandbox = ContainerSandbox(pool=Pool())
        before = containers()
        ran(outcome(sandbox, SLOW))
        client = connect()
        killed = meanwhile(lambda: [client.containers.get(each).kill() for each in containers() - before], 0.3)
        ran(outcome(sandbox, SLOW))
        killed.join()
        client.close()
        sandbox.close()


@pytest.mark.docker
def test_a_rule_that_the_kernel_kills_for_memory_is_too_big_and_the_next_job_runs() -> None:
    with nothing_leaks():
        sandbox = ContainerSandbox(limits=Limits(memory_bytes=64 << 20), sharing=Sharing.SESSION, pool=Pool())
        generous = Limits(job_s=30.0, memory_bytes=4 << 30)
        assert outcome(sandbox, rule("return np.ones(1 << 27)[:100]"), limits=generous) == TooBig("memory", 4 << 30)
        ran(outcome(sandbox, GOOD))
        sandbox.close()


@pytest.mark.parametrize("kind", [pytest.param("docker", marks=pytest.mark.docker), "local"])
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_disk_is_typed(kind: str, tmp_path: Path) -> None:
    opened = {"docker": "containers import ContainerSandbox", "local": "local import LocalSandbox"}[kind]
    program = (
        f"import tempfile; tempfile.tempdir = {str(tmp_path)!r}\n"
        f"from sandbox.{opened} as Opened\n"
        "from argosy.sandbox.errors import SandboxUnavailable\n"
        "from tests.sandbox.jobs import outcome, rule\n"
        "try: outcome(Opened(), rule('return values'))\n"
        "except SandboxUnavailable as error: print(error)\n"
    )
    mount = f'mount -t tmpfs -o size=4k,nr_inodes=1 full {tmp_path} && exec {sys.executable} -c "$0"'
    said = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, program], capture_output=True, text=True, timeout=60, check=False
    )
    assert "No space left on device" in said.stdout, said
    assert "free space in the temporary folder" in said.stdout


def test_folders_of_a_killed_host_are_gone_with_the_next_sandbox() -> None:
    program = (
        "from argosy.sandbox.folders import make_folder\n"
        "from argosy.sandbox.local import LocalSandbox\n"
        "from tests.sandbox.jobs import outcome, rule\n"
        "import os, signal\n"
        "sandbox = LocalSandbox()\n"
        "outcome(sandbox, rule('return values'))\n"
        "print(make_folder(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    left = Path(killed.stdout.strip())
    assert left.is_dir(), killed
    mine = make_folder()
    LocalSandbox().close()
    assert not left.exists()
    assert mine.is_dir(), "nobody's but the dead are removed"
    mine.rmdir()


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_changes_nothing(jump_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_leaks(with_docker=False):
        sandbox = LocalSandbox()
        real = time.time
        jumped = meanwhile(lambda: monkeypatch.setattr(time, "time", lambda: real() + jump_s), 0.3)
        ran(outcome(sandbox, SLOW))
        jumped.join()
        began = time.monotonic()
        assert outcome(sandbox, rule("while True: pass"), limits=Limits(job_s=0.5)) == TimedOut(0.5)
        assert time.monotonic() - began < 15.0
        sandbox.close()


OPENED: dict[str, Callable[[Pool], PooledSandbox]] = {
    "docker": lambda pool: ContainerSandbox(sharing=Sharing.SESSION, pool=pool),
    "local": lambda pool: LocalSandbox(pool=pool),
}
KINDS = [pytest.param("docker", marks=pytest.mark.docker), "local"]


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_sessions_share_a_pool_of_four(kind: str) -> None:
    with nothing_leaks(with_docker=kind == "docker"):
        sandbox = OPENED[kind](Pool(most=4, kept=4))
        most = 0

        def session(number: int) -> Outcome:
            nonlocal most
            (only,) = sandbox.run(job(rule(f"return values * {number}")))
            most = max(most, alive(sandbox))
            return only

        with ThreadPoolExecutor(200) as sessions:
            outcomes = list(sessions.map(session, range(200)))
        assert [ran(each).scores[1] for each in outcomes] == list(range(200))
        assert most <= 4
        sandbox.close()
    assert kind == "local" or not containers()


@pytest.mark.docker
def test_more_candidates_than_containers_wait_for_their_turn() -> None:
    with nothing_leaks():
        sandbox = ContainerSandbox(pool=Pool(most=2, kept=2))
        with ThreadPoolExecutor(6) as candidates:
            sources = [rule(f"return values * {number}") for number in range(6)]
            outcomes = list(candidates.map(lambda source: (outcome(sandbox, source), alive(sandbox)), sources))
        assert [ran(each).scores[1] for each, _ in outcomes] == list(range(6))
        assert max(seen for _, seen in outcomes) <= 2
        end = time.monotonic() + 60
        while len(containers()) > 2 and time.monotonic() < end:
            time.sleep(0.1)  # one more may be on its way out
        assert len(containers()) <= 2
        sandbox.close()


def alive(sandbox: PooledSandbox) -> int:
    """How many harnesses a sandbox has now."""
    return sandbox._residents._alive


def test_trouble_is_told_to_everybody_who_waits_and_leaves_room() -> None:
    failures = iter([True] * 5)

    def spawn(_: bool) -> object:
        raise SandboxUnavailable("not today") if next(failures, False) else AssertionError

    sandbox = PooledSandbox(spawn, Sharing.SESSION, Pool(most=1))  # type: ignore[arg-type]
    with ThreadPoolExecutor(5) as sessions:
        waiting = [sessions.submit(sandbox.run, job(GOOD, Evaluation({}))) for _ in range(5)]
        assert all(isinstance(each.exception(timeout=5), SandboxUnavailable) for each in waiting)
    assert sandbox._residents._alive == 0
    sandbox.close()


@pytest.mark.docker
def test_an_unknown_runtime_is_typed() -> None:
    with nothing_leaks():
        sandbox = ContainerSandbox(runtime="no-such-runtime", pool=Pool())
        with pytest.raises(SandboxUnavailable, match="no-such-runtime"):
            outcome(sandbox, GOOD)
        sandbox.close()


@pytest.mark.docker
def test_a_named_runtime_runs_rules() -> None:
    sandbox = ContainerSandbox(runtime="runc", pool=Pool())
    ran(outcome(sandbox, GOOD))
    sandbox.close()
