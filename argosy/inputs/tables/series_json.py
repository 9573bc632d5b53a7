"""Series in JSON: what Prometheus answers to a range query, and the lines that VictoriaMetrics exports."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.arrow_sheet import ArrowSheet
from argosy.inputs.tables.file_start import BYTE_ORDER_MARK, damaged_gzip
from argosy.signals.errors import BadInput

LARGEST_BYTES = 512 << 20
MEND = "give the answer to query_range, or lines as /api/v1/export of VictoriaMetrics writes them"


@dataclass(frozen=True)
class _Stretch:
    """Points of one series: times in Unix seconds or milliseconds, values as text or None."""

    id: str
    times: list[int | float]
    values: list[str | None]


def open_series_json(path: Path, gzipped: bool) -> ArrowSheet:
    """The points as a table: timestamp, value, and series where they have names. Raises BadInput."""
    stretches = sorted(_stretches(path, _parsed(path, gzipped)), key=lambda each: each.times[:1])
    if not any(each.times for each in stretches):
        raise BadInput(named(path), "holds no point", "ask for a stretch of time in which there are some")
    ids = list(dict.fromkeys(each.id for each in stretches))
    stretches = [each for id in ids for each in stretches if each.id == id]
    times = [time for each in stretches for time in each.times]
    columns = {
        "timestamp": pa.array(times, pa.int64() if all(isinstance(time, int) for time in times) else pa.float64()),
        "value": pa.array([value for each in stretches for value in each.values], pa.string()),
    }
    if ids != [""]:
        columns["series"] = pa.array([each.id for each in stretches for _ in each.times], pa.string())
    return ArrowSheet(path, pa.table(columns))


def _parsed(path: Path, gzipped: bool) -> list[object]:
    """The documents of a file: one, or one a line."""
    data = _bytes(path, gzipped).removeprefix(BYTE_ORDER_MARK)
    try:
        return [json.loads(data)]
    except (ValueError, RecursionError):
        return [_line(path, row, line) for row, line in enumerate(data.split(b"\n"), start=1) if line.strip()]


def _bytes(path: Path, gzipped: bool) -> bytes:
    try:
        with gzip.open(path) if gzipped else path.open("rb") as file:
            data: bytes = file.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged_gzip(path) from error
    if len(data) > LARGEST_BYTES:
        raise BadInput(named(path), f"larger than {LARGEST_BYTES >> 20} MiB", "ask for fewer series, or a larger step")
    return data


def _line(path: Path, row: int, line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{named(path)}, row {row}", f"is no JSON ({shown(error)})", MEND) from error


def _stretches(path: Path, documents: Sequence[object]) -> Iterator[_Stretch]:
    for row, document in enumerate(documents, start=1):
        place = f"{named(path)}, row {row}" if len(documents) > 1 else named(path)
        match document:
            case {"data": {"resultType": str(kind), "result": list(results)}} | {
                "resultType": str(kind),
                "result": list(results),
            }:
                yield from _results(place, kind, results)
            case {"metric": dict(metric), "values": list(values), "timestamps": list(times)}:
                yield _stretch(place, metric, times, values)
            case {"status": "error", "error": problem}:
                raise BadInput(place, f"the server answered with an error: {shown(problem)}", "ask again")
            case _:
                raise BadInput(place, "is no answer to a range query", MEND)


def _results(place: str, kind: str, results: Sequence[object]) -> Iterator[_Stretch]:
    if kind != "matrix":
        mend = "ask query_range, with start, end and step"
        raise BadInput(place, f"is the answer to a query at one moment (resultType {shown(kind)})", mend)
    for number, result in enumerate(results, start=1):
        match result:
            case {"metric": dict(metric), "values": list(points)}:
                pairs = [point for point in points if isinstance(point, list) and len(point) == 2]
                if len(pairs) < len(points):
                    raise BadInput(f"{place}, result {number}", "a point is no pair of time and value", MEND)
                yield _stretch(
                    f"{place}, result {number}", metric, [at for at, _ in pairs], [value for _, value in pairs]
                )
            case {"histograms": _}:
                raise BadInput(f"{place}, result {number}", "holds histograms", "ask for histogram_quantile of them")
            case _:
                raise BadInput(f"{place}, result {number}", "has no metric and values", MEND)


def _stretch(place: str, metric: dict[str, object], times: list[object], values: list[object]) -> _Stretch:
    if len(times) != len(values):
        raise BadInput(place, f"has {len(times)} times for {len(values)} values", MEND)
    odd = [at for at in times if not isinstance(at, int | float) or isinstance(at, bool) or abs(at) >= 2**63]
    if odd:
        raise BadInput(place, f"{shown(odd[0])} is no Unix time", MEND)
    texts = [None if value is None else _text(value) for value in values]
    return _Stretch(_id(metric), [at for at in times if isinstance(at, int | float)], texts)


def _id(metric: dict[str, object]) -> str:
    """The name of a series as PromQL writes it, such as up{job="x"}."""
    labels = ",".join(f'{name}="{_text(value)}"' for name, value in metric.items() if name != "__name__")
    name = _text(metric.get("__name__", ""))
    return f"{name}{{{labels}}}" if labels else name


def _text(value: object) -> str:
    """As text that can be written: halves of characters, which JSON lets through, are not."""
    return str(value).encode("utf-8", "replace").decode()
