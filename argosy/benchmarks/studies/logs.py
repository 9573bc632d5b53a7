"""How well a model reads logs, strategy by strategy, by line, session and template.

The first share of each log is the labelled sample for the strategies that need one; all are measured on what follows.
Run it as: python -m argosy.benchmarks.studies.logs DATA --model embedded --out logs
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from argosy.agents.logs.batches import Bounds
from argosy.agents.logs.entries import LabelledTemplate
from argosy.agents.logs.labelled_sample import labelled_templates
from argosy.agents.logs.preparation import prepare_strategy, refuse_without_sample
from argosy.agents.logs.reader import LogPrompt
from argosy.agents.logs.strategies import Strategy
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import ModelUnavailable, Pattern
from argosy.benchmarks.results_workspace import STORE, open_results_workspace
from argosy.benchmarks.studies.log_sets import LogSet, open_log_sets
from argosy.choices import one_of
from argosy.eval.log_rates import all_rates, session_rates
from argosy.eval.rates import Rates
from argosy.patterns.logs.verdict_cache import FILE, VerdictCache
from argosy.patterns.pattern_run import PatternRequest, open_pattern_run
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.lines import Lines
from argosy.workspace import Workspace

TABLE = "logs.csv"
EVERYTHING = "everything"
"""A control: every line is called abnormal."""


@dataclass(frozen=True)
class Row:
    """How one strategy did on one log at one level; `abnormal` of `units` are labelled so, and
    `false` counts those that were called abnormal and are not."""

    log: str
    strategy: str
    level: str
    units: int
    abnormal: int
    precision: float
    recall: float
    f1: float
    false: int
    asked: int
    unanswered: int
    calls: int
    tokens: int
    made_up: int
    wall_s: float


@dataclass(frozen=True, eq=False)
class LogStudy:
    """What all measurements have in common."""

    workspace: Workspace
    verdicts: VerdictCache
    model: str
    bounds: Bounds
    caps: Caps
    sample: float

    def rows(self, log: LogSet, strategy: Strategy) -> Iterator[Row]:
        """One strategy on one log. Raises ModelUnavailable, and BadInput where the sample has one kind alone."""
        began = time.monotonic()
        cut = log.cut(self.sample)
        rest, sample = log.part(cut, len(log)), sample_of(log.part(0, cut))
        refuse_without_sample(strategy, sample)
        request = PatternRequest(
            LogPrompt.name,
            log.name,
            len(rest),
            patterns=[Pattern.LOGS],
            model=self.model,
            caps=self.caps,
            prompt_tokens=self.bounds.entry_tokens,
            settings={"strategy": strategy.value, "benchmark": "logs"},
        )
        with open_pattern_run(request, self.workspace) as run, run.step("read") as node:
            speaker = node.speaker
            ready = prepare_strategy(strategy, sample, speaker, self.bounds)
            reader = LogPrompt(speaker, ready.style, self.bounds, self.verdicts, self.workspace.store.redaction.text)
            scores = reader.score(Lines(log.name, rest.texts))
            spent = run.budget.spent
            figures = {
                "asked": len(reader.last.answers) + len(reader.last.unanswered) + reader.recalled,
                "unanswered": len(reader.last.unanswered) + len(reader.last.not_asked),
                "calls": spent.calls,
                "tokens": spent.input_tokens + spent.output_tokens,
                "made_up": reader.last.made_up,
                "wall_s": round(time.monotonic() - began, 3),
            }
            found = list(judged(rest, strategy.value, scores.flags, figures))
            run.report["rows"] = [asdict(each) for each in found]
        yield from found


def judged(log: LogSet, strategy: str, flags: Bools, figures: Mapping[str, float]) -> Iterator[Row]:
    """Flags, one a line, against the labels, at every level that has labels."""
    rates = (
        {"session": session_rates(log.sessions, log.labels, flags)}
        if log.by_session
        else all_rates(log.labels, flags, log.sessions, log.templates)
    )
    sizes = {"line": len(log), "session": len(set(log.sessions)), "template": len(set(log.templates))}
    for level, each in rates.items():
        yield _row(log.name, strategy, level, sizes[level], each, figures)


def _row(log: str, strategy: str, level: str, units: int, rates: Rates, figures: Mapping[str, float]) -> Row:
    scores = (rates.precision, rates.recall, rates.f1, rates.fp)
    return Row(log, strategy, level, units, rates.tp + rates.fn, *scores, **figures)  # type: ignore[arg-type]


def sample_of(log: LogSet) -> Sequence[LabelledTemplate]:
    """Labelled templates. Where only sessions are labelled, a template is abnormal that mostly such sessions have."""
    if not log.by_session:
        return labelled_templates(log.texts, log.labels.tolist())
    once = {(session, text): label for session, text, label in zip(log.sessions, log.texts, log.labels, strict=True)}
    texts = [text for _, text in once]
    return labelled_templates(texts, [bool(label) for label in once.values()])


def main(
    data: Annotated[Path, typer.Argument(help="A folder of labelled logs, or one, as Parquet.")],
    model: Annotated[str, typer.Option(help="As in argosy logs.")] = "embedded",
    strategies: Annotated[str, typer.Option(help="Which, by commas.")] = ",".join(Strategy),
    sample: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="First share of each log: the labelled sample.")
    ] = 0.2,
    limit: Annotated[int | None, typer.Option(min=100, help="Only the first N lines of each log.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Most templates in one prompt.")] = 40,
    prompt_tokens: Annotated[int, typer.Option(min=200, help="Most tokens of log in one prompt.")] = 2_000,
    at_once: Annotated[int, typer.Option(min=1, help="Most questions side by side.")] = 4,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most calls for each log and strategy.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of results; what was answered before is not asked again.")] = Path(
        "logs"
    ),
) -> None:
    """Measure readers of logs on labelled logs."""
    rows: list[Row] = []
    try:
        words = [word.strip() for word in strategies.split(",") if word.strip()]
        chosen = [one_of("--strategies", word, {each.value: each for each in Strategy}) for word in words]
        logs = open_log_sets(data)
        out.mkdir(parents=True, exist_ok=True)
        workspace = open_results_workspace(out / STORE)
        store = workspace.store
        verdicts = VerdictCache(out / FILE, store.redaction.text, time.time)
        bounds = Bounds(prompt_tokens, batch, at_once=at_once)
        caps = Caps(calls=budget_calls)
        bench = LogStudy(workspace, verdicts, model, bounds, caps, sample)
        (out / "logs.json").write_text(json.dumps({"model": model, "sample": sample, "limit": limit}) + "\n")
        for log in logs:
            for row in _measured(bench, log.part(0, limit or len(log)), chosen):
                rows.append(row)
                pd.DataFrame([asdict(each) for each in rows]).to_csv(out / TABLE, index=False)
    except (BadInput, ModelUnavailable) as bad:
        typer.echo(f"logs: {bad}", err=True)
        raise typer.Exit(2) from bad
    finally:
        _tell(rows)


def _tell(rows: Sequence[Row]) -> None:
    table = pd.DataFrame([asdict(row) for row in rows])
    with pd.option_context("display.width", 200, "display.max_columns", None, "display.max_rows", None):
        typer.echo(table.round(3).to_string(index=False) if rows else "nothing was measured")


def _measured(bench: LogStudy, log: LogSet, strategies: Sequence[Strategy]) -> Iterator[Row]:
    """All strategies on one log, and the control; one that the sample does not allow is said to be left out."""
    rest = log.part(log.cut(bench.sample), len(log))
    nothing = dict.fromkeys(("asked", "unanswered", "calls", "tokens", "made_up", "wall_s"), 0)
    yield from judged(rest, EVERYTHING, np.ones(len(rest), dtype=np.bool_), nothing)
    for strategy in strategies:
        try:
            yield from bench.rows(log, strategy)
        except BadInput as bad:
            typer.echo(f"{log.name}, {strategy}: left out: {bad}", err=True)
        else:
            typer.echo(f"{log.name}, {strategy}: done", err=True)


if __name__ == "__main__":
    typer.run(main)
