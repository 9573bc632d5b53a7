"""The Docker sandbox: every candidate in a container of its own, with nothing to write on and nobody to talk to."""

import contextlib
import time
from collections.abc import Sequence
from typing import Any

import docker
from docker.errors import NotFound
from docker.models.containers import Container

from argosy.sandbox.channels import AttachedChannel, SocketChannel
from argosy.sandbox.daemon import ENGINE_ERRORS
from argosy.sandbox.daemon import connect as connect
from argosy.sandbox.engine_address import address, knock, unavailable
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.folders import reap_folders
from argosy.sandbox.hardening import LABEL, ContainerRecipe, creation, recipe
from argosy.sandbox.image import image_tag
from argosy.sandbox.owners import alive, host
from argosy.sandbox.protocol import Job, Limits, Outcome, TooBig
from argosy.sandbox.resident import Pool, PooledSandbox, Sharing
from argosy.sandbox.socket_door import SocketDoor
from argosy.sandbox.wire import BadFrame, ChannelClosed, read_header

START_S = 60.0
SPARE_LIBRARIES = ("numpy", "pandas")
"""Loaded by containers that wait. One that somebody waits for loads numpy, and the rest if the rule names it."""


class ContainerSandbox(PooledSandbox):
    """Runs jobs in Docker containers made from `image`.

    A container has no network, no capability, no writable file, no device, no environment and no neighbour; `limits`
    are its ceilings for memory and processes, whatever a job allows itself. It serves one candidate and ends. `pool`
    says how many there are; `runtime` is the engine's name for another one than its own, such as runsc. Raises
    SandboxUnavailable when no engine answers or the image is not there.
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
        pool: Pool | None = None,
        runtime: str = "",
        made: ContainerRecipe | None = None,
    ) -> None:
        self._recipe = made or recipe(image or image_tag(), limits or Limits(), runtime)
        self._engine = address()
        self._client = connect()
        try:
            self._client.images.get(self._recipe.image)
            _reap(self._client)
            reap_folders()
        except ENGINE_ERRORS as error:
            self._client.close()
            if isinstance(error, NotFound):
                raise _no_image(self._recipe.image) from error
            raise unavailable(error) from error
        super().__init__(self._spawn, sharing, pool or Pool(spares=1))

    def close(self) -> None:
        super().close()
        self._client.close()

    def _spawn(self, ahead: bool) -> "ContainerResident":
        knock(self._engine)
        door = SocketDoor()
        try:
            return self._start(door, SPARE_LIBRARIES if ahead else SPARE_LIBRARIES[:1])
        except ENGINE_ERRORS as error:
            if isinstance(error, NotFound):
                raise _no_image(self._recipe.image) from error
            raise unavailable(error) from error
        finally:
            door.close()

    def _start(self, door: SocketDoor, load: Sequence[str]) -> "ContainerResident":
        container = self._client.containers.create(**creation(self._recipe, door.path, load))
        try:
            attached = _attach(container)
        except BaseException:
            _remove(container)
            raise
        try:
            container.start()
            resident = ContainerResident(self._engine, container, _greeted(attached, door, self._recipe.judged))
        except BaseException:
            attached.close()
            _remove(container)
            raise
        if resident.channel is not attached:
            attached.close()
        return resident


class ContainerResident:
    """A harness in a container of its own."""

    def __init__(self, engine: str, container: Container, channel: SocketChannel | AttachedChannel) -> None:
        self._engine = engine
        self._container = container
        self.channel = channel

    def cause_of_death(self, job: Job) -> Outcome | None:
        knock(self._engine)
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
        self.channel.close()  # upon which the harness ends, and its container with it, even if the engine is gone
        with contextlib.suppress(SandboxUnavailable):
            knock(self._engine)
            _remove(self._container)


def _greeted(attached: AttachedChannel, door: SocketDoor, judged: bool) -> SocketChannel | AttachedChannel:
    """The channel, once the libraries are loaded. Raises SandboxUnavailable if they are not, or the wall has holes."""
    deadline = time.monotonic() + START_S
    try:
        channel = door.answer(attached, deadline)
        ready = read_header(channel, deadline, Limits())["ready"]
    except (ChannelClosed, BadFrame, TimeoutError, KeyError) as error:
        said = attached.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] or "it said nothing"
        raise SandboxUnavailable(f"the sandbox container did not start: {said}; see argosy doctor") from error
    holes = "calls" in ready["lacks"] or ready["pid"] != 1 or bool(set(ready["interfaces"]) - {"lo"})
    if holes and judged:
        channel.close()
        raise SandboxUnavailable(
            "the sandbox container is not isolated: it sees a network or foreign processes, or its kernel filters no "
            "system calls; see argosy doctor"
        )
    return channel


def _no_image(image: str) -> SandboxUnavailable:
    return SandboxUnavailable(f"no image {image}; run: argosy sandbox build")


def reap() -> int:
    """Removes the containers of processes of this machine that are no longer alive; returns how many.

    Their temporary folders go as well.
    """
    reap_folders()
    client = connect()
    try:
        return _reap(client)
    except ENGINE_ERRORS as error:
        raise unavailable(error) from error
    finally:
        client.close()


def _reap(client: docker.DockerClient) -> int:
    found = client.containers.list(all=True, filters={"label": f"{LABEL}.host={host()}"}, ignore_removed=True)
    left = [each for each in found if not alive(each.labels.get(f"{LABEL}.owner", ""))]
    for container in left:
        _remove(container)
    return len(left)


def _attach(container: Container) -> AttachedChannel:
    stream: Any = container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
    connection = getattr(stream, "_sock", stream)  # the socket itself, where docker-py wraps it for reading
    return AttachedChannel(SocketChannel(connection), stream._response, stream)


def _remove(container: Container) -> None:
    """Removes a container, running or not; one that has removed itself, or is about to, is as good."""
    with contextlib.suppress(*ENGINE_ERRORS):
        container.remove(force=True)
