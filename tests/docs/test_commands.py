"""Every command in README.md and docs/ does what the page says: it ends with the exit code that is expected.

The blocks of a page run in order, in one folder with sample files. Up to the first heavy block they belong to the
quick tests; all of them together are slow.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.agents.models.chat_server import serving
from tests.docs.answers import reply
from tests.docs.execution import is_heavy, run_all
from tests.docs.pages import ROOT, Block, blocks, pages
from tests.docs.samples import write_samples

PAGES = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in pages()}


def _run(name: str) -> list[Block]:
    try:
        return [block for block in blocks(PAGES[name], name) if block.runs]
    except ValueError:
        return []  # the first test says why


def _quick(found: list[Block]) -> list[Block]:
    heavy = next((number for number, block in enumerate(found) if is_heavy(block)), len(found))
    return found[:heavy]


def _marks(found: list[Block]) -> list[pytest.MarkDecorator]:
    asks_a_model = any("server" in block.words for block in found)
    return [pytest.mark.slow, *([pytest.mark.network, pytest.mark.namespaces] if asks_a_model else [])]


QUICK = [pytest.param(name, id=name) for name in PAGES if _quick(_run(name))]
WHOLE = [pytest.param(name, id=name, marks=_marks(_run(name))) for name in PAGES if _quick(_run(name)) != _run(name)]


@pytest.mark.parametrize("name", PAGES)
def test_every_block_says_what_it_is_and_none_is_skipped_without_a_reason(name: str) -> None:
    assert all(block.skip != "" for block in blocks(PAGES[name], name))


@pytest.mark.parametrize("name", QUICK)
def test_quick_commands(name: str, folder: Path) -> None:
    run_all(_quick(_run(name)))


@pytest.mark.parametrize("name", WHOLE)
def test_all_commands(name: str, folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _run(name)
    words = frozenset().union(*(block.words for block in found))
    if "stored" in words:
        shutil.copytree(request.getfixturevalue("stored"), folder.parent / "home")
    with ExitStack() as stack:
        server = None
        if "server" in words:
            request.getfixturevalue("socket_enabled")
            server = stack.enter_context(_model_server(folder.parent, monkeypatch))
        run_all(found, server)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run: it holds the sample files, and nothing else."""
    made = tmp_path / "work"
    made.mkdir()
    write_samples(made)
    monkeypatch.chdir(made)
    monkeypatch.setenv("COLUMNS", "100")
    return made


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a store that holds a session on metric.csv, whose detector has a rule."""
    work = tmp_path_factory.mktemp("stored")
    write_samples(work)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        patch.setenv("ARGOSY_HOME", str(work / "home"))
        run_all([Block("stored", "sh", "argosy run metric.csv --rounds 1\n")])
    return work / "home"


@contextmanager
def _model_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Models that pages name by provider are asked on a server of ours, as a table of the user's says."""
    with serving() as server:
        server.reply = reply
        table = home / "models.yaml"
        rows = ("openai:*", "ollama:*", "vllm:*", "llamacpp:*")
        table.write_text("".join(f"'{row}': {{url: '{server.url}'}}\n" for row in rows))
        monkeypatch.setenv("ARGOSY_MODELS", str(table))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-tests")
        yield server.url
