"""The bundled example: one real curve, to try everything on."""

from importlib.resources import files
from pathlib import Path

EXAMPLE_STEP_S = 60


def example_path() -> Path:
    """Where the example lies: a gzipped CSV with `index`, `value` and `label`, a point every `EXAMPLE_STEP_S` seconds.

    Its source and licence stand beside it in ATTRIBUTION.md.
    """
    return Path(str(files("argosy") / "data" / "kpi-40e25005.csv.gz"))
