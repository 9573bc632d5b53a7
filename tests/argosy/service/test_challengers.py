"""What making a challenger would take, said before it is made."""

import pytest

from argosy.agents.models.catalog import read_catalog
from argosy.graphs.refine.bounds import most_calls
from argosy.models.table import Models
from argosy.service.challengers import price
from argosy.service.refresh_request import RefreshRequest
from tests.argosy.service.line import SMALL

TABLE = """
'embedded': {input_usd: 0, output_usd: 0}
'openai:dear': {input_usd: 10, output_usd: 20}
'openai:cheap': {input_usd: 1, output_usd: 2}
'openai:*': {url: 'https://api.openai.com/v1'}
"""


def priced(model: str) -> float | None:
    """The dollars of a search again with these models."""
    request = RefreshRequest("d", model=model, settings=SMALL)
    return price(most_calls(SMALL), request, Models(read_catalog(TABLE, "models.yaml")))


def test_a_search_is_priced_where_every_price_is_known() -> None:
    dear, cheap = priced("openai:dear"), priced("openai:cheap")
    assert dear is not None
    assert cheap is not None
    assert dear == pytest.approx(10 * cheap)
    assert dear > 0
    assert priced("openai:cheap|openai:dear") == dear
    assert priced("embedded") == priced("replay:s-1") == 0


def test_a_price_that_is_not_known_is_no_guess() -> None:
    assert priced("openai:other") is None
    assert priced("openai:cheap|openai:other") is None
