"""What a model is shown of an alert: figures, moments, and the values around it."""

import json
import math
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from argosy.agents.claims.scene import Scene, format_figure

_SHOWN_BEFORE, _SHOWN_WITHIN, _SHOWN_AFTER = 20, 20, 5

_MOST_CLAUSES = 8


class AlertEvidence(BaseModel):
    """What the model is shown of an alert."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    kind: Literal["explanation"] = "explanation"
    moments: dict[str, str]
    figures: dict[str, float]
    clauses: tuple[str, ...]
    settings: dict[str, float]
    neighbourhood: tuple[tuple[str, float | None], ...]


def evidence_block(scene: Scene) -> str:
    """What the model is shown, as compact JSON in which nothing closes the fence around it."""
    return evidence_of(scene).model_dump_json().replace("`", "\\u0060")


def evidence_of(scene: Scene) -> AlertEvidence:
    """The alert in figures, with its neighbourhood thinned where it is long."""
    moments = {"start": scene.moment(scene.start), "last": scene.moment(scene.stop - 1)}
    moments |= {"farthest_from_usual": scene.moment(scene.extreme)}
    around = [
        *range(max(scene.first, scene.start - _SHOWN_BEFORE), scene.start),
        *_thinned(range(scene.start, scene.stop), _SHOWN_WITHIN),
        *range(scene.stop, min(scene.end, scene.stop + _SHOWN_AFTER)),
    ]
    return AlertEvidence(
        moments=moments,
        figures={name: _rounded(value) for name, value in scene.figures.items() if math.isfinite(value)},
        clauses=scene.clauses[:_MOST_CLAUSES],
        settings={name: _rounded(value) for name, value in scene.settings.items() if math.isfinite(value)},
        neighbourhood=tuple((scene.moment(index), _known(scene.at(index))) for index in around),
    )


def _thinned(indices: range, most: int) -> Sequence[int]:
    if len(indices) <= most:
        return indices
    return sorted({indices[round(at * (len(indices) - 1) / (most - 1))] for at in range(most)})


def _rounded(value: float) -> float:
    return float(format_figure(value))


def _known(value: float) -> float | None:
    return _rounded(value) if math.isfinite(value) else None


def quoted(text: str) -> str:
    """A piece of code as it may stand in evidence and prose: on one line, without what could close a fence."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)[1:-1].replace("`", "'").replace('\\"', '"')
