"""The sandbox job that scores a whole series with a rule, once for each set of its numbers."""

from collections.abc import Mapping, Sequence

from argosy.sandbox.protocol import Evaluation, Input, Job, Limits
from argosy.signals.series import Series


def rule_job(source: str, series: Series, params: Sequence[Mapping[str, float | int]], limits: Limits) -> Job:
    """One evaluation for each of `params`, in order."""
    evaluations = tuple(Evaluation(dict(each)) for each in params)
    return Job(source, (Input(series.values, series.seconds),), evaluations, limits)
