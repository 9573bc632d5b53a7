"""How several answers to one question are drawn, in the patterns that put the same question several times."""

from collections.abc import Mapping
from dataclasses import dataclass

from argosy.agents.models.speaker import CallKey, Parameter, Pattern, Task

_ATTEMPT = 1_000
"""Seeds of attempts are this far apart: more than there are samples."""


@dataclass(frozen=True)
class Sampling:
    """Parameters of sampling, sent in the place of a model's own where it takes any."""

    temperature: float
    top_p: float


SAMPLING: Mapping[Task, Sampling] = {
    Pattern.PROMPTER: Sampling(1.0, 1.0),
    Pattern.FORECASTER: Sampling(1.0, 1.0),
}
"""The patterns that vote or take medians over samples, which must be as various as the model can be."""


def sampling_parameters(parameters: Mapping[str, Parameter], key: CallKey) -> dict[str, Parameter]:
    """What a call is asked with that differs from its speaker's `parameters`: sampling, and a seed for each sample.

    Empty for the other patterns, and for whoever knows no sampling. A parameter that the model does not take is not
    sent.
    """
    sampling = SAMPLING.get(key.role)
    if sampling is None or "temperature" not in parameters:
        return {}
    wanted: dict[str, Parameter] = {"temperature": sampling.temperature, "top_p": sampling.top_p}
    seed = parameters.get("seed")
    if isinstance(seed, int):
        wanted["seed"] = seed + key.candidate + _ATTEMPT * key.attempt
    return {name: value for name, value in wanted.items() if parameters.get(name) is not None}
