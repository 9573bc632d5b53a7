"""A table in memory, such as the answer to a query, as a sheet that a connector reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import Column, as_written, flat, trimmed
from argosy.signals.errors import BadInput


@dataclass(frozen=True, eq=False)
class ArrowSheet:
    """`path` stands in messages for where the table came from; rows count from 1."""

    path: Path
    table: pa.Table
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.table.column_names)

    def read(
        self, names: Sequence[str], only: tuple[str, str] | None = None, as_text: Sequence[str] = ()
    ) -> dict[str, Column]:
        columns = {name: as_written(self._column(name)) if name in as_text else self._column(name) for name in names}
        if only is None:
            return columns
        keep = pc.fill_null(pc.equal(self._texts(only[0]), only[1]), False).to_numpy(False)
        return {name: column.taken(keep) for name, column in columns.items()}

    def ids(self, column: str) -> tuple[str, ...]:
        return tuple(str(each) for each in pc.unique(self._texts(column)).drop_null().to_pylist() if each)

    def _texts(self, name: str) -> pa.Array:
        column = self._column(name)
        return trimmed(column.with_cells(column.cells.cast(pa.string()))).cells

    def _column(self, name: str) -> Column:
        if self.columns.count(name) > 1:
            raise BadInput(named(self.path), f"two columns are called {shown(name)}", "name one otherwise in the query")
        rows = np.arange(1, self.table.num_rows + 1, dtype=np.int64)
        return Column(named(self.path), name, flat(self.table.column(name)), rows)
