"""How a session read its points, as the store has it."""

from collections.abc import Mapping
from typing import Any

import pydantic

from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.store.rows import SessionRow


def reading_of(row: SessionRow) -> Reading:
    """How a stored session read its points; as usual where the store says nothing of it."""
    table: Mapping[str, Any] = (row.settings.get("request") or {}).get("table") or {}
    kept = table.get("reading")
    return UNSAID if kept is None else pydantic.TypeAdapter(Reading).validate_python(kept)
