"""A file as a signal: a series out of a table, the lines of a log, or records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
import pandas as pd

from argosy.graphs.detect.patterns import SignalKind, kind_of
from argosy.inputs.logs.log_file import LogRequest, read_lines
from argosy.inputs.records.records_file import RecordsRequest, read_records
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.signals.arrays import Bools, Ints
from argosy.signals.incidents import Incident
from argosy.signals.lines import Lines
from argosy.signals.records import Records
from argosy.signals.series import Series
from argosy.signals.shapes import Signal


@dataclass(frozen=True, eq=False)
class ReadSignal:
    """A signal as it was read. `labels`: a bool per point, shape (n,), or None; `incidents` are their runs.

    `numbers`, shape (n,), say where each of some records begins, as a person counts; None where they count from 1.
    `gaps` are the stretches of a series without values, where that is an anomaly.
    """

    signal: Signal
    labels: Bools | None = None
    incidents: tuple[Incident, ...] = ()
    times_known: bool = False
    notes: tuple[str, ...] = ()
    numbers: Ints | None = None
    gaps: tuple[Incident, ...] = ()

    @property
    def kind(self) -> SignalKind:
        return kind_of(self.signal)

    def columns(self) -> Mapping[str, Any]:
        """What it holds, as columns of a table with a row for each point, line or record."""
        match self.signal:
            case Series() as series:
                at = pd.to_datetime(series.seconds, unit="s", utc=True) if self.times_known else series.seconds
                return {"timestamp": at, "value": series.values}
            case Lines() as lines:
                return {"line": [lines.number(place) for place in range(len(lines))], "text": list(lines.texts)}
            case Records() as records:
                return {"record": np.arange(1, len(records) + 1) if self.numbers is None else self.numbers}
        assert_never(self.signal)


def whole_series(table: TableRequest) -> ReadSignal:
    """One series of a table. Raises BadInput."""
    loaded = read_series(table).newest()
    return ReadSignal(
        loaded.series, loaded.labels, loaded.incidents, loaded.times_known, loaded.notes, gaps=loaded.gaps
    )


def read_signal(kind: SignalKind, table: TableRequest) -> ReadSignal:
    """The signal of a file; of a log or records the options that name columns of a series mean nothing, but the label.

    Raises BadInput.
    """
    match kind:
        case SignalKind.SERIES:
            return whole_series(table)
        case SignalKind.LINES:
            lines, labels = read_lines(LogRequest(table.path, label=table.label))
            return ReadSignal(lines, None if labels is None else np.array(labels, dtype=np.bool_))
        case SignalKind.RECORDS:
            read = read_records(RecordsRequest(table.path, reading=table.reading))
            return ReadSignal(read.records, notes=tuple(read.notes), numbers=read.numbers)
    assert_never(kind)
