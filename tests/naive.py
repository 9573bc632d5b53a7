"""Plain, slow versions of what must be fast, read off the definitions: the fast ones must equal them."""

import math
from collections.abc import Callable, Sequence

Marks = Sequence[bool]
Run = tuple[int, int]


def runs(marks: Marks) -> list[Run]:
    found, start = [], None
    for i, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = i
        elif not mark and start is not None:
            found.append((start, i))
            start = None
    return found


def f1(tp: int, fp: int, fn: int) -> float:
    if tp + fn == 0:
        return math.nan
    if tp == 0:
        return 0.0
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return 2 * precision * recall / (precision + recall)


def point_counts(labels: Marks, flags: Marks) -> tuple[int, int, int]:
    tp = fp = fn = 0
    for label, flag in zip(labels, flags, strict=True):
        tp += label and flag
        fp += flag and not label
        fn += label and not flag
    return tp, fp, fn


def event_pa_counts(labels: Marks, flags: Marks) -> tuple[int, int, int]:
    tp = fn = 0
    for start, stop in runs(labels):
        if any(flags[i] for i in range(start, stop)):
            tp += 1
        else:
            fn += 1
    return tp, point_counts(labels, flags)[1], fn


def event_delay_counts(labels: Marks, flags: Marks, k: int) -> tuple[int, int, int]:
    tp = fn = fp = 0
    for start, stop in runs(labels):
        if any(flags[i] for i in range(start, min(stop, start + k + 1))):
            tp += 1
        else:
            fn += 1
    for start, stop in runs(flags):
        if not any(labels[i] for i in range(start, stop)):
            fp += 1
    return tp, fp, fn


def auc_pr(labels: Marks, scores: Sequence[float]) -> float:
    ranked = [-math.inf if math.isnan(score) else score for score in scores]
    positives = sum(labels)
    if not positives:
        return math.nan
    area = reached = 0.0
    for threshold in sorted(set(ranked), reverse=True):
        tp, fp, _ = point_counts(labels, [score >= threshold for score in ranked])
        area += (tp / positives - reached) * tp / (tp + fp)
        reached = tp / positives
    return area


def flags_at(stat: Sequence[float], threshold: float) -> list[bool]:
    return [not math.isnan(x) and x != -math.inf and x >= threshold for x in stat]


def best_cut(
    labels: Marks, stat: Sequence[float], objective: Callable[[list[bool]], float], most_false: float
) -> tuple[float, list[Run]]:
    """The best objective over all thresholds, and the maximal ranges of ranks of the distinct values that reach it.

    Rank r stands for the threshold at the r-th lowest distinct value.
    """
    allowed = max(1, math.floor(most_false * sum(not label for label in labels)))
    distinct = sorted({x for x in stat if not math.isnan(x) and x != -math.inf})
    values = []
    for threshold in distinct:
        flags = flags_at(stat, threshold)
        values.append(objective(flags) if point_counts(labels, flags)[1] <= allowed else -1.0)
    best = max(values, default=0.0)
    return best, runs([abs(value - best) < 1e-9 for value in values])
