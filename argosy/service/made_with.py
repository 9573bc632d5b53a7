"""How the points were read that a detector was made on: what changes the points must be the same in service."""

from collections.abc import Iterator, Mapping
from typing import Any

import pydantic

from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.store.rows import DetectorRow
from argosy.store.store import Store


def reading_made_with(store: Store, row: DetectorRow) -> Reading:
    """How the first session of the detector's line read its points; as usual where the store says nothing of it."""
    first = store.detectors.find(store.service.line_of(row.id))
    request: Mapping[str, Any] = store.sessions.find(first.session).settings.get("request") or {}
    kept = (request.get("table") or {}).get("reading")
    return UNSAID if kept is None else pydantic.TypeAdapter(Reading).validate_python(kept)


def reading_notes(made: Reading, asked: Reading) -> Iterator[str]:
    """What is to be said where a detector is asked to look at points read in another way than those it was made on."""
    if asked.gaps not in (None, made.gaps):
        yield f"the detector was made with --gaps {made.gaps or 'ignore'}, and these points are read with {asked.gaps}"
