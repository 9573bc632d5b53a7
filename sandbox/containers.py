"""The Docker sandbox: every candidate in a container of its own, with nothing to write on and nobody to talk to."""

import contextlib
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import docker
from docker.errors import NotFound
from docker.models.containers import Container
from docker.types import LogConfig, Ulimit

from sandbox.channels import AttachedChannel, SocketChannel
from sandbox.daemon import ENGINE_ERRORS, unavailable
from sandbox.daemon import connect as connect
from sandbox.image import HARNESS, PYTHON, image_tag
from sandbox.protocol import Job, Limits, Outcome, SandboxUnavailable, TooBig
from sandbox.resident import Residents, Sharing
from sandbox.wire import Garbled, Hung, read_header

LABEL = "argosy.sandbox"
START_S = 60.0
HARNESS_BYTES = 256 << 20
"""Memory of a container above the limit for a rule: the harness and the libraries that it has loaded."""


class ContainerSandbox:
    """Runs jobs in Docker containers made from `image`.

    A container has no network, no capability, no writable file, no device, no environment and no neighbour; `limits`
    are its ceilings for memory and processes, whatever a job allows itself. `spares` containers wait, started, for
    the next candidate; the `kept` used last stay. Raises SandboxUnavailable when no engine answers or the
    image is not there.
    """

    name = "docker"
    sealed = True
    grade = "a Docker container for each rule: no network, read-only, unprivileged"

    def __init__(
        self,
        image: str = "",
        limits: Limits | None = None,
        sharing: Sharing = Sharing.RULE,
        *,
        kept: int = 4,
        spares: int = 1,
    ) -> None:
        self._image = image or image_tag()
        self._limits = limits or Limits()
        self._client = connect()
        try:
            self._client.images.get(self._image)
        except ENGINE_ERRORS as error:
            self._client.close()
            if isinstance(error, NotFound):
                raise SandboxUnavailable(f"no image {self._image}; run: argosy sandbox build") from error
            raise unavailable(error) from error
        self._residents = Residents(self._spawn, sharing, kept=kept, spares=spares)

    def run(self, job: Job) -> tuple[Outcome, ...]:
        return self._residents.run(job)

    def warm(self) -> None:
        """Starts the spares and waits for the first, so that the first job finds it ready."""
        self._residents.warm()

    def close(self) -> None:
        self._residents.close()
        self._client.close()

    def _spawn(self) -> "ContainerResident":
        try:
            container = _create(self._client, self._image, self._limits)
        except ENGINE_ERRORS as error:
            raise unavailable(error) from error
        try:
            channel = _attach(container)
            resident = ContainerResident(container, channel)
            container.start()
        except ENGINE_ERRORS as error:
            _remove(container)
            raise unavailable(error) from error
        resident.greet()
        return resident


class ContainerResident:
    """A harness in a container of its own."""

    def __init__(self, container: Container, channel: AttachedChannel) -> None:
        self._container = container
        self.channel = channel

    def greet(self) -> None:
        """Waits until the libraries are loaded. Raises SandboxUnavailable, the container removed, if they are not."""
        try:
            ready = read_header(self.channel, time.monotonic() + START_S, Limits())["ready"]
        except (Hung, Garbled, TimeoutError, KeyError) as error:
            self.end()
            said = self.channel.said.decode("utf-8", "replace").strip().rpartition("\n")[2] or "it said nothing"
            raise SandboxUnavailable(f"the sandbox container did not start: {said}; see argosy doctor") from error
        if ready["pid"] != 1 or set(ready["interfaces"]) - {"lo"}:
            self.end()
            raise SandboxUnavailable("the sandbox container is not isolated: it sees a network or foreign processes")

    def cause_of_death(self, job: Job) -> Outcome | None:
        try:
            self._container.reload()
        except NotFound:
            return None
        except ENGINE_ERRORS as error:
            raise unavailable(error) from error
        if self._container.attrs["State"].get("OOMKilled"):
            return TooBig("memory", job.limits.memory_bytes)
        return None

    def end(self) -> None:
        self.channel.close()
        _remove(self._container)


def reap() -> int:
    """Removes the containers of processes of this machine that are no longer alive; returns how many."""
    client = connect()
    try:
        left = [
            found
            for found in client.containers.list(all=True, filters={"label": f"{LABEL}.host={platform.node()}"})
            if not _alive(found.labels.get(f"{LABEL}.owner", ""))
        ]
        for container in left:
            _remove(container)
    except ENGINE_ERRORS as error:
        raise unavailable(error) from error
    finally:
        client.close()
    return len(left)


def _create(client: docker.DockerClient, image: str, limits: Limits) -> Container:
    memory = limits.memory_bytes + HARNESS_BYTES
    settings = json.dumps({"path": [], "uid": None, "limit_processes": False})
    return client.containers.create(
        image,
        entrypoint=["/usr/bin/env", "-i", PYTHON, "-I", "-u", HARNESS, settings],
        labels={LABEL: image, f"{LABEL}.host": platform.node(), f"{LABEL}.owner": _owner(os.getpid())},
        stdin_open=True,
        auto_remove=True,
        network_mode="none",
        ipc_mode="none",
        tmpfs={"/dev/mqueue": "ro,size=4k"},  # else the one place that anybody may write to
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        user="65534:65534",
        working_dir="/",
        mem_limit=memory,
        memswap_limit=memory,
        pids_limit=limits.processes + 4,
        ulimits=[Ulimit(name="core", soft=0, hard=0)],
        log_config=LogConfig(type="none"),
    )


def _attach(container: Container) -> AttachedChannel:
    stream: Any = container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
    connection = getattr(stream, "_sock", stream)  # the socket itself, where docker-py wraps it for reading
    return AttachedChannel(SocketChannel(connection), stream._response, stream)


def _remove(container: Container) -> None:
    """Removes a container, running or not; one that has removed itself, or is about to, is as good."""
    with contextlib.suppress(*ENGINE_ERRORS):
        container.remove(force=True)


def _owner(pid: int) -> str:
    """A process's number and the moment it started, so that a number used again is told apart."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return f"{pid}:"
    return f"{pid}:{fields[19]}"


def _alive(owner: str) -> bool:
    number = owner.partition(":")[0]
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _owner(int(number)) == owner
