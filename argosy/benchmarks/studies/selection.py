"""Selectors beside fixed choices: on labelled tables by ROC-AUC, on series by VUS-PR and by the objective.

    python -m argosy.benchmarks.studies.selection adbench --out selection
    python -m argosy.benchmarks.studies.selection kpi nab gutentag tods --bench results/results.parquet --out selection

For tables every detector is fitted once, on the whole table without its labels. For series the figures are those of
`argosy bench` on the lockbox; profiles are made of what lies before it, without labels.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from argosy.benchmarks.datasets.collection import Columns, chosen_of
from argosy.benchmarks.datasets.layouts import open_collections
from argosy.benchmarks.studies.contest import Contest, records_of, standings
from argosy.benchmarks.studies.contest_text import write_contest
from argosy.benchmarks.studies.tabular_figures import ADENGINE, figures_of, measured, read_labelled, tables_in
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards import CardKind, Goal, packaged_cards
from argosy.detectors.cards.past_files import past_name, past_text
from argosy.detectors.rivals import RIVALS, tabular
from argosy.detectors.rivals.tabular import TABULAR
from argosy.eval.splits import split
from argosy.patterns.selection.run import SAME, of_series, of_table
from argosy.signals.errors import BadInput

METRICS = {"vus_pr": Goal.RANK, "objective": Goal.FLAG}
"""What series are judged by, and what the scores are for under it."""

TABLES = "tables"
_LOCKBOX = 0.3


def of_tables(folder: Path, timeout_s: float, out: Path, limit: int | None) -> Contest:
    """The contest on the npz files of a folder; each is a group of its own."""
    if not tabular.is_installed():
        raise BadInput("selection on tables", "needs PyOD", "pip install 'argosy[pyod]'")
    names = tables_in(folder)[:limit]
    cards = [card for card in packaged_cards(CardKind.TABLE) if card.name in TABULAR]
    subjects = {name: of_table(name, read_labelled(folder / f"{name}.npz")[0], cards) for name in names}
    methods = [*(card.name for card in cards), ADENGINE]
    results = measured(folder, names, methods, timeout_s, out / TABLES, lambda line: typer.echo(line, err=True))
    table, _ = figures_of(results)
    return Contest(
        table.reindex(names)[[card.name for card in cards]],
        {name: subject.tags for name, subject in subjects.items()},
        {name: name for name in names},
        cards,
        {name: tuple(subject.refusals) for name, subject in subjects.items()},
        {ADENGINE: _by_subject(table[ADENGINE])},
    )


def of_bench(paths: Sequence[Path], results: Path, metric: str) -> Contest:
    """The contest on series whose figures a benchmark has measured; each data set is a group. Raises BadInput."""
    figures = _figures(results, metric)
    offered = [name for name in (*BASELINES, *RIVALS) if name in figures and (name in BASELINES or RIVALS[name].causal)]
    by_name = {card.name: card for card in packaged_cards(CardKind.SERIES)}
    figures_of_auto = {"auto": _by_subject(figures["auto"])} if "auto" in figures and metric == "objective" else {}
    tags, groups = dict[str, tuple[str, ...]](), dict[str, str]()
    collections = open_collections(paths, None, Columns())
    for name, entries in chosen_of(collections, []).items():
        for entry in entries:
            id = entry.id if len(collections) > 1 else _known_as(entry.id, name, figures)
            if id not in figures.index:
                continue
            read = entry.read()
            stop = entry.test_start or split(len(read.series), 0.0, _LOCKBOX).train_stop
            tags[id] = of_series(read.series.part(0, stop), None, METRICS[metric]).tags
            groups[id] = name
    if not tags:
        raise BadInput(str(results), "holds none of these series", "name the data that argosy bench was run on")
    kept = figures.loc[list(tags), offered]
    return Contest(kept, tags, groups, [by_name[name] for name in offered], {}, figures_of_auto)


def _known_as(id: str, name: str, figures: pd.DataFrame) -> str:
    return id if id in figures.index else f"{name}/{id}"


def _figures(results: Path, metric: str) -> pd.DataFrame:
    """One row a series with incidents in its lockbox, one column a method, the mean over seeds."""
    try:
        table = pd.read_parquet(results)
        wanted = table[(table.metric == metric) & (table.split == "lockbox") & (table.incidents > 0)]
        figures = wanted.pivot_table(index="series", columns="method", values="value")
    except (OSError, ValueError, AttributeError) as error:
        problem = f"is no table of argosy bench ({type(error).__name__})"
        raise BadInput(str(results), problem, "name the results.parquet that argosy bench wrote") from error
    for rival, baseline in SAME.items():
        if rival in figures and baseline not in figures:
            figures = figures.rename(columns={rival: baseline})
    return figures.drop(columns=[rival for rival in SAME if rival in figures])


def main(
    data: Annotated[list[Path], typer.Argument(help="A folder of npz tables (X, y), or data sets of series.")],
    bench: Annotated[Path | None, typer.Option(help="results.parquet of argosy bench, for series.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Most seconds for one fit on a table.")] = 300.0,
    limit: Annotated[int | None, typer.Option(min=2, help="Only the first N tables.")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Also write the figures as past results, as the package holds them.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results; taken up where a run ended.")] = Path("selection"),
) -> None:
    """Measure what selectors choose beside fixed choices, the mean of the candidates and the oracle."""
    try:
        folders = [each for each in data if each.is_dir() and any(each.glob("*.npz"))]
        series = [each for each in data if each not in folders]
        if series and bench is None:
            raise BadInput("--bench", "is not given, and series need figures", "argosy bench DATA --out R makes them")
        command = _command(data, bench, timeout, limit)
        for folder in folders:
            contest = of_tables(folder, timeout, out, limit)
            typer.echo(write_contest(out, folder.name, "roc_auc", contest, standings(contest), command))
            _keep(keep, CardKind.TABLE, Goal.RANK, contest)
        for metric in METRICS if bench is not None and series else ():
            contest = of_bench(series, bench or Path(), metric)
            typer.echo(write_contest(out, "series", metric, contest, standings(contest), command))
            _keep(keep, CardKind.SERIES, METRICS[metric], contest)
    except BadInput as bad:
        typer.echo(f"selection: {bad}", err=True)
        raise typer.Exit(2) from bad


def _by_subject(values: "pd.Series[float]") -> dict[str, float]:
    return {str(subject): float(value) for subject, value in values.items()}


def _keep(folder: Path | None, kind: CardKind, goal: Goal, contest: Contest) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / past_name(kind, goal)).write_text(past_text(records_of(contest)), encoding="utf-8")


def _command(data: Sequence[Path], bench: Path | None, timeout: float, limit: int | None) -> str:
    """What made the results, without where this machine keeps them."""
    words = [each.name for each in data] + ([f"--bench {bench.parent.name}/{bench.name}"] if bench else [])
    words += [f"--timeout {timeout:g}"] + ([f"--limit {limit}"] if limit else [])
    return f"python -m argosy.benchmarks.studies.selection {' '.join(words)}"


if __name__ == "__main__":
    typer.run(main)
