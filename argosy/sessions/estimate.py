"""What a session would cost, said before anything is asked: bounds by its counts, and a guess by earlier sessions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import ModelFacts, Price
from argosy.agents.models.chat_speaker import estimate_tokens
from argosy.agents.models.speaker import Role
from argosy.agents.selection import MOST_CALLS as MOST_SELECTION_CALLS
from argosy.eval.splits import split
from argosy.graphs.recording.events import ModelCall
from argosy.graphs.refine.bounds import most_calls
from argosy.models.roles import INSTRUCTION_TOKENS, read_roles, refuse_unaskable, refuse_uncapped
from argosy.models.table import Models
from argosy.prompts import render
from argosy.sessions.request import SessionRequest
from argosy.sessions.run import read_input
from argosy.sessions.speakers import REPLAY
from argosy.store.rows import SessionRow
from argosy.store.sessions import FAILED
from argosy.store.store import Store

SESSIONS = 20
"""How many earlier sessions with the same models are looked at."""

REPLY_TOKENS = 600
"""What a reply is taken to have where no earlier session tells: a rule of forty lines."""

_FREE = ModelFacts(input_usd=0.0, output_usd=0.0)


@dataclass(frozen=True)
class Amount:
    """Calls, tokens and dollars; these are None where a price is not known."""

    calls: float
    input_tokens: float
    output_tokens: float
    usd: float | None

    def __add__(self, other: "Amount") -> "Amount":
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        tokens = self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        return Amount(self.calls + other.calls, *tokens, usd)


@dataclass(frozen=True)
class RoleEstimate:
    """What a role, asked of its models, is expected to use, and what it can use at most."""

    role: Role
    models: tuple[str, ...]
    expected: Amount
    most: Amount


@dataclass(frozen=True)
class Estimate:
    """`seconds` are expected, None where nothing tells. `basis` says what the expectation rests on, `ends` by which
    cap the session is expected to end, None where it stays below them all."""

    roles: tuple[RoleEstimate, ...]
    expected: Amount
    most: Amount
    seconds: float | None
    basis: str
    caps: Caps
    ends: str | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _History:
    """Calls of earlier sessions, and how many candidates these sessions could have had. Seconds of wall clock."""

    sessions: int
    slots: int
    seconds: float
    calls: Mapping[Role, Sequence[ModelCall]]


def estimate(request: SessionRequest, store: Store, models: Models) -> Estimate:
    """Looks at the data as a session would, and at earlier sessions; nothing is sent or run. Raises BadInput."""
    _refuse(request, store, models)
    loaded = read_input(request)
    labels = loaded.labels_to_learn_from()
    splits = split(len(loaded.series), request.validation, request.lockbox)
    history = _history(request, store)
    slots = request.settings.rounds * request.settings.candidates
    if not labels[splits.train].any():
        slots, basis = 0, "training data holds no incident, so no model would be asked"
    elif history.slots:
        basis = f"earlier sessions with the same models, by candidates: {history.sessions}"
    else:
        basis = "no earlier session with these models: each candidate is written once, reviewed once, never repaired"
    roles = tuple(_role(role, request, models, history, slots) for role in Role)
    expected, most = _sum(each.expected for each in roles), _sum(each.most for each in roles)
    seconds = history.seconds / history.slots * slots if history.slots else None
    most = _capped(most, request.caps)
    return Estimate(roles, expected, most, seconds, basis, request.caps, _ends(expected, seconds, request.caps))


def _refuse(request: SessionRequest, store: Store, models: Models) -> None:
    """Raises BadInput for models that the session would refuse."""
    if request.model.startswith(REPLAY):
        store.sessions.find(request.model.removeprefix(REPLAY))
        return
    named = {spec: None for chain in read_roles(request.model).values() for spec in chain}
    refuse_unaskable(named, models, request.settings.prompt_tokens)
    refuse_uncapped(named, models, request.caps)


def _role(role: Role, request: SessionRequest, models: Models, history: _History, slots: int) -> RoleEstimate:
    specs = (request.model,) if request.model.startswith(REPLAY) else read_roles(request.model)[role]
    facts = [_FREE if spec.startswith(REPLAY) else models.of(spec) for spec in specs]
    bound = most_calls(request.settings)[role] if slots else 0
    if request.selecting is not None and role is Role.DETECTION:
        bound += MOST_SELECTION_CALLS
    return RoleEstimate(
        role,
        specs,
        _expected(role, request, history, slots, facts[0].price),
        _most(role, request, bound, facts),
    )


def _expected(role: Role, request: SessionRequest, history: _History, slots: int, price: Price | None) -> Amount:
    if history.slots:
        calls, share = history.calls[role], slots / history.slots
        given = sum(call.input_tokens for call in calls) * share
        return _amount(len(calls) * share, given, sum(call.output_tokens for call in calls) * share, price)
    count = 0 if role is Role.REPAIR else slots
    return _amount(count, count * _prompt_tokens(role, request), count * REPLY_TOKENS, price)


def _most(role: Role, request: SessionRequest, calls: int, facts: Sequence[ModelFacts]) -> Amount:
    """Every second call quotes the reply to the first. Of a fallback chain, the dearest model and the longest reply."""
    reply = max(each.max_output_tokens for each in facts)
    given = calls * (_prompt_tokens(role, request) + reply)
    amounts = [_amount(calls, given, calls * reply, each.price) for each in facts]
    if any(each.usd is None for each in amounts):
        return _amount(calls, given, calls * reply, None)
    return max(amounts, key=lambda each: each.usd or 0.0)


def _prompt_tokens(role: Role, request: SessionRequest) -> int:
    instructions = estimate_tokens(render(role.value, "system"))
    return max(instructions, INSTRUCTION_TOKENS) + request.settings.prompt_tokens


def _amount(calls: float, given: float, written: float, price: Price | None) -> Amount:
    return Amount(calls, given, written, None if price is None else price.usd(round(given), round(written)))


def _sum(amounts: Iterable[Amount]) -> Amount:
    return sum(amounts, Amount(0, 0, 0, 0.0))


def _capped(most: Amount, caps: Caps) -> Amount:
    """A budget bounds what the counts leave."""
    calls = most.calls if caps.calls is None else min(most.calls, caps.calls)
    usd = most.usd if caps.usd is None or most.usd is None else min(most.usd, caps.usd)
    tokens = most.input_tokens + most.output_tokens
    share = 1.0 if caps.tokens is None or tokens <= caps.tokens else caps.tokens / tokens
    return Amount(calls, most.input_tokens * share, most.output_tokens * share, usd)


def _ends(expected: Amount, seconds: float | None, caps: Caps) -> str | None:
    """The first cap that the session is expected to reach."""
    used = {
        "calls": expected.calls,
        "tokens": expected.input_tokens + expected.output_tokens,
        "usd": expected.usd,
        "seconds": seconds,
    }
    for name, cap in asdict(caps).items():
        amount = used[name]
        if cap is not None and amount is not None and amount > cap:
            return name
    return None


def _history(request: SessionRequest, store: Store) -> _History:
    rows = [row for row in store.sessions.newest() if _tells(row, request)][:SESSIONS]
    events = [kept.event for row in rows for kept in store.events.of(row.id)]
    calls = [event for event in events if isinstance(event, ModelCall) and not event.replayed]
    return _History(
        sessions=len(rows),
        slots=sum(int(row.settings["rounds"]) * int(row.settings["candidates"]) for row in rows),
        seconds=sum(float((row.report or {}).get("wall_s", 0.0)) for row in rows),
        calls={role: [call for call in calls if call.role == role] for role in Role},
    )


def _tells(row: SessionRow, request: SessionRequest) -> bool:
    """Whether a session says something of another one: same models, ended by itself, not a fork, not a control."""
    if row.outcome in (None, FAILED, "no_incidents") or row.model != request.model:
        return False
    ended = (row.report or {}).get("ending") not in ("interrupted", "budget_spent")
    kept = row.settings.get("request") or {}
    return ended and not row.settings.get("instead") and bool(kept) and kept.get("fork") is None
