"""How a base is kept with its detector, and made again when that is in service.

A fitted base is not stored; its recipe and the training part are, and fitting is deterministic.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.fusion.user_base import UserBase
from argosy.eval.objective import OBJECTIVES
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.signals.shapes import Detector
from argosy.store.artefacts import Artefacts

if TYPE_CHECKING:
    from argosy.graphs.refine.session_data import SessionData
    from argosy.sessions.base import BaseChoice


def base_recipe(
    base: Detector, choice: "BaseChoice", data: "SessionData", objective: str, seed: int, artefacts: Artefacts
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
    return fitted.with_column(loaded.series.seconds, _column_values(loaded, recipe))


def _column_values(loaded: LoadedSeries, recipe: Mapping[str, Any]) -> Bools | Floats:
    if loaded.base is None:
        mend = f"give a file that has the column {recipe['column']!r} of the base"
        raise BadInput(str(loaded.origin), "holds nothing of the detector that these rules correct", mend)
    return loaded.base.verdicts
