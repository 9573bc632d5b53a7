"""Where model prices are found: the user's own table first, then the one that comes along."""

from importlib.resources import files

from agents.prices import Prices, read_prices
from argosy.settings import Settings
from signals.errors import BadInput


def find_prices(settings: Settings) -> Prices:
    """Both tables as one, the user's rows first. Raises BadInput for a table that cannot be read."""
    packaged = files("argosy") / "prices.yaml"
    rows = read_prices(packaged.read_text("utf-8"), "argosy/prices.yaml").rows
    own = settings.prices
    if own is not None and own.is_file():
        try:
            text = own.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(str(own), f"cannot be read: {error}", "mend it or remove it") from error
        rows = (*read_prices(text, str(own)).rows, *rows)
    return Prices(rows)
