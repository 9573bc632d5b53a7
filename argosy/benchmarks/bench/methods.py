"""The methods that `argosy bench` knows: adding one is adding a row."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from argosy.benchmarks.plan import Plan, Stored
from argosy.detectors.baselines.choose import choose_base
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.rivals import RIVALS, Rival
from argosy.detectors.rivals.controls import OracleDetector, RandomDetector
from argosy.eval.bench.method import DetectorRunner, MethodAnswer, Runner, SeriesCase, scored
from argosy.eval.bench.summary import RANDOM, SENTINEL
from argosy.graphs.controls.ablations import ABLATIONS
from argosy.inputs.tables.read_series import read_series


@dataclass(frozen=True)
class Place:
    """Where a cell runs: the settings, its series as a file, and the folder of the results."""

    plan: Plan
    stored: Stored
    out: Path


@dataclass(frozen=True)
class Method:
    """A row of the table.

    `by_chance` methods run once a seed, the others once. `brings` are further names that it reports, `imports` is the
    module of a package that must be there, and `asks` says that it asks a model and keeps transcripts. `guard` methods
    are in every run and prove that the run measures what it says. `on_request` methods run only where they are named.
    """

    name: str
    summary: str
    make: Callable[[Place], Runner]
    by_chance: bool = False
    causal: bool = True
    brings: tuple[str, ...] = ()
    imports: str | None = None
    asks: bool = False
    guard: bool = False
    on_request: bool = False

    @property
    def needs(self) -> str | None:
        """The package that must be installed beyond our dependencies."""
        return self.imports and self.imports.partition(".")[0]

    @property
    def there(self) -> bool:
        """Whether what it needs is installed."""
        return self.needs is None or find_spec(self.needs) is not None


def _baseline(name: str, summary: str, by_chance: bool = False) -> Method:
    def make(_place: Place) -> Runner:
        return DetectorRunner(name, lambda case: BASELINES[name](case.objective, case.seed))

    return Method(name, summary, make, by_chance)


def _rival(rival: Rival) -> Method:
    def make(_place: Place) -> Runner:
        return DetectorRunner(rival.name, lambda case: rival.detector(case.objective, case.seed))

    return Method(rival.name, rival.summary, make, rival.by_chance, rival.causal, imports=rival.imports)


def _auto(case: SeriesCase) -> MethodAnswer:
    began = time.perf_counter()
    choice = choose_base(case.known, case.labels, case.splits, case.objective, case.seed)
    answer = scored(case, "auto", choice.detector, time.perf_counter() - began)
    return replace(answer, facts={"base": choice.detector.name})


def _sentinel(place: Place) -> Runner:
    def make(_case: SeriesCase) -> OracleDetector:
        loaded = read_series(place.stored.request)
        return OracleDetector(loaded.series.seconds, np.asarray(loaded.labels_to_learn_from()))

    return DetectorRunner(SENTINEL, make)


def _asking(name: str, summary: str, brings: tuple[str, ...] = ()) -> Method:
    def make(place: Place) -> Runner:
        from argosy.benchmarks.bench.sessions import session_runner

        return session_runner(name, place.plan, place.stored, place.out)

    return Method(name, summary, make, by_chance=True, brings=brings, asks=True)


def _random(_place: Place) -> Runner:
    return DetectorRunner(RANDOM, lambda case: RandomDetector(case.objective, case.seed))


_ROWS = (
    Method(SENTINEL, "the true labels: must reach 1.0, or the run is void", _sentinel, guard=True),
    Method(RANDOM, "a random number for every point: must not", _random, by_chance=True, guard=True),
    _baseline("robust_z", "distance from the rolling median"),
    _baseline("ewma", "distance from the exponentially weighted mean"),
    _baseline("seasonal", "distance from the median of the same phase in past periods"),
    _baseline("autoregression", "one-step residual of a ridge regression on past values and the season"),
    _baseline("iforest", "Isolation Forest on the window before each point", by_chance=True),
    replace(_baseline("difference", "the difference to the value before: `one_liner` as a baseline"), on_request=True),
    _baseline("ensemble", "what the baselines above but the forest say together, by mean or maximum"),
    _baseline("opprentice", "a forest that learns from labelled incidents, averaged with the ensemble", by_chance=True),
    *(_rival(rival) for rival in RIVALS.values()),
    Method(
        "auto",
        "the base detector that is steadiest over training and validation, with a word of its card",
        lambda _place: _auto,
        by_chance=True,
    ),
    _asking("argos_plain", "the published Argos loop, with the author and the calls of `session`"),
    _asking("best_of_n", "as many calls for proposals that know nothing of each other, the best of them fused"),
    _asking("session", "agents write and prove rules for the base `auto`, fused with it", ("session_base",)),
    *(replace(_asking(row.name, row.summary), on_request=True) for row in ABLATIONS),
)

METHODS: Mapping[str, Method] = {row.name: row for row in _ROWS}

SINGLE = (*BASELINES, *RIVALS)
"""The single detectors that a session has to beat."""

PAIRS = tuple(
    ("session", other)
    for other in ("session_base", "auto", "argos_plain", "best_of_n", *(row.name for row in ABLATIONS), *SINGLE)
)
"""What is measured against what, cell by cell."""
