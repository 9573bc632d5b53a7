"""Embeddings asked of a real server on loopback: batches, budget, retries, and answers that cannot be compared."""

from collections.abc import Iterator

import numpy as np
import pytest

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.embeddings import BATCH_TEXTS, EndpointEmbedder
from argosy.agents.models.speaker import ModelUnavailable
from argosy.detectors.records.embedder import Document
from argosy.graphs.recording.redaction import Redaction
from argosy.signals.errors import BadInput
from tests.agents.models.embeddings_server import EmbeddingsServer, embedding, letters
from tests.agents.models.hostile_server import hostile, sends

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("socket_enabled")]


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with embedding() as state:
        yield state


def embedder(server: EmbeddingsServer, caps: Caps | None = None, **facts: object) -> EndpointEmbedder:
    known = ModelFacts.model_validate({"retries": 0, "timeout_s": 5.0} | facts)
    budget = Budget(caps or Caps(), lambda: 0.0)
    return EndpointEmbedder(f"{server.url}#m", known, key="k-12345678", budget=budget)


def documents(*texts: str) -> list[Document]:
    return [[("text", text)] if text else [] for text in texts]


def test_every_text_is_asked_for_once_in_batches_and_read_in_its_own_order(server: EmbeddingsServer) -> None:
    server.backwards = True
    asked = documents(*[f"line {i % 50}" for i in range(120)], "")
    one = embedder(server, input_usd=1.0, output_usd=0.0)
    vectors = one.fit(asked).embed(asked)
    assert [len(batch) for batch in server.asked] == [BATCH_TEXTS, 51 - BATCH_TEXTS]
    np.testing.assert_array_equal(vectors[:120], [letters(f"line {i % 50}") for i in range(120)])
    assert (one.usage.calls, one.usage.input_tokens, one.usage.estimated) == (2, 10, False)
    assert one.usage.usd == pytest.approx(10 / 1e6)
    one.embed(asked)
    assert len(server.asked) == 2
    assert server.bodies[0]["encoding_format"] == "float"


def test_several_fields_are_written_line_by_line_and_long_ones_cut(server: EmbeddingsServer) -> None:
    one = embedder(server)
    one.embed([[("city", "Rome"), ("app", "mail")], [("text", "x" * 9_000)]])
    assert server.asked[0][0] == "city: Rome\napp: mail"
    assert len(server.asked[0][1]) == 6_000
    assert "first 6,000 characters" in one.notes[0]


@pytest.mark.parametrize("within", [True, False])
def test_another_dimension_is_refused_in_one_line(server: EmbeddingsServer, within: bool) -> None:
    one = embedder(server)
    if within:
        server.vector = lambda text: [1.0] * (4 if text == "a" else 3)
    else:
        server.dimensions = [4, 3]
        one.embed(documents("x"))
    with pytest.raises(ModelUnavailable, match=r"a vector has 3 numbers where those before it had 4") as raised:
        one.embed(documents("a", "b"))
    assert "\n" not in str(raised.value)


ONE = '"index": 0, "embedding"'
NO_ANSWERS = [
    "", "[]", "null", "7", "{}", '{"data": null}', '{"data": []}', '{"data": [7]}', '{"data": [{"index": 0}]}',
    f'{{"data": [{{{ONE}: null}}]}}', f'{{"data": [{{{ONE}: "AAAA"}}]}}', f'{{"data": [{{{ONE}: []}}]}}',
    f'{{"data": [{{{ONE}: [null]}}]}}', f'{{"data": [{{{ONE}: [[1]]}}]}}', f'{{"data": [{{{ONE}: [1e400]}}]}}',
    f'{{"data": [{{{ONE}: [{"9" * 400}]}}]}}', f'{{"data": [{{{ONE}: [{"9" * 9_000}]}}]}}',
    f'{{"data": [{{{ONE}: [1]}}, {{{ONE}: [2]}}]}}', '{"data": [{"index": -1, "embedding": [1]}]}',
    f'{{"data": [{{"index": {"9" * 400}, "embedding": [1]}}]}}', "[" * 100_000, '{"data":' * 50_000,
]  # fmt: skip


