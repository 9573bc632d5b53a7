"""The generated pages: they say what the code says, and a page that does not is found."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from argosy.documentation import commands, models, reference
from argosy.documentation.__main__ import app
from argosy.signals.errors import BadInput

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    copied: Path = shutil.copytree(DOCS, tmp_path / "docs")
    reference.write(copied)
    return copied


def test_the_pages_say_what_the_code_says() -> None:
    reference.check(DOCS)


@pytest.mark.parametrize(
    ("page", "now", "then"),
    [
        ("reference/commands.md", "## argosy run\n", "## argosy ran\n"),
        ("reference/models.md", "| `retries` | whole number | `2` |", "| `retries` | whole number | `3` |"),
        ("reference/transcripts.md", "| `usd` | `float` |", "| `euro` | `float` |"),
        ("reference/store.md", "| `hold_points` | double |", "| `hold_points` | text |"),
        ("concepts/graphs.md", "trial -.-> repair;", "trial --> repair;"),
    ],
)
def test_a_page_that_has_drifted_is_refused_and_written_anew(docs: Path, page: str, now: str, then: str) -> None:
    was = (docs / page).read_text("utf-8")
    assert now in was
    (docs / page).write_text(was.replace(now, then), "utf-8")
    with pytest.raises(BadInput):
        reference.check(docs)
    if page == "reference/transcripts.md":  # a field that nobody has explained: a person must write a word
        with pytest.raises(BadInput, match="does not say what `usd` is"):
            reference.write(docs)
        return
    assert reference.write(docs) == [docs / page]
    assert (docs / page).read_text("utf-8") == was


def test_the_commands_are_the_same_in_any_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for columns in ("40", "300"):
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setenv("TERMINAL_WIDTH", columns)
        written.append(commands.page())
    assert written[0] == written[1]
    assert "| `--budget-usd <float range>` | Most dollars for model calls. | x>=0 |" in written[0]
    assert "## argosy schedule run-now" in written[0]
    assert "Example: `argosy run metric.csv --base auto --picture metric.png`" in written[0]


def test_a_page_that_is_not_there_is_one_line_with_a_mend(docs: Path) -> None:
    (docs / "reference" / "store.md").unlink()
    result = CliRunner().invoke(app, ["check", str(docs)])
    assert isinstance(result.exception, BadInput)
    assert str(result.exception).endswith("store.md: no such file or directory; write the page")


def test_a_fact_that_the_head_of_the_table_forgets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_meanings", lambda _: {"url": "where", "colour": "red"})
    with pytest.raises(BadInput, match="api_version"):
        models.tables()
