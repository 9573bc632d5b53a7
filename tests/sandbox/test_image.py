"""What the image is made of and what it is called."""

import json
import subprocess
import sys

import pytest

from argosy.sandbox import image
from argosy.sandbox.daemon import connect


def test_the_tag_is_the_same_until_the_content_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    tag = image.image_tag()
    assert tag == image.image_tag()
    monkeypatch.setattr(image, "_read", lambda name: "another harness" if name == "harness.py" else "")
    assert image.image_tag() != tag


def test_pins_are_those_of_the_images_python() -> None:
    lock = (
        "attrs==1.0 \\\n    --hash=sha256:aa\n"
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
        "numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:dd\n"
        "numpydoc==9\n"
        "tzdata==2026.6 ; sys_platform == 'win32'\n"
        "scipy==1.17.1\n"
    )
    pins = tuple(image.locked(lock))
    assert "".join(image.for_python("3.11.2", pins)) == (
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nscipy==1.17.1\n"
    )
    assert "2.5.5" in "".join(image.for_python("3.13.0", pins))


def test_the_projects_own_pins_are_complete() -> None:
    pins = "".join(image.for_python(sys.version.partition(" ")[0], image.pins()))
    assert all(f"{name}==" in pins for name in ("numpy", "pandas", "scipy", "python-dateutil"))


@pytest.mark.docker
def test_the_image_holds_the_pinned_versions() -> None:
    ask = "import json, numpy, pandas, scipy; print(json.dumps([m.__version__ for m in (numpy, pandas, scipy)]))"
    client = connect()
    try:
        said = client.containers.run(
            image.image_tag(), ["-I", "-c", ask], entrypoint=image.PYTHON, network_mode="none", remove=True
        )
        version = client.containers.run(
            image.image_tag(), ["-VV"], entrypoint=image.PYTHON, network_mode="none", remove=True
        )
    finally:
        client.close()
    pins = "".join(image.for_python(version.decode().split()[1], image.pins()))
    assert all(f"=={version}" in pins for version in json.loads(said))


def test_scripts_are_shell() -> None:
    room = image.HERE
    for script in ("engine.sh", "base-image.sh"):
        subprocess.run(["bash", "-n", room / script], check=True)