@pytest.mark.parametrize("body", NO_ANSWERS, ids=range(len(NO_ANSWERS)))
def test_an_answer_that_is_none_is_one_line(body: str) -> None:
    with hostile(sends(body.encode())) as server, pytest.raises(ModelUnavailable) as raised:
        EndpointEmbedder(f"{server.url}#m", ModelFacts(retries=0), key=None, budget=Budget(Caps(), lambda: 0.0)).embed(
            documents("a")
        )
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 700


def test_too_few_vectors_and_no_numbers_are_refused(server: EmbeddingsServer) -> None:
    server.forgets = True
    with pytest.raises(ModelUnavailable, match="1 vectors came for 2 texts"):
        embedder(server).embed(documents("a", "b"))
    server.forgets, server.vector = False, lambda _text: [float("nan")]
    with pytest.raises(ModelUnavailable, match="no number"):
        embedder(server).embed(documents("a"))


def test_retries_are_bounded_and_a_failure_names_its_mend_without_the_key(server: EmbeddingsServer) -> None:
    server.statuses = [500, 200]
    assert embedder(server, retries=1).embed(documents("a")).shape == (1, 4)
    server.statuses = [500, 500, 200]
    with pytest.raises(ModelUnavailable, match="the server failed"):
        embedder(server, retries=1).embed(documents("b"))
    server.statuses = [401]
    with pytest.raises(ModelUnavailable, match="the key was refused") as raised:
        embedder(server).embed(documents("c"))
    assert "k-12345678" not in str(raised.value)


def test_a_spent_budget_leaves_the_rest_without_vectors_and_says_so(server: EmbeddingsServer) -> None:
    one = embedder(server, Caps(calls=1))
    vectors = one.embed(documents(*[f"text {i}" for i in range(40)]))
    assert np.isfinite(vectors[:BATCH_TEXTS]).all()
    assert np.isnan(vectors[BATCH_TEXTS:]).all()
    assert "cap of 1 calls" in one.notes[0]
    assert len(server.asked) == 1


def test_tokens_are_estimated_where_the_server_counts_none(server: EmbeddingsServer) -> None:
    server.tokens = None
    one = embedder(server)
    one.embed(documents("some text"))
    assert one.usage.estimated
    assert one.usage.input_tokens > 0


def test_secrets_are_taken_out_before_anything_is_sent(server: EmbeddingsServer) -> None:
    spec, budget = f"{server.url}#m", Budget(Caps(), lambda: 0.0)
    one = EndpointEmbedder(spec, ModelFacts(retries=0), key=None, budget=budget, clean=Redaction().text)
    one.embed(documents("login with password=hunter2hunter2"))
    assert server.asked == [["login with password=[removed: secret]"]]


def test_names_of_no_known_form_and_missing_keys_are_refused() -> None:
    budget = Budget(Caps(), lambda: 0.0)
    with pytest.raises(BadInput, match="--embed nonsense"):
        EndpointEmbedder("nonsense", ModelFacts(), key=None, budget=budget)
    facts = ModelFacts(url="https://api.example/v1", key="SOME_KEY")
    with pytest.raises(BadInput, match="set SOME_KEY"):
        EndpointEmbedder("openai:text-embedding-3-small", facts, key=None, budget=budget)


@pytest.mark.parametrize("name", ["_read", "_measured"])
@pytest.mark.parametrize("fault", [TypeError, LookupError, AttributeError, ValueError])
def test_a_fault_of_ours_is_no_outage(
    server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch, name: str, fault: type[Exception]
) -> None:
    def breaks(*_: object) -> None:
        raise fault("ours")

    monkeypatch.setattr(EndpointEmbedder, name, breaks)
    with pytest.raises(fault, match="ours"):
        embedder(server).embed(documents("a"))


@pytest.mark.parametrize(
    "body",
    [b"7", b"[]", b"{}", b'{"data": 3}', b'{"data": [3]}', b'{"data": [{"index": 0}]}', b"<html>", b"[" * 100_000,
     b'{"data": [{"index": [], "embedding": [1.0]}]}', b'{"data": [{"index": 0, "embedding": "AAAA"}]}'],
)  # fmt: skip
def test_an_answer_without_embeddings_is_an_outage(body: bytes) -> None:
    facts = ModelFacts(retries=0, timeout_s=5.0)
    with hostile(sends(body)) as other, pytest.raises(ModelUnavailable, match=r"/v1|came for"):
        EndpointEmbedder(f"{other.url}#m", facts, key=None, budget=Budget(Caps(), lambda: 0.0)).embed(documents("a"))
