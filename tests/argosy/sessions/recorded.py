"""A store with one session in it, recorded through the wrappers that real sessions use."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from argosy.agents.models.speaker import CallKey, Role
from argosy.detectors.rules.rule import Direction, read_rule
from argosy.graphs.recording.events import Decision, ScoreMeasured
from argosy.graphs.recording.recorder import RecordedSandbox, RecordedSpeaker, span
from argosy.sandbox.protocol import Broke, Evaluation, Input, Job, Outcome, Ran
from argosy.sessions.report import Report
from argosy.settings import Settings
from argosy.store.rows import MemberRow, RuleRole
from argosy.store.store import Store, StoreRecorder, open_store
from tests.scripted import ScriptedModel, scripted_speaker

SOURCE = '''"""Flags a drop below the recent median."""
import numpy as np

PARAMS = {"window": (60, 10, 720), "threshold": (6.0, 2.0, 30.0)}


def detect(values, seconds, *, window, threshold):
    return values < -threshold
'''
BROKEN = SOURCE.replace("-threshold", "-treshold")
EVIL = "\x1b[2J\x1b]0;owned\x07 [bold]not markup[/bold] \u202eesrever"

START = 1795449109.0  # 2026-11-23 15:51:49 UTC


def ticking(start: float = START, step: float = 0.25) -> Callable[[], float]:
    """A clock that moves on by `step` seconds whenever it is read."""
    ticks = count()
    return lambda: start + step * next(ticks)


def tokens() -> Callable[[], str]:
    """Tokens 0001, 0002, …"""
    numbers = count(1)
    return lambda: f"{next(numbers):04x}"


def open_at(home: Path, *secrets: str) -> Store:
    return open_store(Settings(home, secrets=secrets), ticking(), tokens())


class Answering:
    """A sandbox that answers with these outcomes."""

    name = "answering"
    sealed = True

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = outcomes
        self.closed = False

    def run(self, job: Job) -> tuple[Outcome, ...]:
        return self.outcomes

    def close(self) -> None:
        self.closed = True


def job(source: str) -> Job:
    series = Input(np.zeros(3), np.arange(3, dtype=np.int64))
    return Job(source, (series,), (Evaluation({"window": 60}), Evaluation({"window": 90})))


def messages(words: str = "Write a rule.") -> list[BaseMessage]:
    return [SystemMessage("You write rules."), HumanMessage("\n".join([words, *(f"line {i}" for i in range(40))]))]


def figures(value: float) -> dict[str, float | int | None]:
    return {
        "event_f1_pa": value,
        "point_f1": value,
        "event_f1_k10": value,
        "auc_pr": float("nan"),
        "objective": value,
        "incidents": 4,
        "detected": 3,
        "false_points": 1200,
    }


def report(session: str, rule: str) -> Report:
    by_part = {part: figures(0.5) for part in ("train", "validation", "lockbox")}
    fused = by_part | {"lockbox": figures(0.75)}
    return Report.model_validate(
        {
            "session": session,
            "series": {"id": "kpi-1", "points": 900, "step_s": 60, "incidents": 7},
            "model": "scripted",
            "base": {"name": "ewma", "threshold": float("nan")},
            "outcome": "fused",
            "ending": "stalled",
            "splits": {"train": {"points": 450, "incidents": 3}, "lockbox": {"start": 630, "stop": 900}},
            "rules": [
                {
                    "id": rule,
                    "direction": "flag",
                    "summary": f"Flags a drop {EVIL}",
                    "params": {"window": 60, "threshold": 5.5},
                    "scores": by_part,
                }
            ],
            "scores": {"base": by_part, "fused": fused},
            "usage": {"calls": 2, "input_tokens": 2600, "output_tokens": 420, "usd": 0.025},
            "wall_s": 12.5,
            "notes": ["validation holds one incident only"],
        }
    )


def record_session(store: Store) -> tuple[str, str]:
    """Records two rounds, keeps the rule and the report; returns the ids of session and rule."""
    row = store.sessions.begin("kpi-1", 900, "scripted", "auto", 7, {"rounds": 2})
    recorder, clock = StoreRecorder(store, row.id), ticking()
    speaker = scripted_speaker(
        ScriptedModel(answers=[f"Here it is.\n```python\n{BROKEN}```\n{EVIL}", f"```python\n{SOURCE}```"])
    )
    with span(recorder, clock, "propose", 1) as mark:
        RecordedSpeaker(speaker, recorder, mark, clock).ask(messages(), CallKey(Role.DETECTION, 1, 2))
    with span(recorder, clock, "trial", 1) as mark:
        broken = Answering(Ran(np.zeros(3), 0.1), Broke("NameError: treshold", "rule.py, line 8, in detect"))
        RecordedSandbox(broken, recorder, mark, "trial", clock).run(job(BROKEN))
    with span(recorder, clock, "repair", 2) as mark:
        RecordedSpeaker(speaker, recorder, mark, clock).ask(messages("Mend it."), CallKey(Role.REPAIR, 2, 1, 1))
    with span(recorder, clock, "assess", 2) as mark:
        ran = Answering(Ran(np.zeros(3), 0.1), Ran(np.zeros(3), 0.1))
        RecordedSandbox(ran, recorder, mark, "assess", clock).run(job(SOURCE))
        for subject, value in (("base", 0.5), ("c2.1", 0.75)):
            recorder.append(
                ScoreMeasured(at=clock(), span=mark, subject=subject, part="validation", metrics=figures(value))
            )
        recorder.append(
            Decision(at=clock(), span=mark, subject="c2.1", verdict="accepted", why="it gains", facts={"gain": 0.25})
        )
    rule = keep_rule(store, row.id)
    store.sessions.finish(row.id, "fused", report(row.id, rule).as_json(), "ewma")
    return row.id, rule


def keep_rule(store: Store, session: str) -> str:
    kept = store.rules.put(
        read_rule(SOURCE),
        {"window": 60, "threshold": 5.5},
        Direction.FLAG,
        author="scripted",
        language_model=True,
    )
    evidence = {"candidate": "c2.1", "metrics": {"lockbox": figures(0.75)}, "reviewed": True}
    store.rules.use(session, kept.id, RuleRole.FUSED, evidence)
    store.detectors.put(session, "kpi-1", {"name": "ewma"}, [MemberRow(kept.id, Direction.FLAG)], 60)
    return kept.id
