"""How well records are told apart, method by method: tables, sign-ins of users, and lines of a log.

Nothing is learned from labels. Tables (`*.npz` with X and y) are judged whole; `azure_ad_signins.jsonl`, where one user
is under attack, whole, by user, and after learning from half of what the other users did; a log of labelled lines
(`*.parquet` with content and label) whole and by its component. What names the attacked user is taken away.
Run it as: python -m argosy.benchmarks.studies.records DATA --out records
"""

import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.speaker import ModelUnavailable
from argosy.choices import one_of
from argosy.detectors.records.detector import RecordDetector
from argosy.detectors.records.distances import Method
from argosy.detectors.records.embedder import Embedder
from argosy.detectors.records.groups import GroupOptions
from argosy.eval.metrics import auc_pr, auc_roc
from argosy.graphs.recording.redaction import Redaction
from argosy.inputs.records.records_file import RecordsRequest, read_records
from argosy.models.embedders import HASHED, open_embedder
from argosy.models.table import find_models
from argosy.settings import read_settings
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.records import Records

TABLE = "records.csv"
SIGNINS = "azure_ad_signins.jsonl"
ATTACKED = "attacktarget"
_USER = "properties.userPrincipalName"
_NAMING = (
    "identity",
    "properties.user*Name",
    "properties.userId",
    "properties.deviceDetail.d*",
    "*SignInName",
    "*Identifier",
)
_NORMAL = {"-", "0", "false", "normal"}


@dataclass(frozen=True, eq=False)
class Case:
    """Records to judge with their labels, shape (n,), and those to learn from; None learns from what is judged."""

    name: str
    kind: str
    records: Records
    labels: Bools
    training: Records | None = None


@dataclass(frozen=True)
class Row:
    """How one method did on one case; `found` of the `flagged` are labelled."""

    case: str
    kind: str
    method: str
    records: int
    anomalous: int
    roc_auc: float
    average_precision: float
    flagged: int
    found: int
    wall_s: float


def cases(data: Path, most: int, seed: int) -> Iterator[Case]:
    """Everything in a folder that is known, tables cut to `most` rows drawn by chance. Raises BadInput."""
    found = [*sorted(data.rglob("*.npz")), *sorted(data.rglob(SIGNINS)), *sorted(data.rglob("*.parquet"))]
    known = False
    for path in found:
        for case in _READERS.get(path.suffix, _signins)(path):
            known = True
            yield _drawn(case, most, seed)
    if not known:
        raise BadInput(str(data), "holds no *.npz, labelled lines or sign-ins", "name a folder with some")


def judged(case: Case, method: Method, embedder: Embedder, percentile: float) -> Row:
    """One method on one case. Raises what the embedder raises."""
    began = time.monotonic()
    detector = RecordDetector(embedder, GroupOptions(method, percentile))
    scores = detector.fit(case.training or case.records).score(case.records)
    return Row(
        case.name,
        case.kind,
        method.value,
        len(case.records),
        int(case.labels.sum()),
        round(auc_roc(case.labels, scores.values), 4),
        round(auc_pr(case.labels, scores.values), 4),
        int(scores.flags.sum()),
        int((scores.flags & case.labels).sum()),
        round(time.monotonic() - began, 3),
    )


def _tables(path: Path) -> Iterator[Case]:
    try:
        with np.load(path) as file:
            if not {"X", "y"} <= set(file.files):
                return
            values, labels = file["X"].astype(np.float64), file["y"].astype(np.bool_)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput(str(path), f"cannot be read ({error})", "take it out of the folder") from error
    names = [f"x{column}" for column in range(values.shape[1])]
    rows = [dict(zip(names, row, strict=True)) for row in values.tolist()]
    yield Case(path.stem, "table", Records(path.stem, rows), labels)


def _signins(path: Path) -> Iterator[Case]:
    read = read_records(RecordsRequest(path, without=_without(path)))
    users = [str(row.get(_USER, "")) for row in read.hidden]
    attacked = np.array([ATTACKED in user for user in users], dtype=np.bool_)
    rows = read.records.rows
    yield Case("signins", "sign-ins", Records("signins", rows), attacked)
    yield Case("signins by user", "sign-ins", Records("signins", rows, users), attacked)
    others = np.flatnonzero(~attacked)
    learned, judged_ = others[::2], np.sort([*others[1::2], *np.flatnonzero(attacked)])
    training = Records("signins", [rows[i] for i in learned])
    yield Case(
        "signins after others", "sign-ins", Records("signins", [rows[i] for i in judged_]), attacked[judged_], training
    )


