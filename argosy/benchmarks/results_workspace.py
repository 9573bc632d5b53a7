"""The workspace of a benchmark: the user's models and keys, and a store in the results folder."""

from dataclasses import replace
from pathlib import Path

from argosy.models.table import find_models
from argosy.settings import read_settings
from argosy.store.store import open_store
from argosy.workspace import Workspace

STORE = "store"
"""The folder of the store within a results folder."""


def open_results_workspace(home: Path) -> Workspace:
    """A workspace whose store lies in `home`: ARGOSY_HOME for `argosy show` of the sessions there.

    Raises BadInput and StoreUnavailable.
    """
    settings = replace(read_settings(), home=home, store=None)
    return Workspace(settings, open_store(settings), find_models(settings))
