"""SigLLM on Numenta's benchmark: segment-overlap F1 by group, beside what was published.

By default two slices of 500 points, each round the first incident of its series; `--points 0 --series 0 --aggregate` is
the whole of the published protocol, with thousands of calls a series. What is finished is kept and not asked again.
Run it as: python -m argosy.benchmarks.studies.sigllm DATA --methods prompter,detector --model vllm:NAME --out sigllm
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import ModelUnavailable
from argosy.agents.sigllm.digits import digits_for
from argosy.agents.sigllm.findings import Preparation
from argosy.agents.sigllm.forecaster import ForecasterOptions
from argosy.agents.sigllm.prompter import PrompterOptions
from argosy.benchmarks.datasets.archives import nab
from argosy.benchmarks.datasets.collection import Entry, LabelledSeries
from argosy.benchmarks.plan import data_digest
from argosy.benchmarks.results_workspace import STORE, open_results_workspace
from argosy.choices import one_of
from argosy.eval.bench.folder import ResultsFolder
from argosy.eval.rates import f1_of
from argosy.patterns.sigllm import Options, SigllmRequest, measured, run_sigllm
from argosy.signals.errors import BadInput
from argosy.signals.incidents import runs
from argosy.workspace import Workspace

FINISHED = "sigllm.jsonl"

METHODS: Mapping[str, Options] = {"prompter": PrompterOptions(), "detector": ForecasterOptions()}

PUBLISHED: Mapping[str, tuple[float, int]] = {
    "artificialWithAnomaly": (0.400, 600),
    "realAWSCloudwatch": (0.362, 600),
    "realAdExchange": (0.727, 3_600),
    "realTraffic": (0.480, 600),
    "realTweets": (0.762, 600),
}
"""By group the segment-overlap F1 of the detector with Mistral-7B, and the seconds that values were aggregated to.

Over all eleven data sets of the paper the detector has a mean of .525, the prompter .245 with Mistral and .140 with
GPT-3.5; the prompter's figures by group are not at hand.
"""


@dataclass(frozen=True)
class Row:
    """One method on one series; `found` of `incidents` are touched by an interval, `false_intervals` touch none.

    `flagged` of the `points` are in an interval: one over the whole series finds everything and is never false.
    """

    group: str
    series: str
    method: str
    begins: int
    points: int
    flagged: int
    incidents: int
    found: int
    false_intervals: int
    answers: int
    unreadable: int
    not_asked: int
    wall_s: float
    session: str


@dataclass(frozen=True)
class SigllmStudy:
    """What all runs of one benchmark have in common; `points` 0 for whole series."""

    model: str
    options: Mapping[str, Options]
    points: int
    aggregate: bool
    seed: int
    caps: Caps

    def run(self, group: str, entry: Entry, method: str, workspace: Workspace) -> Row:
        """Runs one method on one series, or on a slice of it."""
        labelled = entry.read()
        start, stop = slice_of(labelled, self.points)
        options = self.options[method]
        if self.aggregate:
            preparation = replace(options.preparation, interval_s=PUBLISHED[group][1])
            options = replace(options, preparation=preparation)
        request = SigllmRequest(labelled.series.part(start, stop), options, self.model, self.seed, self.caps)
        done = run_sigllm(request, workspace)
        figures = measured(labelled.labels[start:stop], done.findings.scores)
        told = {name: done.report[name] for name in ("flagged", "answers", "unreadable", "not_asked", "wall_s")}
        counts = {name: int(figures[name] or 0) for name in ("incidents", "found", "false_intervals")}
        return Row(group, entry.id, method, start, stop - start, **counts, **told, session=done.session)


def slice_of(labelled: LabelledSeries, points: int) -> tuple[int, int]:
    """So many points with the middle of the first incident in theirs, as far as the series goes; 0 is all."""
    size, spans = len(labelled.series), runs(labelled.labels)
    if not points or points >= size:
        return 0, size
    middle = int(spans[0].sum()) // 2 if len(spans) else points // 2
    start = min(max(middle - points // 2, 0), size - points)
    return start, start + points


def chosen(entries: Sequence[Entry], most: int) -> list[tuple[str, Entry]]:
    """So many series with their groups, of the published groups in turn; 0 is all."""
    by_group = [[(group, each) for each in entries if each.id.startswith(f"{group}/")] for group in PUBLISHED]
    in_turn = [each for each in chain.from_iterable(zip_longest(*by_group)) if each is not None]
    return in_turn[:most] if most else in_turn


def benchmark(
    bench: SigllmStudy, series: Sequence[tuple[str, Entry]], workspace: Workspace, out: Path
) -> Iterator[Row]:
    """What is finished, and then what is missing; each run is kept at once."""
    file = out / FINISHED
    rows = [Row(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
    yield from rows
    done = {(row.series, row.method) for row in rows}
    for group, entry in series:
        for method in bench.options:
            if (entry.id, method) not in done:
                row = bench.run(group, entry, method, workspace)
                with file.open("a") as kept:
                    kept.write(json.dumps(asdict(row)) + "\n")
                yield row


def summed(rows: Sequence[Row]) -> pd.DataFrame:
    """By method and group: counts over all series, the share that is flagged, F1, and the detector's published one."""
    table = pd.DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(Row)])
    counts = ["incidents", "found", "false_intervals", "answers", "unreadable", "not_asked"]
    found = table.groupby(["method", "group"])[counts].sum()
    found.insert(0, "series", table.groupby(["method", "group"]).size())
    points = table.groupby(["method", "group"])[["flagged", "points"]].sum()
    found["flagged_share"] = points.flagged / points.points
    tallies = zip(found.found, found.false_intervals, found.incidents - found.found, strict=True)
    found["overlap_f1"] = [f1_of(*tally) for tally in tallies]
    is_detector = found.index.get_level_values("method") == "detector"
    theirs = found.index.get_level_values("group").map(lambda group: PUBLISHED[group][0])
    found["published"] = pd.Series(theirs, found.index).where(is_detector)
    return found


