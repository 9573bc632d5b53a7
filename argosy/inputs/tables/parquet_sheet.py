"""Reading Parquet: a few columns, and with a filter one series of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import Column, as_written, flat
from argosy.inputs.tables.file_start import damaged_parquet
from argosy.signals.errors import BadInput


@dataclass(frozen=True, eq=False)
class ParquetSheet:
    """A Parquet file. It has no header, so that its first row is row 1; within one series rows count from 1 again."""

    path: Path
    columns: tuple[str, ...]
    schema: pa.Schema
    notes: tuple[str, ...] = ()

    @classmethod
    def opened(cls, path: Path) -> "ParquetSheet":
        try:
            schema = pq.read_schema(path)
        except (pa.ArrowException, OSError) as error:
            raise damaged_parquet(path) from error
        return cls(path, tuple(schema.names), schema)

    def read(
        self, names: Sequence[str], only: tuple[str, str] | None = None, as_text: Sequence[str] = ()
    ) -> dict[str, Column]:
        keep = None if only is None else pc.field(only[0]) == self._literal(*only)
        table = self._table(names, keep)
        origin = named(self.path) if only is None else f"{named(self.path)}, series {shown(only[1])}"
        rows = np.arange(1, len(table) + 1, dtype=np.int64)
        columns = {name: Column(origin, name, flat(table[name]), rows) for name in names}
        return {name: as_written(column) if name in as_text else column for name, column in columns.items()}

    def ids(self, column: str) -> tuple[str, ...]:
        found = pc.unique(flat(self._table([column], None)[column]))
        return tuple("" if id is None else str(id) for id in found.to_pylist())

    def _table(self, names: Sequence[str], keep: pc.Expression | None) -> pa.Table:
        for name in names:
            if self.columns.count(name) > 1:
                mend = "name them apart when the file is written"
                raise BadInput(named(self.path), f"two columns are called {shown(name)}", mend)
        try:
            with self.path.open("rb") as file:  # a path instead would be searched for hive partitions
                return pq.read_table(file, columns=list(names), filters=keep)
        except (pa.ArrowException, OSError) as error:
            raise damaged_parquet(self.path) from error

    def _literal(self, column: str, id: str) -> pa.Scalar:
        kind = self.schema.field(column).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        try:
            return pa.scalar(id).cast(kind)
        except pa.ArrowException as error:
            problem = f"no series {shown(id)}: the column holds {kind}"
            raise BadInput(f"{named(self.path)}, column {shown(column)}", problem, "name one that it holds") from error
