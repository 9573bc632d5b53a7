"""The base of a session: which one is asked for, how it is made, and made again when its detector is in service.

A fitted base is not stored; its recipe and the training part are, and fitting is deterministic.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.detectors.baselines import BASELINES, BaselineChoice, BaselineTrial, choose_base
from argosy.detectors.baselines.choose import WORTH_OF_A_POINT
from argosy.detectors.fusion.user_base import UserBase
from argosy.eval.objective import OBJECTIVES, Objective
from argosy.eval.splits import Splits
from argosy.graphs.refine.context import BaseMaker, FittedBase, SessionData
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.signals.shapes import Detector
from argosy.store.artefacts import Artefacts

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
    listed = ", ".join(f"{each.name} {each.steady:.3f} {each.points:+g}{_lead(each)}" for each in _ranked(chosen))
    return f"the best baseline on {where}, {WORTH_OF_A_POINT:g} for each point of its card: {listed}"


def _lead(trial: BaselineTrial) -> str:
    return f" and a lead of {trial.lead:g}" if trial.lead else ""


def _ranked(chosen: BaselineChoice) -> list[BaselineTrial]:
    return sorted(chosen.trials, key=lambda trial: -trial.worth)


def _reached(chosen: BaselineChoice) -> dict[str, float]:
    """What each baseline reached on validation, or on training data where validation has nothing to say."""
    figures = {each.name: each.train if math.isnan(each.validation) else each.validation for each in chosen.trials}
    return {name: figure for name, figure in figures.items() if not math.isnan(figure)}


def base_recipe(
    base: Detector, choice: BaseChoice, data: SessionData, objective: str, seed: int, artefacts: Artefacts
) -> dict[str, Any]:
    """All that `revive` needs, as JSON; the training part goes to the artefacts."""
    train = {"seconds": data.train.seconds, "values": data.train.values, "labels": data.train_labels}
    if isinstance(base, UserBase):
        train["given"] = base.raw(data.train)
    return {
        "name": base.name,
        "column": choice.column,
        "alarms": isinstance(base, UserBase) and base.alarms,
        "objective": objective,
        "seed": seed,
        "step_s": data.train.step_s,
        "train": artefacts.put_arrays(train),
    }


def revive(recipe: Mapping[str, Any], artefacts: Artefacts, loaded: LoadedSeries) -> Detector:
    """The base of a stored detector, fitted as it was, ready to score what was loaded. Raises BadInput."""
    arrays = artefacts.get_arrays(recipe["train"])
    train = Series("train", arrays["seconds"], arrays["values"], recipe["step_s"])
    objective = OBJECTIVES[recipe["objective"]]
    if recipe["name"] != UserBase.name:
        return BASELINES[recipe["name"]](objective, recipe["seed"]).fit(train, arrays["labels"])
    given: Bools | Floats = arrays["given"] >= 1.0 if recipe["alarms"] else arrays["given"]
    fitted = UserBase(train.seconds, given, objective).fit(train, arrays["labels"])
    return fitted.looking_at(loaded.series.seconds, _column_values(loaded, recipe))


def _column_values(loaded: LoadedSeries, recipe: Mapping[str, Any]) -> Bools | Floats:
    if loaded.base is None:
        mend = f"give a file that has the column {recipe['column']!r} of the base"
        raise BadInput(str(loaded.origin), "holds nothing of the detector that these rules correct", mend)
    return loaded.base.verdicts