def main(
    data: Annotated[Path, typer.Argument(help="nab.parquet, or the folder that holds it.")],
    methods: Annotated[str, typer.Option(help="prompter, detector or both: a,b.")] = "prompter,detector",
    model: Annotated[str, typer.Option(help="Who answers, as in argosy sigllm.")] = "embedded",
    series: Annotated[int, typer.Option(min=0, help="How many series, of the groups in turn; 0 for all.")] = 2,
    points: Annotated[int, typer.Option(min=0, help="Points round the first incident; 0 for whole series.")] = 500,
    aggregate: Annotated[bool, typer.Option("--aggregate", help="To the published intervals of each group.")] = False,
    decimals: Annotated[int, typer.Option(min=-12, max=9, help="Decimals kept.")] = 2,
    samples: Annotated[int | None, typer.Option(min=1, help="Answers a window (prompter 10, detector 1).")] = None,
    prompter_step: Annotated[int, typer.Option(min=1, help="Points from window to window.")] = 40,
    horizon: Annotated[int, typer.Option(min=1, help="Points forecast at once.")] = 5,
    detector_step: Annotated[int, typer.Option(min=1, help="Points from forecast to forecast.")] = 1,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most calls for one method on one series.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first sample.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the results; taken up where a run ended.")] = Path("sigllm"),
) -> None:
    """Measure SigLLM on Numenta's benchmark beside the published figures."""
    words = [word.strip() for word in methods.split(",") if word.strip()]
    given: dict[str, dict[str, Any]] = {
        "prompter": {"step": prompter_step},
        "detector": {"horizon": horizon, "step": detector_step},
    }
    try:
        prepared = Preparation(decimals=decimals, digits=digits_for(model))
        options = {
            word: replace(one_of("--methods", word, METHODS), preparation=prepared, **given[word]) for word in words
        }
        if samples is not None:
            options = {word: replace(each, samples=samples) for word, each in options.items()}
        bench = SigllmStudy(model, options, points, aggregate, seed, Caps(calls=budget_calls))
        picked = chosen(nab(data).entries, series)
        ResultsFolder.open(out, {**asdict(bench), "series": [entry.id for _, entry in picked], **_digest(data)})
        rows = _run(bench, picked, out)
    except (BadInput, ModelUnavailable) as error:
        typer.echo(f"sigllm: {error}", err=True)
        raise typer.Exit(2) from error
    with pd.option_context("display.width", 200, "display.max_columns", None):
        typer.echo(summed(rows).round(3).to_string(na_rep="–"))
    if points:
        typer.echo("slices hold an incident by choice: these figures are a trial of the published protocol, no more")


def _digest(data: Path) -> dict[str, object]:
    return {"data": data_digest([data if data.is_file() else data / "nab.parquet"])}


def _run(bench: SigllmStudy, picked: Sequence[tuple[str, Entry]], out: Path) -> list[Row]:
    rows = []
    workspace = open_results_workspace(out / STORE)
    try:
        for row in benchmark(bench, picked, workspace, out):
            rows.append(row)
            said = f"{row.found} of {row.incidents} found, {row.false_intervals} false; {row.answers} answers"
            typer.echo(f"{row.method} {row.series}: {said}, {row.not_asked} not asked, {row.wall_s:.1f} s", err=True)
    finally:
        workspace.close()
    return rows


if __name__ == "__main__":
    typer.run(main)
