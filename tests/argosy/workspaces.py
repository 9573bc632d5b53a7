"""A workspace round an open store, for runs that need no settings of a user's."""

import time
from collections.abc import Callable
from pathlib import Path

from argosy.models.table import Models, find_models
from argosy.settings import Settings
from argosy.store.store import Store
from argosy.workspace import Workspace


def workspace_of(store: Store, models: Models | None = None, clock: Callable[[], float] = time.time) -> Workspace:
    """The store with these models, by default those of the packaged table."""
    settings = Settings(Path())
    return Workspace(settings, store, models or find_models(settings), clock)
