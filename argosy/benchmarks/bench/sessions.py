"""A whole rule-generation session, or a control of it, as a method of the benchmark."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from argosy.agents.models.budget import Budget, Caps
from argosy.benchmarks.plan import Plan, SessionOptions, Stored
from argosy.benchmarks.results_workspace import STORE, open_results_workspace
from argosy.eval.bench.method import MethodAnswer, Runner, SeriesCase
from argosy.graphs.controls import CONTROLS
from argosy.graphs.refine import Settings
from argosy.models.gguf import SCHEME
from argosy.models.open_roles import open_roles
from argosy.models.table import find_models
from argosy.sandboxes import open_sandbox
from argosy.service.score import score_file
from argosy.sessions.in_service import InService
from argosy.sessions.publish import SessionResult
from argosy.sessions.request import SessionRequest
from argosy.sessions.run import run_session
from argosy.sessions.speakers import REPLAY
from argosy.settings import read_settings
from argosy.signals.arrays import Floats
from argosy.store.store import Store

SESSION = "session"


def session_runner(method: str, plan: Plan, stored: Stored, out: Path) -> Runner:
    """Runs a session, or the control of that name, and then, as a probe, the detector it stored on what was known
    before the lockbox."""

    def run(case: SeriesCase) -> MethodAnswer:
        workspace = open_results_workspace(out / STORE)
        request = _request(method, plan, stored, case.seed)
        try:
            finished = run_session(request, workspace)
            past = _past(finished, workspace.store, request, len(case.known))
        finally:
            workspace.close()
        return _answer(method, finished, past)

    return run


def check_parts(options: SessionOptions) -> None:
    """Opens the models and the sandbox of the sessions once, before any cell runs: else every one of them would fail.

    Model files are not served for this. Raises BadInput, ModelUnavailable and SandboxUnavailable.
    """
    by_language_model = SCHEME in options.model
    if SCHEME not in options.model and not options.model.startswith(REPLAY):
        clock, models = time.monotonic, find_models(read_settings())
        with open_roles(options.model, models, Budget(Caps(), clock), 0, Settings().prompt_tokens) as opened:
            by_language_model = opened.by_language_model
    open_sandbox(options.sandbox, by_language_model).close()


def _request(method: str, plan: Plan, stored: Stored, seed: int) -> SessionRequest:
    options = plan.session
    settings = Settings(rounds=options.rounds, candidates=options.candidates, seed=seed, workers=options.workers)
    control = CONTROLS.get(method)
    return SessionRequest(
        table=stored.request,
        model=options.model,
        settings=control.bounded(settings, options.calls) if control else settings,
        objective=plan.objective,
        validation=stored.validation,
        lockbox=stored.lockbox,
        caps=Caps(calls=options.calls),
        sandbox=options.sandbox,
        instead=control.instead if control else {},
        in_service=InService.FUSION,
    )


def _past(finished: SessionResult, store: Store, request: SessionRequest, points: int) -> Floats:
    """What the stored detector says of the first points when it is given no others, shape (points,)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "known.parquet"
        pq.write_table(pq.read_table(request.table.path).slice(0, points), file)
        table = replace(request.table, path=file)
        scored = score_file(store, finished.detector.id, table, request.sandbox, request.accept_risk)
    return scored.frame.score.to_numpy(dtype=np.float64)


def _answer(method: str, finished: SessionResult, past: Floats) -> MethodAnswer:
    report = finished.report
    usage, extra = report.usage, report.model_extra or {}
    figures = {
        "rules": len(report.rules),
        "session_s": report.wall_s,
        "calls": usage.calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "usd": usage.usd,
    }
    facts = {
        "session": report.session,
        "outcome": report.outcome,
        "ending": report.ending or "",
        "base": report.base.name,
    }
    scores = {method: finished.final.fused.values}
    if method == SESSION:
        scores[f"{SESSION}_base"] = finished.final.base
    numbers = {name: float(value) for name, value in figures.items()}
    return MethodAnswer(scores, int(extra.get("lockbox_openings", 0)), past, numbers, facts)
