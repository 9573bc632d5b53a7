"""A small session that is killed and resumed in processes of their own, forked from one that has imported everything.

Nothing of the product knows of it: the child tells of every event through the watcher that the command line uses, and
holds still at one of them until it is killed.
"""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from langchain_core.messages import BaseMessage

import argosy.sessions.resume
import argosy.sessions.run
from argosy.agents.embedded.author import answer
from argosy.agents.embedded.standins import STANDINS
from argosy.agents.models.budget import Budget
from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import CallKey, Reply, Role, Usage
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards import CardKind, packaged_cards
from argosy.graphs.recording.events import Event, SpanEnd
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refine import Settings
from argosy.graphs.refine.shortlist_settings import ShortlistSettings
from argosy.inputs.tables.read_series import TableRequest
from argosy.models.table import find_models
from argosy.sessions.publish import SessionResult
from argosy.sessions.request import SessionRequest
from argosy.sessions.speakers import SessionSpeakers
from argosy.settings import Settings as Surroundings
from argosy.store.store import open_store
from argosy.workspace import Workspace
from tests.argosy.cli.inprocess import opened
from tests.argosy.workspaces import workspace_of

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.argosy.sessions.killed", "argosy.cli.app", "alembic.command"])

SMALL = Settings(rounds=2, candidates=2, evaluations=6)
EXPLAINED = replace(SMALL, explain=2)
SHORTLIST = ShortlistSettings(tuple(card for card in packaged_cards(CardKind.SERIES) if card.name in BASELINES))
WAIT_S = 120.0


@dataclass(frozen=True)
class Moment:
    """When to kill: at the `at`-th event (from 1) that is not the end of a node, or `after_s` seconds later."""

    at: int
    after_s: float | None = None


class Author:
    """The embedded author, which notes in a file what it is asked, and whose second draft looks ahead at first."""

    name = "author"
    is_language_model = False
    parameters: dict[str, float | int | str | None] = {}  # noqa: RUF012

    def __init__(self, notes: Path, budget: Budget) -> None:
        self._notes, self._budget = notes, budget

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        line = f"{key.role.value} {key.round} {key.candidate} {key.attempt}\n"
        with self._notes.open("a") as notes:
            notes.write(line)
        prompt = "\n\n".join(str(message.text) for message in messages)
        text = answer(prompt, 0) if isinstance(key.role, Role) else STANDINS[key.role](prompt, 0)
        if key.role is Role.DETECTION and key.candidate == 2:
            text = text.replace("    x = pd.Series(values)", "    x = pd.Series(values[::-1])", 1)
        usage = Usage(1, 100, 50)
        self._budget.settle(self._budget.reserve(usage), usage)
        return Reply(text, usage)


def table(path: Path, points: int = 1_200) -> Path:
    """A noisy series with fifteen drops, of which a crude detector sees every other one."""
    rng = np.random.default_rng(0)
    values, labels = 100 + rng.normal(0, 1, points), np.zeros(points, dtype=int)
    for number, start in enumerate(np.linspace(60, points - 60, 15).astype(int)):
        values[start : start + 8] -= 25 if number % 2 else 9
        labels[start : start + 8] = 1
    mine = (np.abs(values - 100) > 15).astype(int)
    pd.DataFrame({"index": np.arange(points), "value": values, "label": labels, "mine": mine}).to_csv(path, index=False)
    return path


def request(file: Path, **changes: Any) -> SessionRequest:
    return SessionRequest(**({"table": TableRequest(file, step_s=60), "base": "mine", "settings": SMALL} | changes))


def child(home: Path, file: Path, moment: Moment | None, resumed: bool, ours: Connection) -> None:
    """What a forked process does: runs or resumes a session, and sends its report, if it lives so long."""
    seen = 0

    def watch(event: Event) -> None:
        nonlocal seen
        seen += 1
        if moment and seen >= moment.at and not isinstance(event, SpanEnd):
            ours.send("now")
            if moment.after_s is None:
                time.sleep(WAIT_S)

    ours.send(work(home, file, watch, resumed))


def work(home: Path, file: Path, watch: Callable[[Event], None], resumed: bool) -> dict[str, Any]:
    """One run with the author in place of a model, and this process in place of a sandbox."""

    def speakers(_request: SessionRequest, _here: Workspace, budget: Budget, _stack: ExitStack) -> SessionSpeakers:
        author = Author(home / ("asked-again" if resumed else "asked"), budget)
        return SessionSpeakers(dict.fromkeys(Role, author), by_language_model=False)

    argosy.sessions.run.open_speakers = speakers
    argosy.sessions.run.open_sandbox = opened  # type: ignore[assignment]
    surroundings = Surroundings(home)
    store = open_store(surroundings)
    models = find_models(surroundings)
    if resumed:
        done = argosy.sessions.resume.resume_session(None, workspace_of(store, models), Observer(watch))
    else:
        asked = request(file, settings=EXPLAINED, selecting=SHORTLIST)  # so that every node runs
        done = argosy.sessions.run.run_session(asked, workspace_of(store, models), Observer(watch))
    store.close()
    return (done.report if isinstance(done, SessionResult) else done).as_json()


def run(home: Path, file: Path, moment: Moment | None = None, resumed: bool = False) -> dict[str, Any] | None:
    """The report of a child; None where it was killed at the moment."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=child, args=(home, file, moment, resumed, theirs))
    process.start()
    theirs.close()
    try:
        assert ours.poll(WAIT_S), "the child said nothing"
        said = ours.recv()
        if isinstance(said, dict):
            return said
        assert moment is not None
        time.sleep(moment.after_s or 0.0)
        os.kill(process.pid or 0, 9)
    finally:
        process.join(WAIT_S)
        ours.close()
    return None


def fresh(template: Path, home: Path) -> Path:
    """A home with an empty store, copied because making one takes longer than killing a session."""
    shutil.copytree(template, home)
    return home
