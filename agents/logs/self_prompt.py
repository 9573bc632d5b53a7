"""Self-prompt: instructions for reading a log, some of them by the model itself, ranked on labelled templates."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.messages import HumanMessage

from argosy.agents.logs.batches import Bounds, judge, never_interrupted
from argosy.agents.logs.entries import LabelledTemplate, example_line
from argosy.agents.logs.labelled_sample import MOST_EXAMPLES, MOST_RANKED, chosen
from argosy.agents.logs.strategies import LONGEST_TASK, TASKS, Strategy, style_of, task_text
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Speaker
from argosy.eval.rates import point
from argosy.prompts import render

WRITTEN = 3
"""How many instructions the model is asked for, beside those that come along."""

_ITEM = re.compile(r"^\s{0,4}(?:\*\*)?(\d{1,2})[.):]\s*(?:\*\*)?\s*(.*)")


@dataclass(frozen=True)
class RankedTask:
    """An instruction and how it did: F1 over the labelled templates, those without an answer counted as wrong."""

    task: str
    by_model: bool
    f1: float
    templates: int
    answered: int


def ranked_tasks(
    sample: Sequence[LabelledTemplate],
    speaker: Speaker,
    bounds: Bounds,
    written: int = WRITTEN,
    interrupted: Callable[[], bool] = never_interrupted,
) -> Sequence[RankedTask]:
    """Instructions by their F1 on the sample, the best first; of equal ones, those that come along.

    When the budget is spent, those that were tried until then are ranked. Raises ModelUnavailable.
    """
    tried = chosen(sample, MOST_RANKED)
    tasks = [(task_text(name), False) for name in TASKS]
    tasks += [(task, True) for task in written_tasks(tried, speaker, written)]
    found: list[RankedTask] = []
    for candidate, (task, by_model) in enumerate(tasks, 2):
        style = style_of(Strategy.SELF_PROMPT, task)
        entries = [each.entry for each in tried]
        judged = judge(entries, speaker, style, bounds, interrupted=interrupted, candidate=candidate)
        if judged.why and found:
            break
        labels = np.array([each.abnormal for each in tried], dtype=np.bool_)
        said = [judged.answers.get(place) for place in range(len(tried))]
        flags = np.array(
            [answer.abnormal if answer else not label for answer, label in zip(said, labels, strict=True)],
            dtype=np.bool_,
        )
        f1 = point(labels, flags).f1
        found.append(RankedTask(task, by_model, f1, len(tried), len(judged.answers)))
    return sorted(found, key=lambda each: -each.f1 if each.f1 == each.f1 else 0.0)


def written_tasks(sample: Sequence[LabelledTemplate], speaker: Speaker, count: int) -> Sequence[str]:
    """Instructions that the model writes when it is shown labelled lines; none where it writes none that can be read.

    They fill the place of the task alone: what is data, and the form of answers, is said by our own words.
    """
    if not count or not speaker.is_language_model:
        return []
    examples = [example_line(each) for each in sample[:MOST_EXAMPLES]]
    question = HumanMessage(render("logs", "write", examples=examples, count=count))
    try:
        reply = speaker.ask([question], CallKey(Pattern.LOGS, 1, 0))
    except BudgetSpent:
        return []
    return read_tasks(reply.text)[:count]


def read_tasks(reply: str) -> Sequence[str]:
    """The items of a numbered list, each on one line and cut."""
    items: list[list[str]] = []
    for line in reply.splitlines():
        begins = _ITEM.match(line)
        if begins:
            items.append([begins[2]])
        elif items and line.strip():
            items[-1].append(line)
    tasks = (" ".join(" ".join(item).replace("```", " ").split())[:LONGEST_TASK] for item in items)
    return list(dict.fromkeys(task for task in tasks if len(task) > 20))
