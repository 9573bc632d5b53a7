"""What every run needs from its surroundings, opened once and passed as one."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from argosy.models.table import Models, find_models
from argosy.settings import Settings, read_settings
from argosy.store.store import Store, open_store


@dataclass(frozen=True)
class Workspace:
    """Settings, the open store, the table of models, and a clock of Unix seconds."""

    settings: Settings
    store: Store
    models: Models
    clock: Callable[[], float] = time.time

    def close(self) -> None:
        """Gives back every connection of the store."""
        self.store.close()


def open_workspace(environ: Mapping[str, str] | None = None) -> Workspace:
    """What the environment names: ARGOSY_HOME, ARGOSY_STORE, ARGOSY_MODELS, and the keys of models.

    Raises BadInput for a setting or a table of models that cannot be read, StoreUnavailable with the mend.
    """
    settings = read_settings(environ)
    return Workspace(settings, open_store(settings), find_models(settings))
