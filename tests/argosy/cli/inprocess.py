"""The cheapest sandbox: none. Rules by the embedded author run in the process of the test that opens it."""

import numpy as np

from argosy.sandbox.protocol import Broke, Evaluation, Job, Outcome, Ran
from argosy.sandboxes import SandboxChoice

SECONDS_A_POINT = 1e-7


class InProcess:
    """Runs what the embedded author writes, one evaluation after the other; it keeps no limit.

    Its clock counts points: gates that judge by time decide the same however busy the machine is.
    """

    name = "in-process"
    sealed = False

    def run(self, job: Job) -> tuple[Outcome, ...]:
        rule: dict[str, object] = {}
        exec(job.source, rule)
        return tuple(self._one(rule["detect"], job, each) for each in job.evaluations)

    def _one(self, detect: object, job: Job, asked: Evaluation) -> Outcome:
        given = job.inputs[asked.input]
        values, seconds = given.values[: asked.stop].copy(), given.seconds[: asked.stop].copy()
        try:
            with np.errstate(all="ignore"):
                scores = np.asarray(detect(values, seconds, **asked.params), dtype=float)  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001  whatever a rule raises is its outcome
            return Broke(f"{type(error).__name__}: {error}", "")
        return Ran(scores[asked.keep_from :], len(values) * SECONDS_A_POINT)

    def close(self) -> None:
        """Nothing was started."""


def opened(choice: SandboxChoice, by_language_model: bool, accept_risk: bool = False) -> InProcess:
    """In place of `open_sandbox`. What a language model wrote never runs here."""
    assert not by_language_model
    return InProcess()
