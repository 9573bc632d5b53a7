"""What the environment says: where things are kept, and which of its values are secret."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from signals.errors import BadInput

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD)$", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """`home` holds the store's file and the artefacts; `store` is a SQLAlchemy URL, or None for a file in `home`.

    `prices` is the user's own table of model prices, which counts before the one that comes along. `openai_key` goes
    to OpenAI alone, `server_key` to servers named by URL. `secrets` are the values that must never be written down.
    """

    home: Path
    store: str | None = None
    prices: Path | None = None
    openai_key: str | None = field(default=None, repr=False)
    server_key: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def key_for(self, model: str) -> str | None:
        """The key that this model's server may see."""
        return self.openai_key if model.startswith("openai:") else self.server_key


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads ARGOSY_HOME, _STORE, _PRICES and _SERVER_KEY and OPENAI_API_KEY; notes the values of keys as secret.

    Raises BadInput.
    """
    import platformdirs

    environ = os.environ if environ is None else environ
    home = environ.get("ARGOSY_HOME", "").strip()
    store = environ.get("ARGOSY_STORE", "").strip()
    prices = environ.get("ARGOSY_PRICES", "").strip()
    if store and "://" not in store:
        mend = "write sqlite:////folder/argosy.db or postgresql://user:password@host/name"
        raise BadInput("ARGOSY_STORE", "not a URL", mend)
    return Settings(
        home=Path(home).expanduser() if home else platformdirs.user_data_path("argosy", appauthor=False),
        store=store or None,
        prices=Path(prices).expanduser() if prices else platformdirs.user_config_path("argosy") / "prices.yaml",
        openai_key=environ.get("OPENAI_API_KEY", "").strip() or None,
        server_key=environ.get("ARGOSY_SERVER_KEY", "").strip() or None,
        secrets=tuple(sorted({value for name, value in environ.items() if value and _SECRET_NAME.search(name)})),
    )
