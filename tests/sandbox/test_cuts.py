"""A job as the jobs that processes are given."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from argosy.sandbox.cuts import job_parts
from argosy.sandbox.protocol import Evaluation, Job
from tests.sandbox.jobs import rule, series

INPUTS = tuple(series(points) for points in (7, 0, 12))
STOPS = st.one_of(st.none(), st.integers(-3, 15))
EVALUATIONS = st.lists(
    st.builds(lambda i, stop, n: Evaluation({"n": n}, i, stop), st.integers(0, 2), STOPS, st.integers())
)


@given(EVALUATIONS)
def test_every_evaluation_is_in_one_part_with_the_points_that_it_may_see(evaluations: list[Evaluation]) -> None:
    job = Job(rule("return values"), INPUTS, tuple(evaluations))
    parts = list(job_parts(job))
    assert sorted(place for part in parts for place in part.places) == list(range(len(evaluations)))
    for part in parts:
        for place, asked in zip(part.places, part.job.evaluations, strict=True):
            wanted, sent = evaluations[place], part.job.inputs[asked.input]
            assert (asked.params, asked.keep_from, asked.stop) == (wanted.params, wanted.keep_from, None)
            np.testing.assert_array_equal(sent.values, INPUTS[wanted.input].values[: wanted.stop])
            np.testing.assert_array_equal(sent.seconds, INPUTS[wanted.input].seconds[: wanted.stop])


@given(EVALUATIONS)
def test_whoever_stops_shares_a_process_with_those_who_stop_there_too(evaluations: list[Evaluation]) -> None:
    for part in job_parts(Job(rule("return values"), INPUTS, tuple(evaluations))):
        told = {(evaluations[place].input, evaluations[place].stop) for place in part.places}
        whole = all(stop is None for _, stop in told)
        assert whole or len(told) == 1
        assert len(part.job.inputs) == len(told)
        assert whole or all(each.values.base is None for each in part.job.inputs)