def _without(path: Path) -> tuple[str, ...]:
    """What names the attacked user, of that which is there."""
    names = {name for row in read_records(RecordsRequest(path)).records.rows for name in row}
    return tuple(each for each in _NAMING if any(fnmatchcase(name, each) for name in names))


def _lines(path: Path) -> Iterator[Case]:
    columns = pd.read_parquet(path)
    if not {"content", "label"} <= set(columns.columns):
        return
    labels = (~columns["label"].astype(str).str.casefold().isin(_NORMAL)).to_numpy(dtype=np.bool_)
    rows = [{"text": text} for text in columns["content"].astype(str)]
    if labels.any():
        yield Case(path.stem, "log", Records(path.stem, rows), labels)
        if "component" in columns:
            groups = columns["component"].astype(str).tolist()
            yield Case(f"{path.stem} by component", "log", Records(path.stem, rows, groups), labels)


_READERS: Mapping[str, Callable[[Path], Iterator[Case]]] = {".npz": _tables, ".jsonl": _signins, ".parquet": _lines}


def _drawn(case: Case, most: int, seed: int) -> Case:
    if len(case.records) <= most:
        return case
    keep = np.sort(np.random.default_rng(seed).choice(len(case.records), most, replace=False)).tolist()
    groups = case.records.groups
    records = Records(
        case.name, [case.records.rows[i] for i in keep], None if groups is None else [groups[i] for i in keep]
    )
    return Case(case.name, case.kind, records, case.labels[keep], case.training)


def summed(rows: Sequence[Row]) -> pd.DataFrame:
    """For each kind of case and method the mean of its cases."""
    frame = pd.DataFrame([asdict(row) for row in rows])
    figures: dict[str, Any] = {"cases": ("case", "size"), "roc_auc": ("roc_auc", "mean")}
    figures |= {"average_precision": ("average_precision", "mean"), "wall_s": ("wall_s", "sum")}
    means: pd.DataFrame = frame.groupby(["kind", "method"], sort=False).agg(**figures)
    return means


def main(
    data: Annotated[Path, typer.Argument(help="A folder of tables, sign-ins and labelled lines.")],
    methods: Annotated[str, typer.Option(help="Which, by commas.")] = ",".join(Method),
    embed: Annotated[str, typer.Option(help="As in argosy records.")] = HASHED,
    percentile: Annotated[float, typer.Option(min=50, max=100, help="As in argosy records.")] = 99.0,
    rows: Annotated[int, typer.Option(min=50, help="Most records of a case, drawn by chance.")] = 2_000,
    fields: Annotated[int, typer.Option(min=1, help="Leave wider tables out.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of whatever is drawn by chance.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("records"),
) -> None:
    """Measure every method on every case: ROC-AUC, average precision, and what the threshold found."""
    done: list[Row] = []
    try:
        chosen = [
            one_of("--methods", word.strip(), {each.value: each for each in Method}) for word in methods.split(",")
        ]
        models = find_models(read_settings())
        for case in cases(data, rows, seed):
            if case.kind == "table" and len(case.records.rows[0]) > fields:
                typer.echo(f"{case.name}: left out, {len(case.records.rows[0])} fields", err=True)
                continue
            for method in chosen:
                budget = Budget(Caps(), time.monotonic)
                embedder = open_embedder(embed, models, budget, seed, Redaction().text)
                done.append(judged(case, method, embedder, percentile))
                typer.echo(f"{case.name} {method.value}: ROC-AUC {done[-1].roc_auc:.3f}", err=True)
    except (BadInput, ModelUnavailable) as bad:
        typer.echo(f"records: {bad}", err=True)
        raise typer.Exit(2) from bad
    out.mkdir(parents=True, exist_ok=True)
    pd.DataFrame([asdict(row) for row in done]).to_csv(out / TABLE, index=False)
    with pd.option_context("display.width", 200, "display.max_columns", None, "display.max_rows", None):
        typer.echo(pd.DataFrame([asdict(row) for row in done if row.kind != "table"]).to_string(index=False))
        typer.echo(summed(done).round(3).to_string())


if __name__ == "__main__":
    typer.run(main)
