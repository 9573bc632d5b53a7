"""What moves through the refresh graph: plain JSON values, so that any process can go on from a checkpoint."""

from typing import Any, TypedDict

from argosy.detectors.drift import DriftFinding
from argosy.graphs.recording.node_context import Fact


class State(TypedDict, total=False):
    """The state of one refresh. `decision` and `standing` are values of their enumerations.

    `verdict` is what the gate says: wait, pass or fail. `answer` is what a person said: approved, who and why.
    """

    findings: list[dict[str, Any]]
    decision: str
    why: str
    route: str
    estimate: dict[str, float | None]
    challenger: str | None
    how: str
    verdict: str
    facts: dict[str, Fact]
    cost: dict[str, float | None]
    notes: list[str]
    answer: dict[str, Any]
    standing: str


def finding_json(finding: DriftFinding) -> dict[str, Any]:
    """A finding as JSON values."""
    return {
        "name": finding.name,
        "value": finding.value,
        "threshold": finding.threshold,
        "fired": finding.fired,
        "why": finding.why,
    }
