"""Parents: of rules that find the same in the same way the best is kept, and others beside it."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from langchain_core.messages import BaseMessage

from graphs.refine import Settings
from sandbox.local import LocalSandbox
from tests.graphs.bench import Ran, a_series, refine, speaker_of

pytestmark = pytest.mark.slow

_RULE = '''```python
"""Flags {summary}."""
{imports}PARAMS = {{"below": ({below}, {below}, {below})}}


def detect(values, seconds, *, below):
    return {what}
```'''
_ALL = _RULE.format(summary="every drop", imports="", below=95.0, what="(values < below) * 2.0")
_DEEP = _RULE.format(summary="deep drops", imports="", below=85.0, what="(values < below) * 2.0")
_LATE = _RULE.format(
    summary="drops that last",
    imports="import pandas as pd\n\n",
    below=95.0,
    what="(pd.Series(values).rolling(5, min_periods=5).max().to_numpy() < below) * 2.0",
)


@pytest.fixture(scope="module")
def kept() -> Iterator[Ran]:
    replies = cycle([_DEEP, _ALL, _LATE])

    def answer(messages: list[BaseMessage]) -> str:
        if '"role":"review"' in messages[1].text:
            return '{"verdict": "accept", "reason": "fine", "feedback": ""}'
        return next(replies)

    series, labels = a_series()
    local = LocalSandbox()
    yield refine(local, speaker_of(answer, language_model=True), series, labels, Settings(rounds=1, candidates=3))
    local.close()


def _summaries(ran: Ran) -> list[str]:
    return [candidate.source.partition(".")[0].removeprefix('"""Flags ') for candidate in ran.state["archive"]]


def test_rules_that_find_the_same_at_the_same_time_compete_for_one_place(kept: Ran) -> None:
    assert sorted(_summaries(kept)) == ["drops that last", "every drop"]


def test_the_transcript_says_for_what_each_parent_is_kept(kept: Ran) -> None:
    said = sorted(decision.why for decision in kept.recorder.decisions("kept as a parent"))
    assert [each.rpartition(",")[0] for each in said] == ["flag: drop, at once", "flag: drop, in time"]
