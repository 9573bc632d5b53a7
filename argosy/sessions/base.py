"""The base of a session: which one is asked for, and how it is made."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from argosy.detectors.baselines.choose import BaselineChoice, BaselineTrial, choose_base
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.fusion.user_base import UserBase
from argosy.eval.objective import Objective
from argosy.eval.splits import Splits
from argosy.graphs.refine.context import BaseMaker, FittedBase
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.series import Series

AUTO = "auto"


@dataclass(frozen=True)
class BaseChoice:
    """What --base asks for: the steadiest baseline, one by name, or the column of a detector in service."""

    name: str
    column: str | None = None

    @staticmethod
    def of(text: str) -> "BaseChoice":
        return BaseChoice(text) if text in (AUTO, *BASELINES) else BaseChoice("given", text)


def base_maker(choice: BaseChoice, loaded: LoadedSeries, seed: int) -> BaseMaker:
    """Fits the chosen base on the training part of the known part; `auto` looks at validation too, to choose."""

    def make(
        series: Series, labels: Bools, splits: Splits, objective: Objective, names: Sequence[str] = ()
    ) -> FittedBase:
        train = series.part(0, splits.train_stop)
        if choice.column is not None:
            if loaded.base is None:
                raise BadInput("--base", "the column was not read", "name a column that the file has")
            given = UserBase(loaded.series.seconds, loaded.base.verdicts, objective)
            return FittedBase(given.fit(train, labels[splits.train]), f"the detector in column {choice.column!r}")
        if choice.name == AUTO:
            chosen = choose_base(series, labels, splits, objective, seed, names)
            return FittedBase(chosen.detector, _ranking(chosen), _reached(chosen))
        fitted = BASELINES[choice.name](objective, seed).fit(train, labels[splits.train])
        return FittedBase(fitted, "as asked for")

    return make


def _ranking(chosen: BaselineChoice) -> str:
    """The baselines by what they were chosen by: the worse of two figures, and their card's word."""
    if not _reached(chosen):
        listed = ", ".join(f"{each.name} {each.points:g}" for each in _ranked(chosen))
        return f"no labelled incident tells baselines apart, so the match of its card decides: {listed}"
    known = [
        part
        for part, figure in (("training data", chosen.trials[0].train), ("validation", chosen.trials[0].validation))
        if not math.isnan(figure)
    ]
    where = f"the worse of {' and '.join(known)}" if len(known) > 1 else known[0]
    listed = ", ".join(f"{each.name} {each.worth:.3f} (reached {each.steady:.3f})" for each in _ranked(chosen))
    return f"the best by what it reached on {where}, with something added where its kind suits such a series: {listed}"


def _ranked(chosen: BaselineChoice) -> list[BaselineTrial]:
    return sorted(chosen.trials, key=lambda trial: -trial.worth)


def _reached(chosen: BaselineChoice) -> dict[str, float]:
    """What each baseline reached on validation, or on training data where validation has nothing to say."""
    figures = {each.name: each.train if math.isnan(each.validation) else each.validation for each in chosen.trials}
    return {name: figure for name, figure in figures.items() if not math.isnan(figure)}
