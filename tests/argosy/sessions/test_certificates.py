"""Kept certificates: shown with their rules, and run again by `argosy rule verify`."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from argosy.cli.app import app
from argosy.detectors.rules.rule import Direction, read_rule
from argosy.sandboxes import SandboxChoice
from argosy.sessions.certificates import verify_rule
from argosy.sessions.kept_certificates import KEY, certificates_of
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.rows import RuleRole
from argosy.store.store import Store, open_store
from tests.detectors.certificate.cheats import CHEATS, by_heart
from tests.graphs.refine.session_data import a_series

pytestmark = pytest.mark.slow

SERIES, LABELS = a_series(2_500)
LEARNED = by_heart(LABELS, SERIES.seconds)


def invoke(home: Path, *words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"ARGOSY_HOME": str(home), "COLUMNS": "100"})


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a session on `metric.csv` has left rules."""
    home = tmp_path_factory.mktemp("certified")
    mine = (np.abs(SERIES.values - 100) > 15).astype(int)
    table = {"timestamp": SERIES.seconds, "value": SERIES.values, "label": LABELS.astype(int), "mine": mine}
    pd.DataFrame(table).to_csv(home / "metric.csv", index=False)
    options = ["--sandbox", "local", "--rounds", "1", "--candidates", "2", "--base", "mine", "--json"]
    result = invoke(home, "run", home / "metric.csv", *options)
    assert result.exit_code == 0, result.output
    (home / "rule").write_text(json.loads(result.stdout)["rules"][0]["id"])
    return home


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "copy"))


@pytest.fixture
def rule(home: Path) -> str:
    return (home / "rule").read_text()


@pytest.fixture
def kept(home: Path) -> Iterator[Store]:
    opened = open_store(Settings(home))
    yield opened
    opened.close()


def test_a_rule_is_shown_with_its_certificate(home: Path, rule: str) -> None:
    page = invoke(home, "rule", "show", rule).output
    for words in ("certificate of s-", "uses no later points", "history needed", "points/s", "on lockbox", "SHA-256"):
        assert words in page
    shown = json.loads(invoke(home, "rule", "show", rule, "--json").stdout)
    (certificate,) = shown["certificates"].values()
    assert certificate["version"] == 1
    assert certificate["lockbox_openings"] == 1
    assert certificate["provenance"]["prompts"]
    assert all(KEY not in use["evidence"] for use in shown["uses"])


def test_the_prompts_of_a_certificate_are_in_the_store(kept: Store, rule: str) -> None:
    (certificate,) = certificates_of(kept.rules.story(rule)).values()
    assert certificate.provenance is not None
    for prompt in certificate.provenance.prompts:
        assert b'"v":1' in kept.blobs.get(prompt)


def test_what_was_certified_holds_when_it_is_run_again(home: Path, rule: str) -> None:
    (home / "metric.csv").unlink()
    result = invoke(home, "rule", "verify", rule, "--sandbox", "local", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 0, said["checks"]
    assert said["holds"]
    assert said["same_data"]
    assert {"causality", "verdicts", "evidence", "sensitivity", "transcript"} <= {
        each["name"] for each in said["checks"]
    }


def test_the_same_data_from_a_file_are_known_again(home: Path, rule: str) -> None:
    result = invoke(home, "rule", "verify", rule, home / "metric.csv", "--sandbox", "local", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["same_data"]


def test_on_other_data_the_checks_are_run_and_figures_are_not_compared(home: Path, rule: str) -> None:
    frame = pd.read_csv(home / "metric.csv")
    frame["value"] = frame["value"].to_numpy()[::-1]
    frame.to_csv(home / "other.csv", index=False)
    result = invoke(home, "rule", "verify", rule, home / "other.csv", "--sandbox", "local", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 0, said["checks"]
    assert not said["same_data"]
    assert "evidence" not in {each["name"] for each in said["checks"]}


@pytest.mark.parametrize("name", [*CHEATS, *LEARNED])
def test_a_cheat_with_an_honest_certificate_fails(name: str, kept: Store, rule: str) -> None:
    check, source = (CHEATS | LEARNED)[name]
    use = kept.rules.story(rule).uses[-1]
    numbers = {"window": 60, "threshold": 6.0}
    row = kept.rules.put(read_rule(source), numbers, Direction.FLAG, author="x", language_model=False)
    kept.rules.use(use.session, row.id, RuleRole.FUSED, use.evidence)
    verified = verify_rule(kept, row.id, None, SandboxChoice.LOCAL, False)
    failed = {each.name for each in verified.checks if not each.holds}
    assert {check, "rule"} <= failed


def test_other_numbers_or_source_are_noticed(home: Path, kept: Store, rule: str) -> None:
    with kept.database.writing() as connection:
        params = kept.rules.find(rule).params
        moved = {name: value * 2 if isinstance(value, float) else value for name, value in params.items()}
        connection.execute(schema.rules.update().where(schema.rules.c.id == rule).values(params=moved))
    result = invoke(home, "rule", "verify", rule, "--sandbox", "local")
    assert result.exit_code == 1
    assert "FAIL identity" in result.output
    assert "FAIL verdicts" in result.output


def test_a_changed_certificate_is_noticed(home: Path, kept: Store, rule: str) -> None:
    use = kept.rules.story(rule).uses[-1]
    evidence = json.loads(json.dumps(use.evidence))
    evidence[KEY]["evidence"]["lockbox"]["found"]["count"] += 1
    kept.rules.use(use.session, rule, use.role, evidence)
    result = invoke(home, "rule", "verify", rule, "--sandbox", "local")
    assert result.exit_code == 1
    assert "other figures on lockbox" in result.output


def test_bad_input_is_one_line_and_exit_code_2(home: Path, kept: Store, rule: str) -> None:
    use = kept.rules.story(rule).uses[-1]
    row = kept.rules.put(
        read_rule(CHEATS["chance"][1]),
        {"window": 60, "threshold": 6.0},
        Direction.FLAG,
        author="x",
        language_model=False,
    )
    kept.rules.use(use.session, rule, use.role, {**use.evidence, KEY: {"version": 99}})
    for words, said in (
        ((row.id,), "has no certificate"),
        ((rule,), "cannot be read at"),
        (("r-none",), "there is none"),
        ((row.id, home / "nothing.csv"), "no such file"),
    ):
        result = invoke(home, "rule", "verify", *words)
        assert result.exit_code == 2
        assert said in result.output
        assert "Traceback" not in result.output


def test_lost_data_are_named_with_a_mend(home: Path, kept: Store, rule: str) -> None:
    shutil.rmtree(home / "artefacts")
    with pytest.raises(BadInput, match="artefact"):
        verify_rule(kept, rule, None, SandboxChoice.LOCAL, False)


def test_a_transcript_with_a_changed_event_is_noticed(kept: Store, rule: str) -> None:
    (certificate,) = certificates_of(kept.rules.story(rule)).values()
    assert certificate.provenance is not None
    with kept.database.writing() as connection:
        connection.execute(sa.text("DROP TRIGGER events_no_UPDATE"))
        connection.execute(sa.text("UPDATE events SET json = replace(json, 'embedded', 'gpt') WHERE kind = 'model'"))
    verified = verify_rule(kept, rule, None, SandboxChoice.LOCAL, False)
    assert [each.name for each in verified.checks if not each.holds] == ["transcript"]
