"""The image of the Docker sandbox: what is in it, what it is called, and how it is built without a registry."""

import contextlib
import hashlib
import importlib.metadata
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound
from packaging.markers import Marker

from argosy.sandbox.daemon import ENGINE_ERRORS, connect
from argosy.sandbox.errors import SandboxUnavailable

PYTHON = "/opt/rules/bin/python"
HARNESS = "/opt/rules/harness.py"
PUBLIC_BASE = "python:3.11-slim"
OWN_BASE = "python-base:debian12"
PACKAGES = ("numpy", "pandas", "scipy", "python-dateutil", "pytz", "six", "tzdata")

HERE = Path(__file__).parent
ROOM_LABEL = "argosy.sandbox.room"
"""Which checkout or installation an image was built by, as a digest of its path."""

_ASK = "import json, platform; print(json.dumps([platform.python_version(), platform.machine()]))"
_GLIBC_TAGS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014")


def image_tag() -> str:
    """The image's name: its content decides the tag, so that a changed harness means a new image."""
    parts = [_read("harness.py"), _read("Dockerfile"), "".join(pins())]
    return "argosy-sandbox:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def image_present(client: docker.DockerClient, tag: str = "") -> bool:
    """Whether the engine has the image. Raises docker's own errors when the engine does not answer."""
    try:
        client.images.get(tag or image_tag())
    except ImageNotFound:
        return False
    return True


def default_base(client: docker.DockerClient) -> str:
    """The base image made by base-image.sh where the engine has it, else the public one."""
    return OWN_BASE if image_present(client, OWN_BASE) else PUBLIC_BASE


def build_image(base_image: str = "", on_progress: Callable[[str], None] | None = None) -> str:
    """Builds the image on `base_image` (any Linux with Python ≥ 3.11 and pip) and returns its tag.

    Wheels are downloaded by this machine's pip; the build itself uses no network. Raises SandboxUnavailable.
    """
    client = connect(timeout_s=600)
    try:
        base = base_image or default_base(client)
        return _build(client, base, on_progress or (lambda _: None))
    except ENGINE_ERRORS as error:
        raise SandboxUnavailable(f"the image was not built: {error}; see {HERE / 'base-image.sh'}") from error
    finally:
        client.close()


def _build(client: docker.DockerClient, base: str, on_progress: Callable[[str], None]) -> str:
    if not image_present(client, base):
        on_progress(f"pulling {base}")
        client.images.pull(base)
    asked = client.containers.run(base, ["python3", "-c", _ASK], network_mode="none", remove=True)
    version, machine = json.loads(asked)
    requirements = "".join(for_python(version, pins()))
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder, "wheels")
        _download(requirements, wheels, version, machine, on_progress)
        context = _context(requirements, wheels)
    tag = image_tag()
    for line in _steps(client, context, base, tag):
        on_progress(line)
    for gone in _remove_superseded(client, tag):
        on_progress(f"removed {gone}, which {tag} replaces")
    return tag


def _remove_superseded(client: docker.DockerClient, tag: str) -> Iterator[str]:
    """Removes what this installation built before and no container uses, the stages of builds included."""
    current = client.images.get(tag).id
    for image in client.images.list(filters={"label": f"{ROOM_LABEL}={_room()}"}):
        names = [name for name in image.tags if name.startswith("argosy-sandbox:")] or [str(image.id)]
        if image.id == current or len(image.tags) > len(names):
            continue
        for name in names:
            with contextlib.suppress(ImageNotFound, APIError):  # gone with its last name, or a container uses it
                client.images.remove(name)
                yield name


def _room() -> str:
    return hashlib.sha256(str(HERE.resolve()).encode()).hexdigest()[:12]


def _steps(client: docker.DockerClient, context: io.BytesIO, base: str, tag: str) -> Iterator[str]:
    """What the engine says while it builds. Raises SandboxUnavailable when a step fails."""
    steps = client.api.build(
        fileobj=context,
        custom_context=True,
        network_mode="none",
        buildargs={"BASE_IMAGE": base, "ROOM": _room()},
        tag=tag,
        rm=True,
        forcerm=True,
        decode=True,
    )
    for step in steps:
        if "error" in step:
            raise SandboxUnavailable(f"the image was not built: {step['error'].strip()}")
        if said := str(step.get("stream", "")).strip():
            yield said


def _download(requirements: str, wheels: Path, version: str, machine: str, on_progress: Callable[[str], None]) -> None:
    wheels.mkdir()
    listing = wheels.parent / "requirements.txt"
    listing.write_text(requirements)
    on_progress(f"downloading wheels for Python {version} on {machine}")
    platforms = [f"--platform={tag}_{machine}" for tag in _GLIBC_TAGS]
    target = ["--only-binary=:all:", f"--python-version={version}", "--implementation=cp", *platforms]
    files = ["--no-deps", f"--dest={wheels}", f"--requirement={listing}"]
    fetched = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *target, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode:
        said = fetched.stderr.strip().rpartition("\n")[2]
        raise SandboxUnavailable(f"pip could not download the wheels: {said}; check the package index")


def _context(requirements: str, wheels: Path) -> io.BytesIO:
    """The build context as a tar file: only what the Dockerfile copies."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in (
            ("Dockerfile", _read("Dockerfile")),
            ("harness.py", _read("harness.py")),
            ("requirements.txt", requirements),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
        for wheel in sorted(wheels.iterdir()):
            tar.add(wheel, arcname=f"wheels/{wheel.name}")
    buffer.seek(0)
    return buffer


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def for_python(version: str, entries: Sequence[str]) -> Iterator[str]:
    """The pins whose markers hold for a Linux Python of this version."""
    minor = ".".join(version.split(".")[:2])
    environment = {"python_full_version": version, "python_version": minor, "sys_platform": "linux"}
    for pin in entries:
        _, semicolon, marker = pin.partition("\n")[0].rstrip("\\ ").partition(";")
        if not semicolon or Marker(marker.strip()).evaluate(environment):
            yield pin


def pins() -> tuple[str, ...]:
    """The packages of the image as requirements: with hashes from the project's lock, else as installed here."""
    lock = HERE.resolve().parent / "requirements.lock"
    if lock.is_file():
        return tuple(locked(lock.read_text(encoding="utf-8")))
    return tuple(f"{name}=={version}\n" for name in PACKAGES if (version := _installed(name)))


def locked(lock: str) -> Iterator[str]:
    """The entries of a lock that are ours: a line `name==version …` and the lines of hashes under it."""
    entry = ""
    for line in [*lock.splitlines(), "end"]:
        if line[:1].isspace():
            entry += line + "\n"
            continue
        if entry.partition("==")[0] in PACKAGES:
            yield entry
        entry = line + "\n"


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
