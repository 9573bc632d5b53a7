"""What the embedded author answers outside the refinement loop: a deterministic function for each pattern it can serve.

A stand-in gets the prompt that any model would get, and nothing else, and answers in the form that it asks for. It is
no language model, and what it says is marked so wherever it is shown.
"""

from collections.abc import Callable, Mapping

from argosy.agents.embedded.direct import spot
from argosy.agents.embedded.explanation import tell
from argosy.agents.embedded.logs import verdicts
from argosy.agents.embedded.outliers import weed
from argosy.agents.embedded.selection import selected
from argosy.agents.embedded.sigllm import continued, outlying
from argosy.agents.models.speaker import Pattern

Standin = Callable[[str, int], str]
"""From the prompt, all its messages as one text, and a seed to the reply."""

STANDINS: Mapping[Pattern, Standin] = {
    Pattern.LOGS: verdicts,
    Pattern.PROMPTER: outlying,
    Pattern.FORECASTER: continued,
    Pattern.DIRECT: spot,
    Pattern.EXPLANATION: tell,
    Pattern.SELECTION: selected,
    Pattern.OUTLIERS: weed,
}
"""The patterns that the embedded author serves; for the others a model must be named."""
