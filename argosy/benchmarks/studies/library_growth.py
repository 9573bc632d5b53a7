"""How many model calls a series takes as the library grows, leave-one-family-out.

First every series has a session without a library. Then every series has one for each library size, with the rules
that the first sessions of so many series of *other* families accepted: series of one family never help each other.
Run it as: python -m argosy.benchmarks.studies.library_growth DATA --series argos19 --sizes 2,6,12 --out growth
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from argosy.benchmarks.datasets.collection import Columns, Entry
from argosy.benchmarks.datasets.layouts import open_collection
from argosy.benchmarks.plan import Plan, Stored, data_digest, store_series
from argosy.benchmarks.results_workspace import STORE, open_results_workspace
from argosy.benchmarks.studies.families import families
from argosy.eval.bench.folder import ResultsFolder
from argosy.eval.splits import split
from argosy.graphs.refine import Settings
from argosy.graphs.refine.offers import Library
from argosy.inputs.tables.read_series import read_series
from argosy.sessions.library import ALL, read_library
from argosy.sessions.request import SessionRequest
from argosy.sessions.run import run_session
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.store.store import Store
from argosy.workspace import Workspace

FINISHED = "growth.jsonl"
TABLE = "growth.csv"
MOST = 8


@dataclass(frozen=True)
class GrowthRow:
    """One session: how large its library was, in series of other families, and what it cost and brought."""

    series: str
    family: int
    seed: int
    size: int
    offers: int
    tried: int
    from_library: int
    calls: int
    tokens: int
    base: float | None
    fused: float | None
    rules: int
    ending: str
    wall_s: float
    session: str


@dataclass(frozen=True, eq=False)
class Growth:
    """What all sessions of one growth have in common."""

    stored: Mapping[str, Stored]
    family: Mapping[str, int]
    plan: Plan
    workspace: Workspace
    out: Path

    @property
    def store(self) -> Store:
        return self.workspace.store

    def session(self, series: str, seed: int, size: int, library: Library) -> GrowthRow:
        """Runs one session and notes what it cost."""
        stored, options = self.stored[series], self.plan.session
        request = SessionRequest(
            stored.request,
            model=options.model,
            settings=Settings(rounds=options.rounds, candidates=options.candidates, seed=seed),
            objective=self.plan.objective,
            validation=stored.validation,
            lockbox=stored.lockbox,
            sandbox=options.sandbox,
            library=library,
        )
        report = run_session(request, self.workspace).report
        extra: Mapping[str, int] = (report.model_extra or {}).get("library", {})
        figures = [part.get("lockbox") for part in (report.scores.base, report.scores.fused)]
        base, fused = (each.objective if each else None for each in figures)
        return GrowthRow(
            series,
            self.family[series],
            seed,
            size,
            len(library.offers),
            extra.get("tried", 0),
            extra.get("accepted", 0),
            report.usage.calls,
            report.usage.input_tokens + report.usage.output_tokens,
            base,
            fused,
            len(report.rules),
            report.ending or "",
            report.wall_s,
            report.session,
        )

    def lenders(self, series: str, seed: int, size: int) -> list[str]:
        """So many series of other families, drawn by chance; a larger library holds the smaller one."""
        strangers = [id for id in self.stored if self.family[id] != self.family[series]]
        order = np.random.default_rng([seed, *series.encode()]).permutation(len(strangers))
        return [strangers[i] for i in order[:size]]


def grow(growth: Growth, sizes: Sequence[int], seeds: int) -> pd.DataFrame:
    """Runs what is missing and returns all sessions as a table; each finished one is kept at once."""
    file = growth.out / FINISHED
    rows = [GrowthRow(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
    done = {(row.series, row.seed, row.size): row for row in rows}
    for seed in range(seeds):
        for size in (0, *sizes):
            for series in growth.stored:
                if (series, seed, size) in done:
                    continue
                lent = {done[other, seed, 0].session for other in growth.lenders(series, seed, size)}
                library = read_library(growth.store, ALL, MOST, lent) if lent else Library((), MOST)
                row = growth.session(series, seed, size, library)
                done[series, seed, size] = row
                with file.open("a") as out:
                    out.write(json.dumps(asdict(row)) + "\n")
                typer.echo(f"size {size:>2} {series}: {row.calls} calls, {row.ending}, {row.wall_s:.1f} s", err=True)
    return pd.DataFrame([asdict(row) for row in done.values()])


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """For each library size the mean calls and tokens, the share of sessions without a call, and what fusions brought.

    `gain` is the mean of fused less base on lockboxes with incidents; `worst` the least, `non_empty` the share of
    fusions that hold a rule, `against_none` the mean difference to the same series without a library.
    """
    alone = table[table["size"] == 0].set_index(["series", "seed"]).fused
    table = table.assign(
        gain=table.fused - table.base,
        without=table.calls == 0,
        filled=table.rules > 0,
        against=table.fused.to_numpy() - alone.reindex(pd.MultiIndex.from_frame(table[["series", "seed"]])).to_numpy(),
    )
    return table.groupby("size").agg(
        sessions=("series", "size"),
        calls=("calls", "mean"),
        no_calls=("without", "mean"),
        tokens=("tokens", "mean"),
        tried=("tried", "mean"),
        from_library=("from_library", "mean"),
        fused=("fused", "mean"),
        gain=("gain", "mean"),
        worst=("gain", "min"),
        non_empty=("filled", "mean"),
        against_none=("against", "mean"),
        wall_s=("wall_s", "mean"),
    )


def prepare(data: Path, entries: Sequence[Entry], plan: Plan, workspace: Workspace, out: Path, layout: str) -> Growth:
    """Keeps the series in the folder and tells their families by their training parts."""
    folder = ResultsFolder.open(out, {**plan.settings(data_digest([data]), layout), "growth": True})
    stored = {entry.id: store_series(entry, plan, folder) for entry in entries}
    training: dict[str, Series] = {}
    for id, each in stored.items():
        series = read_series(each.request).series
        training[id] = series.part(0, split(len(series), each.validation, each.lockbox).train_stop)
    return Growth(stored, families(training), plan, workspace, out)


def main(
    data: Annotated[Path, typer.Argument(help="A labelled table of series, or a folder in one of the layouts.")],
    series: Annotated[str | None, typer.Option(help="Only these series, or named subsets: a,b,c.")] = None,
    sizes: Annotated[str, typer.Option(help="Library sizes, in series of other families.")] = "2,6,12",
    seeds: Annotated[int, typer.Option(min=1, help="Seeds 0 … N-1.")] = 1,
    objective: Annotated[str, typer.Option(help="What sessions go by.")] = "default",
    limit: Annotated[int | None, typer.Option(min=50, help="Only the first N points of each series.")] = None,
    step: Annotated[int | None, typer.Option(min=1, help="Seconds between points, for an index.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results; taken up where a run ended.")] = Path("growth"),
) -> None:
    """Count model calls per series as the library grows; series of one family never help each other."""
    try:
        counts = sorted({int(word) for word in sizes.split(",") if int(word) > 0})
        collection = open_collection(data, None, Columns(step_s=step))
        names = [word.strip() for word in (series or "").split(",") if word.strip()]
        plan = Plan(objective=objective, limit=limit)
        workspace = open_results_workspace(out / STORE)
        try:
            growth = prepare(data, collection.chosen(names), plan, workspace, out, collection.layout)
            typer.echo(f"{len(growth.stored)} series in {len(set(growth.family.values()))} families", err=True)
            table = grow(growth, counts, seeds)
        finally:
            workspace.close()
    except BadInput as bad:
        typer.echo(f"library_growth: {bad}", err=True)
        raise typer.Exit(2) from bad
    table.to_csv(out / TABLE, index=False)
    with pd.option_context("display.width", 200, "display.max_columns", None):
        typer.echo(summed(table).round(3).to_string())


if __name__ == "__main__":
    typer.run(main)
