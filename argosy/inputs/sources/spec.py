"""What a schedule keeps of its source, and the source made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic

from argosy.inputs.sources.addresses import filled_in
from argosy.inputs.sources.files import FileIncidents, FileSource
from argosy.inputs.sources.prometheus import PrometheusSource
from argosy.inputs.sources.source import Incidents, Source, Stretch, with_incidents
from argosy.inputs.sources.sql import SqlIncidents, SqlSource
from argosy.inputs.tables.across_gaps import across_gaps
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.gap_policy import GapPolicy

_DAY_S = 86_400


class _Kept(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Columns(_Kept):
    """Columns that are not found by their usual names, and which of several series."""

    time: str | None = None
    value: str | None = None
    label: str | None = None
    id_column: str | None = None
    series: str | None = None


class Files(_Kept):
    """A file, or all that a pattern names."""

    kind: Literal["files"] = "files"
    pattern: str
    columns: Columns = Columns()


class Sql(_Kept):
    """A query by SQLAlchemy URL."""

    kind: Literal["sql"] = "sql"
    url: str
    query: str
    columns: Columns = Columns()
    timeout_s: float = 60.0


class Prometheus(_Kept):
    """A PromQL expression. Without a step, the detector's own."""

    kind: Literal["prometheus"] = "prometheus"
    url: str
    query: str
    step_s: int
    base_query: str | None = None
    timeout_s: float = 30.0


class IncidentsFile(_Kept):
    """Incidents from a file."""

    kind: Literal["file"] = "file"
    path: str


class IncidentsQuery(_Kept):
    """Incidents from a query."""

    kind: Literal["sql"] = "sql"
    url: str
    query: str


class SourceSpec(_Kept):
    """Where a schedule's data come from. `lookback_days`: how far before the last point seen it looks again, for
    labels that came late."""

    data: Annotated[Files | Sql | Prometheus, pydantic.Field(discriminator="kind")]
    gaps: GapPolicy
    incidents: Annotated[IncidentsFile | IncidentsQuery, pydantic.Field(discriminator="kind")] | None = None
    lookback_days: float = 30.0
    reading: Reading = pydantic.Field(default=UNSAID, exclude_if=lambda said: said == UNSAID)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self.model_dump(mode="json")


@dataclass(frozen=True)
class Feed:
    """A source with its incidents and its gap policy: what a schedule reads."""

    source: Source
    incidents: Incidents | None
    gaps: GapPolicy
    lookback_s: int

    def load(self, seen_until: int, until: int) -> LoadedSeries:
        """The points up to `until`, from some time before the last that was seen. Raises as the source does."""
        stretch = Stretch(seen_until - self.lookback_s, until)
        loaded = self.source.load(stretch)
        if self.incidents is not None:
            loaded = with_incidents(loaded, self.incidents.read(), until)
        return across_gaps(loaded, self.gaps)


def open_feed(spec: SourceSpec, base: str | None, environ: Mapping[str, str]) -> Feed:
    """The feed of a schedule; `base` is the column that the detector's base wants. Raises BadInput."""
    match spec.data:
        case Files(pattern=pattern, columns=columns):
            source: Source = FileSource(pattern, _request(columns, base, spec.reading))
        case Sql(url=url, query=query, columns=columns, timeout_s=timeout_s):
            source = SqlSource(
                filled_in("--sql", url, environ), query, _request(columns, base, spec.reading), timeout_s
            )
        case Prometheus(url=url, query=query, step_s=step_s, base_query=base_query, timeout_s=timeout_s):
            url = filled_in("--prometheus", url, environ)
            source = PrometheusSource(url, query, step_s, base_query, base, timeout_s)
    incidents: Incidents | None = None
    series = None if isinstance(spec.data, Prometheus) else spec.data.columns.series
    match spec.incidents:
        case IncidentsFile(path=path):
            incidents = FileIncidents(Path(path), series, spec.reading)
        case IncidentsQuery(url=url, query=query):
            incidents = SqlIncidents(filled_in("--incidents-sql", url, environ), query, series, reading=spec.reading)
    return Feed(source, incidents, spec.gaps, int(spec.lookback_days * _DAY_S))


def _request(columns: Columns, base: str | None, reading: Reading) -> TableRequest:
    nowhere = Path()
    names = (columns.time, columns.value, columns.label, columns.id_column, columns.series)
    return TableRequest(nowhere, *names, base=base, reading=reading)
