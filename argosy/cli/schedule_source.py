"""What `argosy schedule add` is told of a source: checked before anything is kept."""

import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput
from argosy.signals.gap_policy import GapPolicy

if TYPE_CHECKING:
    from argosy.inputs.sources.spec import SourceSpec


CHECK_S = 5.0
"""So long a server may take to say whether a query is right."""


@dataclass(frozen=True)
class SourceOptions:
    """The options of a source, as they were given; `timeout_s` is for one answer of it."""

    files: str | None
    sql: str | None
    prometheus: str | None
    query: str | None
    base_query: str | None
    columns: dict[str, str]
    incidents: dict[str, str] | None
    lookback_days: float
    timeout_s: float
    reading: Reading = UNSAID

    def checked(self) -> "SourceOptions":
        """The same, with paths that mean the same from any folder. Raises BadInput."""
        from argosy.inputs.sources.prometheus import check_server, refuse_counter
        from argosy.inputs.sources.sql import kept_url

        self._check_one()
        incidents = self.incidents
        if incidents and (url := incidents.get("url")):
            incidents = incidents | {"url": kept_url("--incidents-sql", url)}
        if self.prometheus and self.query:
            check_server(self.prometheus)
            refuse_counter(self.query)
        sql = kept_url("--sql", self.sql) if self.sql else None
        return replace(self, files=_everywhere(self.files) if self.files else None, sql=sql, incidents=incidents)

    def as_made(self, made: Reading) -> tuple["SourceOptions", tuple[str, ...]]:
        """The same, taking rates where the detector was made on rates; and what is to be said of that."""
        from argosy.service.made_with import reading_notes

        if self.prometheus:
            said = "the detector was made on rates a second: the query must give such, as rate(NAME[5m]) does"
            return self, (said,) if made.rate else ()
        return replace(self, reading=self.reading.as_before(made)), tuple(reading_notes(made, self.reading))

    def not_there_yet(self) -> Iterator[str]:
        """What the worker will look for and this process does not find."""
        if self.files and not glob.glob(self.files, recursive=True):
            yield f"no file is called {self.files} here yet"
        path = (self.incidents or {}).get("path")
        if path and not Path(path).is_file():
            yield f"no file is called {path} here yet"

    def _check_one(self) -> None:
        if self.reading.gaps is None:
            mend = f"give {', '.join(GapPolicy)}: only you know what it means for this series"
            raise BadInput("--gaps", "nothing says what a missing value means", mend)
        sources = (("--files", self.files), ("--sql", self.sql), ("--prometheus", self.prometheus))
        given = [name for name, word in sources if word]
        if len(given) != 1:
            problem = f"{' and '.join(given)} are given" if given else "nothing says where newer data come from"
            raise BadInput("source", problem, "give one of --files, --sql with --query, or --prometheus with --query")
        if self.prometheus and self.reading.rate:
            raise BadInput("--rate", "is for files and SQL", "ask Prometheus for the rate: --query 'rate(NAME[5m])'")
        if (self.query is None) != (self.files is not None):
            raise BadInput("--query", "goes with --sql and --prometheus, which need it", "give it with one of these")
        for option, query in (("--query", self.query), ("--base-query", self.base_query)):
            if query is not None and not query.strip():
                raise BadInput(option, "is empty", "say what is to be asked")


def source_of(asked: SourceOptions, step_s: int, base: str | None) -> "SourceSpec":
    """What is kept of the source, for a detector of this step that corrects the column `base`. Raises BadInput."""
    from argosy.inputs.sources.spec import SourceSpec

    data: dict[str, Any]
    if asked.files:
        data = {"kind": "files", "pattern": asked.files, "columns": asked.columns}
    elif asked.sql:
        data = {"kind": "sql", "url": asked.sql, "query": asked.query, "columns": asked.columns}
        data |= {"timeout_s": asked.timeout_s}
    else:
        if base and not asked.base_query:
            problem = f"the detector corrects the column {base!r}, of which Prometheus knows nothing"
            raise BadInput("--base-query", problem, "give the PromQL of its scores")
        data = {"kind": "prometheus", "url": asked.prometheus, "query": asked.query, "step_s": step_s}
        data |= {"base_query": asked.base_query, "timeout_s": asked.timeout_s}
    kept = {"data": data, "gaps": asked.reading.gaps, "incidents": asked.incidents}
    reading = replace(asked.reading, gaps=None)  # done after the incidents are known
    return SourceSpec.model_validate({**kept, "lookback_days": asked.lookback_days, "reading": reading})


def query_notes(kept: "SourceSpec", base: str | None, environ: Mapping[str, str], now: int) -> tuple[str, ...]:
    """What a Prometheus says of its queries now. Raises BadInput for a query that it refuses."""
    from argosy.inputs.sources.addresses import filled_in
    from argosy.inputs.sources.prometheus import PrometheusSource
    from argosy.inputs.sources.spec import open_feed

    if kept.data.kind != "prometheus":
        return ()
    try:
        filled_in("--prometheus", kept.data.url, environ)
    except BadInput as error:
        return (f"the query was not checked: {error.place}: {error.problem}",)
    source = open_feed(kept, base, environ).source
    assert isinstance(source, PrometheusSource)
    return replace(source, timeout_s=min(source.timeout_s, CHECK_S), within_s=2 * CHECK_S).check(now)


def columns_of(
    time: str | None, value: str | None, label: str | None, id_column: str | None, series: str | None
) -> dict[str, str]:
    """The columns that were named."""
    names = {"time": time, "value": value, "label": label, "id_column": id_column, "series": series}
    return {name: word for name, word in names.items() if word is not None}


def incidents_of(file: Path | None, url: str | None, query: str | None) -> dict[str, str] | None:
    """Where incidents are. Raises BadInput for half of an answer, or two."""
    if (url is None) != (query is None):
        raise BadInput("--incidents-sql and --incidents-query", "one is no use without the other", "give both")
    if file and url:
        raise BadInput("--incidents and --incidents-sql", "both say where incidents are", "give one of them")
    if file:
        return {"kind": "file", "path": _everywhere(str(file))}
    return {"kind": "sql", "url": url, "query": query} if url and query else None


def _everywhere(path: str) -> str:
    return str(Path(path).expanduser().absolute())
