"""A Prometheus server as a source: one PromQL expression by `query_range`, in as many pages as it takes.

Answers stand on a grid of multiples of the step, so that what is asked today and tomorrow falls on the same seconds.
A series that is stale, or whose target was down, has no points there: the gap policy says what that means.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import numpy as np
import pydantic
import requests

from argosy.inputs.quoting import on_one_line
from argosy.inputs.sources.addresses import check_kept, standing_in, without_password
from argosy.inputs.sources.deadline import Deadline
from argosy.inputs.sources.errors import NoData, SourceUnavailable
from argosy.inputs.sources.source import Stretch
from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.cells import LARGEST_VALUE
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.times import LATEST_S
from argosy.signals.arrays import Floats, Ints
from argosy.signals.counters import only_rises
from argosy.signals.errors import BadInput
from argosy.signals.series import Series

PAGE_POINTS = 10_000
"""Prometheus refuses more than 11,000 points a series in one answer."""

LARGEST_BYTES = 64 << 20
SHOWN_SERIES = 4

_SELECTOR = re.compile(r"^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{[^{}]*\})?\s*$")
_COUNTER_NAMES = ("_total", "_count", "_sum", "_bucket")
_MOST_RESTARTS = 0.02
_ADDRESS = "write --prometheus http://host:9090"

_Second = Annotated[float, pydantic.Field(ge=0, le=LATEST_S)]


class PrometheusSeries(pydantic.BaseModel):
    """One series of an answer: its labels, and pairs of Unix seconds and value; a value is text such as `NaN`."""

    metric: dict[str, str]
    values: list[tuple[_Second, float]]


class _Matrix(pydantic.BaseModel):
    resultType: Literal["matrix"]  # noqa: N815  the field's name in the answer
    result: list[PrometheusSeries]


class PrometheusAnswer(pydantic.BaseModel):
    """What `query_range` answers when all is well. What does not fit is no answer of a Prometheus."""

    status: Literal["success"]
    data: _Matrix
    warnings: list[str] = []


class _Refusal(pydantic.BaseModel):
    """What may be read of any other answer."""

    status: str = ""
    errorType: str = ""  # noqa: N815  the field's name in the answer
    error: str = ""

    @staticmethod
    def of(body: bytes) -> "_Refusal":
        try:
            return _Refusal.model_validate_json(body)
        except pydantic.ValidationError:
            return _Refusal()


@dataclass(frozen=True)
class PrometheusSource:
    """One series: what `query` gives, every `step_s` seconds. `base_query` gives the scores of the base, named `base`.

    `timeout_s` is for one page, `within_s` for all of them.
    """

    url: str
    query: str
    step_s: int
    base_query: str | None = None
    base: str | None = None
    timeout_s: float = 30.0
    within_s: float = 600.0

    def load(self, stretch: Stretch) -> LoadedSeries:
        refuse_counter(self.query)
        asking = _Asking(self.url, self.step_s, self.timeout_s, time.monotonic() + self.within_s)
        seconds, values, notes = asking.series(self.query, stretch)
        if not len(seconds):
            raise NoData(f"{asking.place}: {self.query!r} has no point from {stretch}")
        _refuse_raw(self.query, values)
        present = ~np.isnan(values)
        if not present.any():
            raise NoData(f"{asking.place}: {self.query!r} is not a number at any point from {stretch}")
        series = Series(_name(self.query), seconds, values, self.step_s)
        base = self._base(asking, stretch, seconds)
        return LoadedSeries(Path(f"prometheus:{asking.host}"), series, None, (), base, tuple(notes), True)

    def check(self, now: int) -> tuple[str, ...]:
        """Asks each query once, for the last step. What is to be noted of it: no point there, or no answer.

        Raises BadInput for a query that the server refuses, and for one that gives several series.
        """
        queries = [self.query] if self.base_query is None else [self.query, self.base_query]
        asking = _Asking(self.url, self.step_s, self.timeout_s, time.monotonic() + self.within_s)
        return tuple(note for query in queries for note in asking.notes_of(query, Stretch(now - self.step_s, now)))

    def _base(self, asking: "_Asking", stretch: Stretch, seconds: Ints) -> BaseColumn | None:
        if self.base_query is None or self.base is None:
            return None
        at, scores, _ = asking.series(self.base_query, stretch)
        found = np.full(len(seconds), np.nan)
        _, here, there = np.intersect1d(seconds, at, assume_unique=True, return_indices=True)
        found[here] = scores[there]
        return BaseColumn(self.base, found)


def check_server(url: str) -> None:
    """Raises BadInput for what cannot be the address of a server, and for one with a password in it."""
    check_kept("--prometheus", url)
    try:
        parts = urlsplit(standing_in(url))
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise BadInput(f"--prometheus {without_password(url)}", "is no address of a server", _ADDRESS)


def refuse_counter(query: str) -> None:
    """Raises BadInput for a bare counter, by its name: it only rises, until its process starts again."""
    match = _SELECTOR.match(query)
    if match and match[1].endswith(_COUNTER_NAMES):
        mend = f"ask for rate({query.strip()}[5m]), which knows of counter resets"
        raise BadInput(f"--query {query!r}", "is a counter by its name, and starts again at every restart", mend)


def _refuse_raw(query: str, values: Floats) -> None:
    """Raises BadInput for a bare metric that only rises, and now and then falls to nearly nothing."""
    if not _SELECTOR.match(query):
        return
    found, moves = only_rises(values), int((~np.isnan(values)).sum()) - 1
    if found is not None and 0 < found.restarts <= _MOST_RESTARTS * moves and found.rises > moves / 2:
        count = found.restarts
        problem = f"only rises, save for {count} {'time' if count == 1 else 'times'} at which it starts again"
        mend = f"if it is a counter, ask for rate({query.strip()}[5m]); if not, for {query.strip()} + 0"
        raise BadInput(f"--query {query!r}", problem, mend)


def _name(query: str) -> str:
    return " ".join(query.split())


class _Asking:
    """The requests of one load."""

    def __init__(self, url: str, step_s: int, timeout_s: float, until: float) -> None:
        self._url, self._step_s, self._timeout_s, self._until = url.rstrip("/"), step_s, timeout_s, until
        self.place = without_password(self._url)
        self.host = self.place.partition("://")[2] or self.place

    def series(self, query: str, stretch: Stretch) -> tuple[Ints, Floats, list[str]]:
        """The points of the only series that the query gives. Raises BadInput where there are several."""
        pages: list[list[tuple[float, float]]] = []
        notes: list[str] = []
        labels: dict[str, str] | None = None
        for start, end in self._pages(stretch):
            answer = self._ask({"query": query, "start": start, "end": end, "step": self._step_s})
            notes += [f"Prometheus warns: {on_one_line(each)}" for each in answer.warnings[:SHOWN_SERIES]]
            found = answer.data.result
            for each in found:
                if len(found) > 1 or (labels is not None and each.metric != labels):
                    raise self._several(query, found, labels)
                labels = each.metric
                pages.append(each.values)
        points = [point for page in pages for point in page]
        seconds = np.array([round(float(at)) for at, _ in points], dtype=np.int64)
        values = np.array([value for _, value in points], dtype=np.float64)
        wild = ~np.isnan(values) & (np.abs(values) > LARGEST_VALUE)
        if wild.any():
            notes.append(f"infinite or absurd values, taken as missing: {int(wild.sum()):,}")
            values[wild] = np.nan
        return seconds, values, list(dict.fromkeys(notes))

    def notes_of(self, query: str, stretch: Stretch) -> Iterator[str]:
        """What is to be noted of a query before anybody relies on it."""
        try:
            seconds, _, notes = self.series(query, stretch)
        except SourceUnavailable as error:
            yield f"{query!r} was not checked: {error}"
            return
        yield from notes
        if not len(seconds):
            yield f"{query!r} has no point from {stretch} at {self.place}"

    def _pages(self, stretch: Stretch) -> Iterator[tuple[int, int]]:
        step_s = self._step_s
        start, last = -(-stretch.since // step_s) * step_s, stretch.until // step_s * step_s
        while start <= last:
            end = min(last, start + (PAGE_POINTS - 1) * step_s)
            yield start, end
            start = end + step_s

    def _ask(self, parameters: Mapping[str, object]) -> "PrometheusAnswer":
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise self._unavailable("the pages together took too long", "ask for a shorter stretch, or a longer step")
        timeout_s = min(self._timeout_s, left_s)
        status, body = self._body(parameters, timeout_s)
        try:
            answer = PrometheusAnswer.model_validate_json(body)
        except pydantic.ValidationError as error:
            raise self._refused(status, _Refusal.of(body)) from error
        return answer

    def _body(self, parameters: Mapping[str, object], timeout_s: float) -> tuple[int, bytes]:
        """The status and the whole body of an answer, all within a time and a size."""
        sent = {**parameters, "timeout": f"{max(1, round(1000 * timeout_s))}ms"}
        options: dict[str, Any] = {"data": sent, "timeout": timeout_s, "stream": True, "allow_redirects": False}
        deadline = Deadline(timeout_s)
        try:
            with deadline.session() as session, session.post(f"{self._url}/api/v1/query_range", **options) as reply:
                body = self._whole(reply)
        except requests.exceptions.RequestException as error:
            raise self._not_asked(error, deadline, timeout_s) from error
        if deadline.passed:  # what was cut may look whole where no length was given
            raise self._late(timeout_s)
        return reply.status_code, body

    def _whole(self, reply: requests.Response) -> bytes:
        body = bytearray()
        for chunk in reply.iter_content(1 << 16):
            body += chunk
            if len(body) > LARGEST_BYTES:
                raise BadInput(self.place, f"an answer of more than {LARGEST_BYTES >> 20} MiB", "select one series")
        return bytes(body)

    def _late(self, timeout_s: float) -> SourceUnavailable:
        return self._unavailable(f"no answer within {timeout_s:g} s", "make the query cheaper")

    def _not_asked(self, error: Exception, deadline: Deadline, timeout_s: float) -> Exception:
        if deadline.passed or isinstance(error, requests.exceptions.Timeout):
            return self._late(timeout_s)
        if isinstance(error, requests.exceptions.ConnectionError):
            return self._unavailable("does not answer", "start it, or correct --prometheus")
        if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
            return self._unavailable("breaks off within its answer", "see to the server")
        return BadInput(self.place, f"cannot be asked ({type(error).__name__})", _ADDRESS)

    def _refused(self, status: int, answer: "_Refusal") -> Exception:
        """Prometheus says bad_data for a query that is wrong; its other errors, and a proxy's, may pass."""
        said = on_one_line(answer.error) or f"HTTP {status}"
        if answer.status == "success":
            return self._unavailable("answers with no matrix of series", "check that --prometheus is a Prometheus")
        if answer.errorType == "bad_data" or status in (400, 422):
            if answer.errorType == "timeout":
                return self._unavailable(said, "make the query cheaper")
            return BadInput(f"{self.place}, --query", said, "mend the query; try it in Prometheus' own page")
        if status in (401, 403):
            return BadInput(
                self.place, f"refuses (HTTP {status})", "give a user and a password, as ${NAME}, in --prometheus"
            )
        if 300 <= status < 400 or status == 404:
            return BadInput(self.place, f"is no Prometheus (HTTP {status})", _ADDRESS)
        return self._unavailable(said, "see to the server")

    def _several(self, query: str, found: list["PrometheusSeries"], labels: Mapping[str, str] | None) -> BadInput:
        names = [json.dumps(each, sort_keys=True) for each in ([labels] if labels else []) + [x.metric for x in found]]
        names = list(dict.fromkeys(names))
        listed = ", ".join(names[:SHOWN_SERIES]) + (", …" if len(names) > SHOWN_SERIES else "")
        mend = "select one by its labels, or aggregate, such as sum(…)"
        return BadInput(f"{self.place}, --query {query!r}", f"gives {len(names)} series: {listed}", mend)

    def _unavailable(self, problem: str, mend: str) -> SourceUnavailable:
        return SourceUnavailable(self.place, problem, mend)
