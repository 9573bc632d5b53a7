"""What a session would cost, said before; and that no session makes more calls than its bound says."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage

import argosy.sessions.run
from argosy.agents.embedded.author import answer
from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import Catalog, ModelFacts
from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import CallKey, Reply, Role, Usage
from argosy.graphs.refine import Settings
from argosy.graphs.refine.bounds import most_calls
from argosy.models.table import Models
from argosy.sessions.estimate import REPLY_TOKENS, estimate
from argosy.sessions.run import run_session
from argosy.settings import Settings as Surroundings
from argosy.signals.errors import BadInput
from argosy.store.store import Store, open_store
from tests.argosy.cli.inprocess import InProcess, opened
from tests.argosy.sessions.killed import request, table
from tests.argosy.workspaces import workspace_of
from tests.graphs.refine.session_data import a_series, refine

pytestmark = pytest.mark.slow

URL = "http://127.0.0.1:1"  # never asked
FACTS = ModelFacts(url=URL, input_usd=2.0, output_usd=8.0, max_output_tokens=1_000)
MODELS = Models(Catalog((("embedded", FACTS), ("house:*", FACTS), ("free:*", ModelFacts(url=URL)))))


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return open_store(Surroundings(tmp_path / "home"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return table(tmp_path / "metric.csv")


def test_without_history_every_candidate_is_written_and_reviewed_once(file: Path, kept: Store) -> None:
    asked = request(file, model="house:qwen", settings=Settings(rounds=3, candidates=4, prompt_tokens=1_000))
    found = estimate(asked, kept, MODELS)
    by_role = {each.role: each for each in found.roles}
    assert [by_role[role].expected.calls for role in Role] == [12, 0, 12]
    assert by_role[Role.DETECTION].most.calls == 2 * 12 * 2
    assert found.expected.output_tokens == 24 * REPLY_TOKENS
    assert found.most.output_tokens == found.most.calls * 1_000
    price = FACTS.price
    assert price is not None
    assert found.expected.usd == pytest.approx(
        price.usd(round(found.expected.input_tokens), round(found.expected.output_tokens))
    )
    assert found.seconds is None
    assert "no earlier session" in found.basis


def test_earlier_sessions_tell_what_to_expect(file: Path, kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argosy.sessions.run, "open_sandbox", opened)
    report = run_session(request(file), workspace_of(kept, MODELS)).report
    same = estimate(request(file), kept, MODELS)
    assert same.expected.calls == report.usage.calls
    assert same.expected.input_tokens == report.usage.input_tokens
    assert same.expected.usd == pytest.approx(report.usage.usd, rel=1e-3)
    assert same.seconds == report.wall_s
    twice = estimate(request(file, settings=Settings(rounds=4, candidates=2)), kept, MODELS)
    assert twice.expected.calls == 2 * report.usage.calls
    assert report.usage.calls <= same.most.calls
    assert report.usage.input_tokens <= same.most.input_tokens


@pytest.mark.parametrize(
    ("caps", "ends"),
    [
        (Caps(), None),
        (Caps(calls=5), "calls"),
        (Caps(tokens=100), "tokens"),
        (Caps(usd=0.001), "usd"),
        (Caps(usd=100.0), None),
    ],
)
def test_a_budget_bounds_what_is_used_at_most(caps: Caps, ends: str | None, file: Path, kept: Store) -> None:
    found = estimate(request(file, model="house:qwen", caps=caps), kept, MODELS)
    assert found.ends == ends
    assert caps.calls is None or found.most.calls == caps.calls
    assert caps.tokens is None or found.most.input_tokens + found.most.output_tokens == pytest.approx(caps.tokens)
    assert caps.usd is None or (found.most.usd or 0.0) <= caps.usd


def test_an_unknown_price_is_not_guessed(file: Path, kept: Store) -> None:
    found = estimate(request(file, model="detection=free:a,repair=house:b,review=house:b"), kept, MODELS)
    assert [each.expected.usd is None for each in found.roles] == [True, False, False]
    assert found.expected.usd is None
    assert estimate(request(file, model="house:a|free:b"), kept, MODELS).most.usd is None


def test_the_dearest_of_a_chain_bounds_it(file: Path, kept: Store) -> None:
    dear = ModelFacts(url=URL, input_usd=20.0, output_usd=80.0, max_output_tokens=1_000)
    models = Models(Catalog((("dear:*", dear), ("house:*", FACTS))))
    chain = estimate(request(file, model="house:a|dear:b"), kept, models)
    alone = estimate(request(file, model="house:a"), kept, models)
    assert chain.expected == alone.expected
    assert chain.most.usd == pytest.approx(10 * (alone.most.usd or 0.0))


def test_nothing_is_asked_about_a_series_without_incidents(tmp_path: Path, kept: Store) -> None:
    path = table(tmp_path / "calm.csv")
    lines = path.read_text().splitlines()
    head, rows = lines[0], [line.split(",") for line in lines[1:]]
    calm = [",".join([i, value, label if int(i) > 900 else "0", mine]) for i, value, label, mine in rows]
    path.write_text("\n".join([head, *calm]))
    found = estimate(request(path), kept, MODELS)
    assert found.most.calls == 0
    assert found.most.usd == 0
    assert "no incident" in found.basis


def test_what_a_session_would_refuse_is_refused(tmp_path: Path, kept: Store) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        estimate(request(tmp_path / "nowhere.csv"), kept, MODELS)


@pytest.mark.parametrize("model", ["gpt-4", "nobody:m", "embedded|gpt-4", "http://", "replay:nowhere", "boss=embedded"])
def test_a_model_that_no_session_could_ask_is_refused(model: str, file: Path, kept: Store) -> None:
    with pytest.raises(BadInput):
        estimate(request(file, model=model), kept, MODELS)


class Nuisance:
    """Answers at second asking only; its drafts look ahead, its mends do at first, and its reviews send back."""

    name = "nuisance"
    is_language_model = False
    parameters: dict[str, float | int | str | None] = {}  # noqa: RUF012

    def __init__(self, verdict: str) -> None:
        self.calls: Counter[Role] = Counter()
        self._verdict = verdict

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        self.calls[key.role] += 1
        if key.attempt % 2 == 0:
            return Reply("Let me think about it.", Usage(1))
        if key.role is Role.REVIEW:
            return Reply(f'{{"verdict": "{self._verdict}", "reason": "so", "feedback": "more"}}', Usage(1))
        text = answer("\n\n".join(str(message.text) for message in messages[:2]), self.calls[key.role])
        if key.role is Role.DETECTION and key.candidate == 1:
            text = text.replace("pd.Series(values)", "pd.Series(values[::-1])", 1)
        return Reply(text, Usage(1))


@pytest.mark.parametrize("verdict", ["accept", "revise", "repair", "discard"])
@pytest.mark.parametrize(("revisions", "repairs"), [(1, 2), (2, 1), (0, 0)])
def test_no_session_makes_more_calls_than_its_bound(verdict: str, revisions: int, repairs: int) -> None:
    settings = Settings(
        rounds=2, candidates=2, evaluations=4, max_revisions=revisions, max_repairs=repairs, stall_rounds=2
    )
    nuisance = Nuisance(verdict)
    refine(InProcess(), nuisance, *a_series(1_000), settings)
    most = most_calls(settings)
    assert nuisance.calls[Role.DETECTION] >= 4
    for role in Role:
        assert nuisance.calls[role] <= most[role], role
