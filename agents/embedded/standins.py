"""What the embedded author answers outside the refinement loop: a deterministic function for each pattern it can serve.

A stand-in gets the prompt that any model would get, and nothing else, and answers in the form that it asks for. It is
no language model, and what it says is marked so wherever it is shown.
"""

from collections.abc import Callable, Mapping

from argosy.agents.embedded.direct import find_anomalies
from argosy.agents.embedded.explanation import explain_alert
from argosy.agents.embedded.logs import judge_lines
from argosy.agents.embedded.outliers import review_records
from argosy.agents.embedded.selection import choose_detector
from argosy.agents.embedded.sigllm import continue_digits, list_anomalies
from argosy.agents.models.speaker import Pattern

Standin = Callable[[str, int], str]
"""From the prompt, all its messages as one text, and a seed to the reply."""

STANDINS: Mapping[Pattern, Standin] = {
    Pattern.LOGS: judge_lines,
    Pattern.PROMPTER: list_anomalies,
    Pattern.FORECASTER: continue_digits,
    Pattern.DIRECT: find_anomalies,
    Pattern.EXPLANATION: explain_alert,
    Pattern.SELECTION: choose_detector,
    Pattern.OUTLIERS: review_records,
}
"""The patterns that the embedded author serves; for the others a model must be named."""
