"""What models cost, from one table that the user may edit."""

import math
import re
from dataclasses import dataclass

import yaml

from signals.errors import BadInput

_MEND = "write rows such as  'openai:gpt-4o': {input: 2.50, output: 10.00}  (dollars per million tokens)"


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens."""

    input_usd: float
    output_usd: float

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        return (input_tokens * self.input_usd + output_tokens * self.output_usd) / 1e6


@dataclass(frozen=True)
class Prices:
    """Rows of (pattern, price); `*` in a pattern stands for anything, and the first row that fits a model counts."""

    rows: tuple[tuple[str, Price], ...] = ()

    def of(self, model: str) -> Price | None:
        """The price of a model as it is named on the command line; None when no row fits: never a guess."""
        for pattern, price in self.rows:
            if re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), model):
                return price
        return None


def read_prices(text: str, place: str) -> Prices:
    """Reads the table from YAML. Raises BadInput naming `place` and the row."""
    try:
        table = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadInput(place, f"not YAML: {' '.join(str(error).split())}", _MEND) from error
    if table is None:
        return Prices()
    if not isinstance(table, dict):
        raise BadInput(place, "not a table of models", _MEND)
    return Prices(tuple((str(pattern), _price(row, f"{place}, row {pattern!r}")) for pattern, row in table.items()))


def _price(row: object, place: str) -> Price:
    match row:
        case {"input": int() | float() as given, "output": int() | float() as written, **rest} if not rest:
            if all(math.isfinite(usd) and usd >= 0 and not isinstance(usd, bool) for usd in (given, written)):
                return Price(float(given), float(written))
    raise BadInput(place, f"{row!r} is not a price", _MEND)
