"""The copy of what a session looks at: it can be done again when the file has changed, or is gone."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from argosy.inputs.tables.across_gaps import GAP_AUTHOR, GAP_KIND
from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.incidents import Incident
from argosy.signals.series import Series
from argosy.store.store import Store

Array = npt.NDArray[Any]

_NONE: Array = np.zeros((0, 2), dtype=np.int64)


def keep_copy(store: Store, loaded: LoadedSeries) -> str:
    """Keeps series, labels, incidents and the base's column, less secrets in texts; returns the artefact's name.

    Raises StoreUnavailable.
    """
    series, incidents = loaded.series, loaded.incidents
    arrays: dict[str, Array] = {
        "seconds": series.seconds,
        "values": series.values,
        "step_s": np.array(series.step_s),
        "times_known": np.array(loaded.times_known),
        "spans": np.array([(each.start, each.end) for each in incidents], dtype=np.int64).reshape(-1, 2),
    }
    texts = {
        "names": [series.id, loaded.origin.name],
        "notes": list(loaded.notes),
        "kinds": [each.kind for each in incidents],
        "authors": [each.author for each in incidents],
    }
    if loaded.gaps:
        arrays["gaps"] = np.array([(each.start, each.end) for each in loaded.gaps], dtype=np.int64)
    if loaded.labels is not None:
        arrays["labels"] = loaded.labels
    if loaded.base is not None:
        texts["column"] = [loaded.base.column]
        arrays["verdicts"] = loaded.base.verdicts
    clean = store.redaction.text
    return store.artefacts.put_arrays(arrays | {name: _words(map(clean, each)) for name, each in texts.items()})


def read_copy(store: Store, name: str) -> LoadedSeries:
    """What `keep_copy` kept. Raises BadInput when it is not here, StoreUnavailable when it is damaged."""
    arrays = store.artefacts.get_arrays(name)
    texts = {name: arrays[name].tolist() for name in ("names", "notes", "kinds", "authors")}
    spans = zip(arrays["spans"].tolist(), texts["kinds"], texts["authors"], strict=True)
    series = Series(texts["names"][0], arrays["seconds"], arrays["values"], int(arrays["step_s"]))
    return LoadedSeries(
        Path(texts["names"][1]),
        series,
        arrays.get("labels"),
        tuple(Incident(start, end, kind, author) for (start, end), kind, author in spans),
        _base(arrays),
        tuple(texts["notes"]),
        bool(arrays["times_known"]),
        gaps=tuple(Incident(start, end, GAP_KIND, GAP_AUTHOR) for start, end in arrays.get("gaps", _NONE).tolist()),
    )


def _base(arrays: dict[str, Array]) -> BaseColumn | None:
    return BaseColumn(str(arrays["column"][0]), arrays["verdicts"]) if "verdicts" in arrays else None


def _words(texts: "map[str]") -> Array:
    """Texts as an array. NumPy drops zero characters from their ends, and nobody needs these."""
    words = list(texts)
    return np.array(words, dtype=np.str_) if words else np.zeros(0, dtype="U1")
