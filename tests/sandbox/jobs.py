"""Rules and jobs to ask a sandbox for."""

import numpy as np

from argosy.sandbox.protocol import Broke, Evaluation, Input, Job, Limits, Outcome, Ran, Sandbox

QUICK = Limits(job_s=20.0)


def rule(body: str, params: str = "", top: str = "") -> str:
    """A rule whose `detect` has this body, its first line being line 6 (more with lines at the top)."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = f'"""A rule."""\nimport numpy as np\nimport pandas as pd\n{top}\n'
    return f"{head}def detect(values, seconds{params}):\n{lines}\n"


def series(points: int) -> Input:
    return Input(np.arange(points, dtype=np.float64), 60 * np.arange(points, dtype=np.int64))


def job(source: str, *evaluations: Evaluation, points: int = 100, limits: Limits = QUICK) -> Job:
    return Job(source, (series(points),), evaluations or (Evaluation({}),), limits)


def outcome(sandbox: Sandbox, source: str, points: int = 100, limits: Limits = QUICK) -> Outcome:
    """What becomes of one call of a rule on a series that counts up."""
    (only,) = sandbox.run(job(source, points=points, limits=limits))
    return only


def ran(result: object) -> Ran:
    assert isinstance(result, Ran), result
    return result


def broke(result: object) -> Broke:
    assert isinstance(result, Broke), result
    return result
