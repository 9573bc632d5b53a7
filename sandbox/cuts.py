"""A job as the jobs that processes are given: whoever is asked about the beginning of an input holds no more than that.

A rule can look through the memory of its process. What must not be seen is therefore not cut off there, but here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from argosy.sandbox.protocol import Evaluation, Input, Job


@dataclass(frozen=True, eq=False)
class JobPart:
    """Evaluations of a job that share a process, as a job of their own; `places` are theirs in the whole job."""

    places: tuple[int, ...]
    job: Job


def job_parts(job: Job) -> Iterator[JobPart]:
    """The evaluations of whole inputs together, then those of each beginning of an input with it alone.

    No evaluation of a part has a `stop`. Equal beginnings of one input share a process.
    """
    whole: list[int] = []
    together: dict[tuple[int, int], list[int]] = {}
    for place, asked in enumerate(job.evaluations):
        (whole if asked.stop is None else together.setdefault((asked.input, asked.stop), [])).append(place)
    if whole:
        yield _whole_inputs(job, whole)
    for (place_of_input, stop), places in together.items():
        given = job.inputs[place_of_input]
        beginning_only = Input(given.values[:stop].copy(), given.seconds[:stop].copy())
        evaluations = tuple(replace(job.evaluations[place], input=0, stop=None) for place in places)
        yield JobPart(tuple(places), replace(job, inputs=(beginning_only,), evaluations=evaluations))


def _whole_inputs(job: Job, places: list[int]) -> JobPart:
    """The evaluations at these places, with the inputs that they are about and no other."""
    asked = [job.evaluations[place] for place in places]
    used = sorted({each.input for each in asked})
    renumbered: dict[int, int] = {old: new for new, old in enumerate(used)}
    evaluations: tuple[Evaluation, ...] = tuple(replace(each, input=renumbered[each.input]) for each in asked)
    return JobPart(tuple(places), replace(job, inputs=tuple(job.inputs[i] for i in used), evaluations=evaluations))
