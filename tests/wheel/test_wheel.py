"""The wheel, installed beside a user's own `agents`, `graphs`, `prompts`, `eval`: it holds everything, and runs."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from argosy.benchmarks.plan import code_digest
from argosy.inputs.example import example_path
from argosy.store.schema import HEAD
from tests.places import ROOT

pytestmark = pytest.mark.slow

ROOMS = ("agents", "graphs", "detectors", "eval", "signals", "prompts", "sandbox")
LEFT_OUT = ("argosy/eval/results/", "argosy/eval/NOTES.md")
"""What readers of the repository look at, and no program does."""
TIMEOUT_S = 300.0


def packaged(folder: Path, under: str) -> Iterator[str]:
    """Every file of a folder by the name that it has in a wheel."""
    for each in sorted(folder.iterdir()):
        name = f"{under}/{each.name}"
        if each.is_dir() and each.name != "__pycache__":
            yield from packaged(each, name)
        elif each.is_file() and not name.startswith(LEFT_OUT):
            yield name


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built, so that building leaves nothing in the tree."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in ("argosy", *ROOMS):
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def built(kind: str, source: Path, into: Path) -> Path:
    """A distribution of the source, as a frontend has setuptools make it."""
    words = f"from setuptools import build_meta; build_meta.build_{kind}({str(into)!r})"
    subprocess.run([sys.executable, "-c", words], cwd=source, check=True, capture_output=True, timeout=TIMEOUT_S)
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel, and the dependencies that are installed here; a .pth file of theirs is not read."""
    home = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True, timeout=TIMEOUT_S)
    made = home / "bin" / "python"
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", made, "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(pip, check=True, timeout=TIMEOUT_S, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return made


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with folders of these names, none of which may be imported."""
    folder = tmp_path_factory.mktemp("project")
    for name in ROOMS:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"raise SystemExit('the user\\'s own {name} was imported')\n")
    pd.read_csv(example_path()).iloc[:6_000].to_csv(folder / "metric.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def ran(words: list[str | Path], folder: Path, home: Path) -> str:
    """What a program prints that is started in the user's project, whose folders come first on the path."""
    environment = os.environ | {"ARGOSY_HOME": str(home), "PYTHONPATH": str(folder)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_and_one_package(wheel: Path, source: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")]
        (top,) = (name for name in archive.namelist() if name.endswith("top_level.txt"))
        assert archive.read(top).decode().split() == ["argosy"]
    assert sorted(names) == sorted(packaged(source / "argosy", "argosy"))
    assert {name.split("/")[0] for name in names} == {"argosy"}


def test_a_source_distribution_makes_the_same_wheel(wheel: Path, source: Path, tmp_path: Path) -> None:
    for name in ("sdist", "unpacked", "wheel"):
        (tmp_path / name).mkdir()
    shutil.unpack_archive(built("sdist", source, tmp_path / "sdist"), tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = built("wheel", unpacked, tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_every_module_is_imported_and_every_file_is_found(python: Path, strangers: Path, home: Path) -> None:
    facts = json.loads(ran([python, Path(__file__).with_name("probe.py")], strangers, home))
    assert Path(facts["argosy"]).is_relative_to(python.parent.parent)
    assert facts["strangers"] == []
    assert facts["prompts"] == len([*(ROOT / "prompts").rglob("*.md")])
    assert all(facts["cards"])
    assert facts["example"] is True
    assert facts["store"] == HEAD
    assert facts["code"] == code_digest()
    assert facts["image"].startswith("argosy-sandbox:")
    assert facts["pins"] >= 4
    assert all(facts["profiles"])


def test_sessions_run_and_are_read_beside_strangers(python: Path, strangers: Path, home: Path) -> None:
    def argosy(*words: str) -> str:
        return ran([python.with_name("argosy"), *words], strangers, home)

    few = ("--rounds", "1", "--candidates", "1", "--step", "60", "--sandbox", "local")
    report = json.loads(argosy("run", "metric.csv", *few, "--json"))
    assert report["outcome"] in ("fused", "base_only")
    scored = json.loads(argosy("score", "latest", "metric.csv", "--step", "60", "--sandbox", "local", "--json"))
    assert scored["points"] == 6_000
    assert json.loads(argosy("replay", "latest", "--json"))["same"] is True
    assert json.loads(argosy("select", "metric.csv", "--step", "60", "--json"))["choice"]
    assert argosy("graph").startswith("graph TD")
    assert "kept" in argosy("refresh", "latest", "metric.csv", "--step", "60", "--sandbox", "local")
