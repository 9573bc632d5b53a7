"""Curves played forward in time: what refreshing is worth, and how soon a planted drift is found.

A detector is made on the first part of each curve, then the rest comes week by week. Without refresh it stays as it is;
with `retune`, refreshes search numbers only; with `search`, they may also have sessions look for rules again. Labels
are known up to each refresh. Where the curve goes on with weeks of its own first part (`none`), or all its days come
in a drawn order (`shuffled`), there is no drift, and every look that fires is false. On the former a drift of level,
season and scale is planted. `as it is`: how often looks fire at the curve itself.
Run it as: python -m argosy.benchmarks.studies.playforward DATA --series a,b --every-days 7 --out playforward
"""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from argosy.benchmarks.datasets.collection import Columns, Entry
from argosy.benchmarks.datasets.layouts import open_collection
from argosy.benchmarks.plan import data_digest
from argosy.benchmarks.studies.drifts import PLANTED
from argosy.benchmarks.studies.playforward_curve import (
    ARMS,
    LOOKED_AT,
    DriftFound,
    PlayforwardOptions,
    PlayforwardResult,
    curve_of,
    find_drift,
    make_champion,
    planted,
    play_arm,
)
from argosy.eval.bench.folder import ResultsFolder
from argosy.sandboxes import SandboxChoice
from argosy.signals.errors import BadInput

FINISHED, TABLE, DRIFTS = "played.jsonl", "played.csv", "drifts.csv"


def play_all(
    entries: tuple[Entry, ...], play: PlayforwardOptions, out: Path, looks: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plays what is missing, and returns both tables; each finished row is kept at once. `looks`: for drifts, too."""
    file = out / FINISHED
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    done: dict[tuple[str, str], dict[str, Any]] = {(row["series"], row["row"]): row for row in lines}
    for entry in entries:
        rows = [*ARMS, *(f"drift {each}" for each in LOOKED_AT if looks)]
        if all((entry.id, row) in done for row in rows):
            continue
        curve = curve_of(entry, play)
        home, champion = make_champion(curve, play, out)
        for row in rows:
            if (entry.id, row) in done:
                continue
            kind = row.removeprefix("drift ")
            made: PlayforwardResult | DriftFound
            if row in ARMS:
                met = planted(curve, play.plant) if play.plant else curve
                made = play_arm(met, row, home, champion, play, out)
            else:
                made = find_drift(curve, kind, home, champion, play)
            done[entry.id, row] = {"row": row, **asdict(made)}
            with file.open("a") as kept:
                kept.write(json.dumps(done[entry.id, row]) + "\n")
            typer.echo(f"{entry.id} {row}: {json.dumps(asdict(made))}", err=True)
    chosen = {entry.id for entry in entries}
    rows_now = [row for (series, _), row in done.items() if series in chosen]
    arms = pd.DataFrame([row for row in rows_now if "arm" in row]).drop(columns="row")
    drifts = [row for row in rows_now if "drift" in row]
    return arms, pd.DataFrame(drifts, columns=["row", *(each.name for each in fields(DriftFound))]).drop(columns="row")


def summed(arms: pd.DataFrame, drifts: pd.DataFrame) -> str:
    """Both tables in brief: means by way of refreshing, and by kind of drift."""
    figures = ["event_f1_k10", "event_f1_pa", "alerts_a_week", "false_alerts_a_week"]
    costs = ["refreshes", "challengers", "promoted", "rolled_back", "seconds", "calls", "tokens"]
    by_arm = arms.groupby("arm", sort=False)[[*figures, *costs]].mean().round(3)
    by_drift = drifts.groupby("drift", sort=False).agg(
        curves=("series", "size"), found=("found_after", "count"), median_points=("found_after", "median"),
        looks=("looks", "sum"), fired=("fired", "sum"),
    )  # fmt: skip
    told = f"means of {arms.series.nunique()} curves\n{by_arm.to_string()}"
    return f"{told}\n\n{by_drift.to_string()}" if len(drifts) else told


def main(
    data: Annotated[Path, typer.Argument(help="A labelled table of series, or a folder in one of the layouts.")],
    series: Annotated[str | None, typer.Option(help="Only these series, or named subsets: a,b,c. [default: 2]")] = None,
    every_days: Annotated[float, typer.Option(min=0.01, help="Days between refreshes: 7 weekly, 30 monthly.")] = 7.0,
    look_days: Annotated[float, typer.Option(min=0.01, help="Days between looks for a planted drift.")] = 1.0,
    train: Annotated[float, typer.Option(min=0.1, max=0.9, help="Share of points that the detector is made on.")] = 0.5,
    shadow_days: Annotated[float, typer.Option(min=0, help="Days that a challenger scores in shadow.")] = 3.0,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of a session.")] = 1,
    candidates: Annotated[int, typer.Option(min=1, help="Candidates of a round.")] = 3,
    limit: Annotated[int | None, typer.Option(min=500, help="Only the first N points of each series.")] = None,
    step: Annotated[int | None, typer.Option(min=1, help="Seconds between points, for an index.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of whatever is drawn by chance.")] = 0,
    labelled: Annotated[bool, typer.Option(help="Whether refreshes are told the incidents so far.")] = True,
    looks: Annotated[bool, typer.Option(help="Whether drifts are looked for, beside playing.")] = True,
    plant: Annotated[str | None, typer.Option(help="A drift to meet: level, season or scale.")] = None,
    sandbox: Annotated[SandboxChoice, typer.Option(help="Where rules run.")] = SandboxChoice.AUTO,
    out: Annotated[Path, typer.Option(help="Folder of the results; taken up where a run ended.")] = Path("playforward"),
) -> None:
    """Play curves forward without refresh, with retuning and with searching again; plant drifts, count false ones."""
    play = PlayforwardOptions(
        every_days,
        look_days,
        train,
        shadow_days,
        rounds,
        candidates,
        seed,
        limit,
        sandbox,
        labelled=labelled,
        plant=plant,
    )
    try:
        if plant is not None and plant not in PLANTED:
            raise BadInput(f"--plant {plant}", "is not known", f"give one of {', '.join(PLANTED)}")
        collection = open_collection(data, None, Columns(step_s=step))
        names = [word.strip() for word in (series or "").split(",") if word.strip()]
        entries = collection.chosen(names) if names else collection.entries[:2]
        plain = {**asdict(play), "sandbox": sandbox.value, "data": data_digest([data]), "playforward": True}
        ResultsFolder.open(out, plain)
        arms, drifts = play_all(entries, play, out, looks)
    except BadInput as bad:
        typer.echo(f"playforward: {bad}", err=True)
        raise typer.Exit(2) from bad
    arms.to_csv(out / TABLE, index=False)
    drifts.to_csv(out / DRIFTS, index=False)
    typer.echo(summed(arms, drifts))


if __name__ == "__main__":
    typer.run(main)
