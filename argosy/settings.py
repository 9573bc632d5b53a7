"""What the environment says: where things are kept, and which of its values are secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from argosy.agents.models.secret_names import SECRET_NAME
from argosy.signals.errors import BadInput


@dataclass(frozen=True)
class Settings:
    """`home` holds the store's file and the artefacts; `store` is a SQLAlchemy URL, or None for a file in `home`.

    `models` is the user's own table of models, which counts before the one that comes along. `keys` are the variables
    whose names say that they are secret, and `secrets` their values, which must never be written down.
    """

    home: Path
    store: str | None = None
    models: Path | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads ARGOSY_HOME, ARGOSY_STORE and ARGOSY_MODELS, and the variables that are named like secrets.

    Raises BadInput.
    """
    import platformdirs

    environ = os.environ if environ is None else environ
    home = environ.get("ARGOSY_HOME", "").strip()
    store = environ.get("ARGOSY_STORE", "").strip()
    models = environ.get("ARGOSY_MODELS", "").strip()
    if store and "://" not in store:
        mend = "write sqlite:////folder/argosy.db or postgresql://user:password@host/name"
        raise BadInput("ARGOSY_STORE", "not a URL", mend)
    if models and not Path(models).expanduser().is_file():
        raise BadInput("ARGOSY_MODELS", f"there is no file {models}", "name your models.yaml, or unset it")
    keys = {name: value for name, value in environ.items() if value and SECRET_NAME.search(name)}
    return Settings(
        home=Path(home).expanduser() if home else platformdirs.user_data_path("argosy", appauthor=False),
        store=store or None,
        models=Path(models).expanduser() if models else platformdirs.user_config_path("argosy") / "models.yaml",
        keys=keys,
        secrets=tuple(sorted({secret for value in keys.values() for secret in (value, value.strip()) if secret})),
    )
