"""The methods that `argosy bench` knows: adding one is adding a row."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from argosy.benchmarks.plan import Plan, Stored
from argosy.pricing import find_prices
from argosy.session import SessionRequest, run_session
from argosy.settings import Settings as StoreSettings
from argosy.settings import read_settings
from argosy.store.store import open_store
from detectors.baselines import BASELINES, choose_base
from detectors.controls import RandomDetector
from eval.bench.method import Answer, Case, DetectorRunner, Runner, scored
from graphs.refine import Settings


@dataclass(frozen=True)
class Place:
    """Where a cell runs: the settings, its series as a file, and the folder of the results."""

    plan: Plan
    stored: Stored
    out: Path


@dataclass(frozen=True)
class Method:
    """A row of the table. `by_chance` methods run once a seed, the others once; `brings` are further names it reports."""

    name: str
    summary: str
    make: Callable[[Place], Runner]
    by_chance: bool = False
    causal: bool = True
    brings: tuple[str, ...] = ()


def _baseline(name: str, summary: str, by_chance: bool = False) -> Method:
    def make(_place: Place) -> Runner:
        return DetectorRunner(name, lambda case: BASELINES[name](case.objective, case.seed))

    return Method(name, summary, make, by_chance)


def _auto(case: Case) -> Answer:
    began = time.perf_counter()
    choice = choose_base(case.known, case.labels, case.splits, case.objective, case.seed)
    fit_s = time.perf_counter() - began
    answer = scored(case, "auto", choice.detector, fit_s)
    return replace(answer, facts={"base": choice.detector.name})


def _session(place: Place) -> Runner:
    def run(case: Case) -> Answer:
        options, settings = place.plan.session, read_settings()
        store = open_store(store_settings(place.out))
        request = SessionRequest(
            table=place.stored.request,
            model=options.model,
            settings=Settings(
                rounds=options.rounds, candidates=options.candidates, seed=case.seed, workers=options.workers
            ),
            objective=place.plan.objective,
            validation=place.plan.validation,
            lockbox=place.stored.lockbox,
            sandbox=options.sandbox,
            key=settings.openai_key,
        )
        try:
            report = (finished := run_session(request, store, find_prices(settings), time.time)).report
        finally:
            store.close()
        usage = report.usage
        figures = {
            "rules": len(report.rules),
            "session_s": report.wall_s,
            "calls": usage.calls,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "usd": usage.usd,
        }
        extra = report.model_extra or {}
        return Answer(
            {"session": np.asarray(finished.final.fused.values), "session_base": np.asarray(finished.final.base)},
            int(extra.get("lockbox_openings", 0)),
            figures={name: float(value) for name, value in figures.items()},
            facts={
                "session": report.session,
                "outcome": report.outcome,
                "ending": report.ending or "",
                "base": report.base.name,
            },
        )

    return run


def store_settings(out: Path) -> StoreSettings:
    """The store of the sessions of a benchmark: ARGOSY_HOME for `argosy show` of their transcripts."""
    return StoreSettings(home=out / "store")


_ROWS = (
    Method(
        "random",
        "a random number for every point",
        lambda _place: DetectorRunner("random", lambda case: RandomDetector(case.objective, case.seed)),
        by_chance=True,
    ),
    _baseline("robust_z", "distance from the rolling median"),
    _baseline("ewma", "distance from the exponentially weighted mean"),
    _baseline("seasonal", "distance from the median of the same phase in past periods"),
    _baseline("autoregression", "one-step residual of an autoregression"),
    _baseline("iforest", "Isolation Forest on the window before each point", by_chance=True),
    Method("auto", "the best of the baselines on validation", lambda _place: _auto, by_chance=True),
    Method(
        "session",
        "agents write and prove rules for the base `auto`, fused with it",
        _session,
        by_chance=True,
        brings=("session_base",),
    ),
)

METHODS: Mapping[str, Method] = {row.name: row for row in _ROWS}

SINGLE = ("robust_z", "ewma", "seasonal", "autoregression", "iforest")
"""The single baselines that a session has to beat."""

PAIRS = (("session", "session_base"), ("session", "auto"), *(("session", name) for name in SINGLE))
"""What is measured against what, cell by cell."""
