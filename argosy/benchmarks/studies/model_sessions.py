"""What sessions with a model came to: runnable replies before and after Repair, tokens, accepted rules, and time.

Reads transcripts of sessions that have ended; nothing is asked. Run it as:
python -m argosy.benchmarks.studies.model_sessions s-… s-… --out sessions.csv
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from argosy.agents.models.speaker import Role
from argosy.graphs.recording.events import Decision, Event, ModelCall, SandboxJob
from argosy.settings import read_settings
from argosy.signals.errors import BadInput
from argosy.store.store import Store, open_store
from argosy.terminal import print_json

_TUNED = re.compile(r"tune c(\d+)\.(\d+)")


@dataclass(frozen=True)
class ModelSession:
    """One session in figures.

    `rules` were asked for and answered; of these `ran_at_once` kept their contract as they were written, and `ran` did
    so after Repair, where it was needed. Tokens are those that the server counted. Seconds are of the wall clock,
    without those between a kill and the resume: `model_s` while a model was asked, `sandbox_s` while rules ran and no
    model was asked, `rest_s` the others.
    """

    session: str
    series: str
    model: str
    outcome: str
    calls: int
    rules: int
    ran_at_once: int
    ran: int
    accepted: int
    fused: int
    input_tokens: int
    output_tokens: int
    longest_prompt: int
    model_s: float
    sandbox_s: float
    rest_s: float
    base: float | None
    fusion: float | None


def read_session(store: Store, name: str) -> ModelSession:
    """The figures of a session that has ended. Raises BadInput for one that has not, and StoreUnavailable."""
    row = store.sessions.find(name)
    if row.ended is None or row.report is None or "scores" not in row.report:
        raise BadInput(f"session {row.id}", "has no report", "name a session that wrote rules and has ended")
    events = [each.event for each in store.events.of(row.id)]
    calls = [each for each in events if isinstance(each, ModelCall)]
    jobs = [each for each in events if isinstance(each, SandboxJob)]
    written = {(each.round, each.candidate) for each in calls if each.role == Role.DETECTION}
    mended = {(each.round, each.candidate) for each in calls if each.role == Role.REPAIR}
    clean = {(int(found[1]), int(found[2])) for each in jobs if (found := _TUNED.match(each.purpose))}
    asking = _spans(calls)
    model_s = _length(asking)
    busy_s = _length([*asking, *_spans(jobs)])
    scores = row.report["scores"]
    return ModelSession(
        session=row.id,
        series=row.series,
        model=row.model,
        outcome=row.outcome or "",
        calls=len(calls),
        rules=len(written),
        ran_at_once=len((written & clean) - mended),
        ran=len(written & clean),
        accepted=sum(isinstance(each, Decision) and each.verdict == "accepted" for each in events),
        fused=len(row.report["rules"]),
        input_tokens=sum(each.input_tokens for each in calls),
        output_tokens=sum(each.output_tokens for each in calls),
        longest_prompt=max((each.input_tokens for each in calls), default=0),
        model_s=round(model_s, 1),
        sandbox_s=round(busy_s - model_s, 1),
        rest_s=round(max(0.0, row.report["wall_s"] - busy_s), 1),
        base=scores["base"]["lockbox"]["objective"],
        fusion=scores["fused"]["lockbox"]["objective"],
    )


def _spans(events: Iterable[Event]) -> list[tuple[float, float]]:
    return [(each.at - each.seconds, each.at) for each in events if isinstance(each, ModelCall | SandboxJob)]


def _length(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds that at least one of the spans covers."""
    covered, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, until))
        until = max(until, end)
    return covered


def summary(sessions: Sequence[ModelSession]) -> dict[str, float | int]:
    """All sessions together; rates are of all rules, calls and tokens, not means of rates."""
    rules, calls = sum(each.rules for each in sessions), sum(each.calls for each in sessions)
    total_s = sum(each.model_s + each.sandbox_s + each.rest_s for each in sessions)
    return {
        "sessions": len(sessions),
        "calls": calls,
        "rules": rules,
        "ran_at_once_%": _percent(sum(each.ran_at_once for each in sessions), rules),
        "ran_after_repair_%": _percent(sum(each.ran for each in sessions), rules),
        "accepted_per_100_calls": _percent(sum(each.accepted for each in sessions), calls),
        "input_tokens_a_rule": round(sum(each.input_tokens for each in sessions) / max(rules, 1)),
        "output_tokens_a_rule": round(sum(each.output_tokens for each in sessions) / max(rules, 1)),
        "model_%": _percent(sum(each.model_s for each in sessions), total_s),
        "sandbox_%": _percent(sum(each.sandbox_s for each in sessions), total_s),
        "rest_%": _percent(sum(each.rest_s for each in sessions), total_s),
    }


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1) if whole else float("nan")


def main(
    sessions: Annotated[list[str], typer.Argument(help="Ids of sessions, or their beginnings.")],
    out: Annotated[Path | None, typer.Option(help="CSV to write, a row a session.")] = None,
) -> None:
    """Prints the figures of sessions with a model, one by one and together, as JSON."""
    store = open_store(read_settings())
    try:
        found = [read_session(store, name) for name in sessions]
    except BadInput as error:
        typer.echo(f"argosy: {error}", err=True)
        raise typer.Exit(2) from error
    if out:
        pd.DataFrame([asdict(each) for each in found]).to_csv(out, index=False)
    print_json({"sessions": [asdict(each) for each in found], "together": summary(found)})


if __name__ == "__main__":
    typer.run(main)
