"""Control containers: each lacks just the protections in question, and keeps the outer limits of the engine."""

import json
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.types import LogConfig

from argosy.sandbox.channels import AttachedChannel
from argosy.sandbox.containers import ContainerSandbox, _attach
from argosy.sandbox.hardening import LABEL, ContainerRecipe, recipe
from argosy.sandbox.image import PYTHON, image_tag
from argosy.sandbox.protocol import Broke, Evaluation, Job, Limits, Outcome, Ran
from argosy.sandbox.resident import Pool, Sharing
from argosy.sandbox.seccomp import everything
from argosy.sandbox.wire import END_S, ChannelClosed
from tests.sandbox.attacks.registry import Attack, Harm, Protection
from tests.sandbox.jobs import series

OUTER = Limits(job_s=20.0, memory_bytes=8 << 30, processes=32)
"""What a job may use in a control container: more than the container itself, which is as large as ever."""
CAPABILITIES = ["SYS_ADMIN", "SYS_PTRACE", "SYS_CHROOT", "NET_RAW", "SETUID", "SETGID", "MKNOD", "DAC_OVERRIDE"]
FLOOD_BYTES = 16 << 20
NAIVE_S = 30.0
HONEST = """
def detect(values, seconds):
    import statistics

    import numpy as np

    secret = ["told to nobody"]
    return values - np.median(values) + float(statistics.median([1.0, 2.0, 9.0])) * len(secret)
"""
RIGHT = [value - 49.5 + 2.0 for value in range(100)]


def weakened(lacks: Iterable[Protection], canary: Path) -> ContainerRecipe:
    """The recipe of a container that lacks these protections."""
    made = recipe(image_tag(), Limits())
    flags, settings = dict(made.flags), dict(made.settings)
    for each in lacks:
        match each:
            case Protection.CALLS:
                flags["security_opt"] = [
                    *(o for o in flags["security_opt"] if "seccomp" not in o),
                    "seccomp=unconfined",
                ]
                settings["calls"] = everything()
                flags["ulimits"] = [limit for limit in flags["ulimits"] if limit.name != "memlock"]
            case Protection.FILES:
                settings["confine_files"] = False
            case Protection.NOTHING_WRITABLE:
                flags["tmpfs"] = {**flags["tmpfs"], "/tmp": "size=2m,nr_inodes=40,mode=1777,noexec"}
            case Protection.OWN_ROOT:
                flags["volumes"] = {str(canary): {"bind": str(canary), "mode": "rw"}}
            case Protection.NETWORK:
                flags["network_mode"] = "host"
            case Protection.PRIVILEGES:
                flags |= {"user": "0:0", "cap_drop": [], "cap_add": CAPABILITIES}
                flags["security_opt"] = [o for o in flags["security_opt"] if o != "no-new-privileges"]
            case Protection.PROCESSES:
                flags["pids_limit"] = 300
            case Protection.OWN_PROCESSES:
                flags["pid_mode"] = "host"
            case Protection.LIMITS | Protection.HARNESS:
                pass  # what the job or the naive runner does
    return ContainerRecipe(made.image, flags, settings, judged=False)


class Controls:
    """Control containers by what they lack, made when first asked for."""

    def __init__(self, client: docker.DockerClient, canary: Path) -> None:
        self._client = client
        self._canary = canary
        self._made: dict[frozenset[Protection], ContainerSandbox] = {}

    def harms(self, attack: Attack, source: str) -> tuple[bool, object]:
        """Whether the attack does its harm where its protection is missing, and what was seen."""
        if Protection.HARNESS in attack.lacks:
            report = run_naively(self._client, weakened(attack.lacks, self._canary), source)
            return JUDGED[attack.harm](attack, report), report
        if attack.lacks not in self._made:
            made = weakened(attack.lacks, self._canary)
            self._made[attack.lacks] = ContainerSandbox(made=made, sharing=Sharing.SESSION, pool=Pool(most=2, kept=1))
        self._made[attack.lacks].run(one_job(HONEST, OUTER))
        (seen,) = self._made[attack.lacks].run(one_job(source, OUTER))
        began = time.monotonic()
        if attack.harm is Harm.FROZE:
            self._made[attack.lacks].run(one_job(HONEST, OUTER))
        return _shows(attack.harm, seen, time.monotonic() - began), seen

    def without_attack(self) -> "Report":
        """What the naive runner says of two honest rules."""
        return run_naively(self._client, weakened([Protection.HARNESS], self._canary), HONEST)

    def close(self) -> None:
        for each in self._made.values():
            each.close()


def one_job(source: str, limits: Limits) -> Job:
    return Job(source, (series(100),), (Evaluation({}),), limits)


def _shows(harm: Harm, seen: Outcome, next_s: float) -> bool:
    match harm:
        case Harm.RETURNED:
            return isinstance(seen, Ran) and seen.scores[0] >= 1
        case Harm.DIED:
            return isinstance(seen, Broke) and "died" in seen.error
        case Harm.FROZE:
            return isinstance(seen, Ran) and next_s >= END_S  # the rule's own answer came, the harness's never
    raise AssertionError(f"only the naive runner can show that {harm}")


@dataclass(frozen=True)
class Report:
    """What a naive runner said, and how much of it."""

    output_bytes: int
    shown: str = ""
    returned: float = 0.0
    next: list[float] | None = None


JUDGED: dict[Harm, Callable[[Attack, Report], bool]] = {
    Harm.RETURNED: lambda _, report: report.returned >= 1,
    Harm.NEXT: lambda _, report: report.next != RIGHT,
    Harm.FLOOD: lambda _, report: report.output_bytes >= FLOOD_BYTES,
    Harm.ACCEPTED: lambda attack, report: attack.shows in report.shown,
}


def run_naively(client: docker.DockerClient, made: ContainerRecipe, source: str) -> Report:
    """Runs the attack and then the honest rule in one process of a control container."""
    flags = {**made.flags, "environment": {"ARGOSY_SECRET": "told to nobody"}, "log_config": LogConfig(type="none")}
    program = Path(__file__).with_name("naive.py").read_text()
    command = [PYTHON, "-I", "-c", program, json.dumps([source, HONEST])]
    labels = {LABEL: "control", f"{LABEL}.owner": "test"}
    container = client.containers.create(made.image, entrypoint=command, stdin_open=True, labels=labels, **flags)
    attached = _attach(container)
    try:
        container.start()
        counted, last = _drained(attached)
    finally:
        attached.close()
        with suppress(docker.errors.APIError):
            container.remove(force=True)
    with suppress(ValueError, TypeError):
        return Report(counted, **json.loads(last.strip().rpartition(b"\n")[2]))
    return Report(counted, last[-2000:].decode("utf-8", "replace"))


def _drained(attached: AttachedChannel) -> tuple[int, bytes]:
    """How many bytes came, up to a flood, and the last of them."""
    connection: Any = attached._connection
    deadline, counted, last = time.monotonic() + NAIVE_S, 0, b""
    with suppress(ChannelClosed, TimeoutError):
        while counted < FLOOD_BYTES:
            prefix = bytearray(8)
            connection.fill(memoryview(prefix), deadline)
            size = struct.unpack(">B3xI", prefix)[1]
            body = bytearray(size)
            connection.fill(memoryview(body), deadline)
            counted, last = counted + size, (last + bytes(body))[-20_000:]
    return counted, last
