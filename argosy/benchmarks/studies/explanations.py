"""Which share of what a model says of alerts holds, by the kind of anomaly.

Labelled incidents, or the alerts of a baseline, are explained, and every number, time and direction that is said is
checked against the series. The kind of an anomaly is what the data set says of the series: GutenTAG puts it into the
name, TODS numbers its kinds; elsewhere all are one kind. Run it as:
python -m argosy.benchmarks.studies.explanations DATA --model URL#NAME --most 3
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from argosy.agents.checked_explanation import CheckStatus
from argosy.agents.claims.checking import ClaimKind
from argosy.agents.claims.scene import Scene
from argosy.agents.explanation import explain, scenes_of
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Pattern, Speaker
from argosy.benchmarks.datasets.collection import Columns, Entry, LabelledSeries
from argosy.benchmarks.datasets.layouts import open_collection
from argosy.detectors.baselines.table import BASELINES
from argosy.eval.objective import OBJECTIVES
from argosy.patterns.pattern_run import PatternRequest, open_pattern_run
from argosy.signals.errors import BadInput
from argosy.signals.scores import Scores
from argosy.workspace import open_workspace

LABELS = "labels"
_TODS = {"0": "global point", "1": "contextual point", "2": "shapelet", "3": "seasonal", "4": "trend"}


@dataclass(frozen=True)
class Explanations:
    """What was said of one alert, and how much of it held."""

    series: str
    kind: str
    start: int
    standing: str
    sentences: int
    struck: int
    claims: int
    held: int
    numbers: int
    numbers_held: int
    times: int
    times_held: int
    directions: int
    directions_held: int


def kind_of(series: str, layout: str) -> str | None:
    """The kind of the anomalies of a series; None where it holds several."""
    name = series.rpartition("/")[2]
    match layout:
        case "gutentag":
            return name.partition("-")[2] or "all"
        case "tods":
            return _TODS.get(name)
    return "all"


def scenes(data: LabelledSeries, verdicts: str, most: int) -> Sequence[Scene]:
    """The alerts to be explained, evenly over the series: the labelled incidents, or what a baseline flags."""
    if verdicts == LABELS:
        scores = Scores(np.where(data.labels, 2.0, 0.0))
    else:
        half = len(data.series) // 2
        detector = BASELINES[verdicts](OBJECTIVES["default"], 0)
        scores = detector.fit(data.series.part(0, half), data.labels[:half]).score(data.series)
    found = scenes_of(data.series, scores, verdicts, data.times_known)
    places = sorted(set(np.linspace(0, len(found) - 1, min(most, len(found))).astype(int).tolist()))
    return [found[place] for place in places]


def explained(speaker: Speaker, chosen: Iterable[tuple[str, str, Scene]]) -> Iterator[Explanations]:
    """Has each alert explained and counts what holds. Raises what the speaker raises."""
    for number, (series, kind, scene) in enumerate(chosen, start=1):
        found = explain(speaker, scene, CallKey(Pattern.EXPLANATION, number, 1))
        claims = [claim for each in found.sentences for claim in each.claims]
        counts: dict[str, int] = {}
        for name, of in (("numbers", ClaimKind.NUMBER), ("times", ClaimKind.TIME), ("directions", ClaimKind.DIRECTION)):
            counts[name] = sum(claim.kind is of for claim in claims)
            counts[f"{name}_held"] = sum(claim.kind is of and claim.holds for claim in claims)
        held = sum(claim.holds for claim in claims)
        said = len(found.sentences), len(found.struck), len(claims), held
        yield Explanations(series, kind, scene.start, found.status.value, *said, **counts)


def by_kind(rows: Sequence[Explanations]) -> pd.DataFrame:
    """For each kind: how many explanations, which share of them held whole, in part or not, and which of the claims."""
    table = pd.DataFrame([asdict(row) for row in rows])
    groups = [*table.groupby("kind", sort=True), ("all together", table)]
    return pd.DataFrame([{"kind": kind, **_shares(part)} for kind, part in groups]).set_index("kind")


def _shares(part: pd.DataFrame) -> Mapping[str, float]:
    shares = {each.value: float((part.standing == each.value).mean()) for each in CheckStatus}
    counted = {
        name: float(part[held].sum() / part[name].sum()) if part[name].sum() else float("nan")
        for name, held in (
            ("claims", "held"),
            ("numbers", "numbers_held"),
            ("times", "times_held"),
            ("directions", "directions_held"),
        )
    }
    return {"explanations": len(part), **shares, "stated": int(part.claims.sum()), **counted}


def chosen_of(
    entries: Sequence[Entry], layout: str, verdicts: str, most: int, limit: int | None
) -> Iterator[tuple[str, str, Scene]]:
    """Alerts with their series and kind; series of several kinds are left out. Raises BadInput."""
    for entry in entries:
        kind = kind_of(entry.id, layout)
        if kind is None:
            continue
        data = entry.read()
        if limit is not None:
            data = LabelledSeries(data.series.part(0, limit), data.labels[:limit], data.times_known)
        yield from ((entry.id, kind, scene) for scene in scenes(data, verdicts, most))


def run(
    chosen: Sequence[tuple[str, str, Scene]], subject: str, model: str, caps: Caps, clock: Callable[[], float]
) -> list[Explanations]:
    """Explains all, recorded as one session; what the budget or the model does not reach is left out, and said."""
    workspace = replace(open_workspace(), clock=clock)
    asked = PatternRequest("explanations", subject, len(chosen), (Pattern.EXPLANATION,), model, caps=caps)
    rows: list[Explanations] = []
    try:
        with open_pattern_run(asked, workspace) as session:
            with session.step("explain") as node:
                try:
                    rows.extend(explained(node.speaker, chosen))  # what comes before an outage stays
                except ModelUnavailable as error:
                    if not rows:
                        raise
                    what = "budget" if isinstance(error, BudgetSpent) else "model"
                    typer.echo(f"{len(chosen) - len(rows)} of {len(chosen)} not explained ({what}): {error}", err=True)
            session.report["explanations"] = [asdict(row) for row in rows]
    finally:
        workspace.close()
    return rows


def main(
    data: Annotated[Path, typer.Argument(help="A labelled table of series, or a folder in one of the layouts.")],
    model: Annotated[str, typer.Option(help="Who explains.")] = "embedded",
    verdicts: Annotated[str, typer.Option(help=f"{LABELS}, or a baseline whose alerts are explained.")] = LABELS,
    series: Annotated[str | None, typer.Option(help="Only these series: a,b,c.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Most alerts of a series.")] = 2,
    limit: Annotated[int | None, typer.Option(min=50, help="Only the first N points of each series.")] = None,
    step: Annotated[int | None, typer.Option(min=1, help="Seconds between points, for an index.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = 200,
    out: Annotated[Path | None, typer.Option(help="CSV with a row for each explanation.")] = None,
) -> None:
    """Tell which share of what a model says of alerts holds, by the kind of anomaly."""
    try:
        if verdicts not in (LABELS, *BASELINES):
            raise BadInput(f"--verdicts {verdicts}", "is not known", f"give {LABELS} or one of {', '.join(BASELINES)}")
        collection = open_collection(data, None, Columns(step_s=step))
        names = [word.strip() for word in (series or "").split(",") if word.strip()]
        chosen = list(chosen_of(collection.chosen(names), collection.layout, verdicts, most, limit))
        if not chosen:
            raise BadInput(str(data), "holds no alert of a known kind", "name other series, or --verdicts")
        rows = run(chosen, data.name, model, Caps(calls=budget_calls), time.time)
    except (BadInput, ModelUnavailable) as bad:
        typer.echo(f"explanations: {bad}", err=True)
        raise typer.Exit(2) from bad
    if out:
        pd.DataFrame([asdict(row) for row in rows]).to_csv(out, index=False)
    with pd.option_context("display.width", 200, "display.max_columns", None):
        typer.echo(by_kind(rows).round(3).to_string())


if __name__ == "__main__":
    typer.run(main)
