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


def auc_roc(labels: Marks, scores: Sequence[float]) -> float:
    """The chance that a labelled point ranks above an unlabelled one, ties half."""
    ranked = [-math.inf if math.isnan(score) else score for score in scores]
    positives = [r for r, label in zip(ranked, labels, strict=True) if label]
    negatives = [r for r, label in zip(ranked, labels, strict=True) if not label]
    if not positives or not negatives:
        return math.nan
    wins = sum(1.0 if p > n else 0.5 if p == n else 0.0 for p in positives for n in negatives)
    return wins / (len(positives) * len(negatives))


def range_f1(labels: Marks, flags: Marks, existence_weight: float) -> float:
    real, predicted = runs(labels), runs(flags)
    if not real:
        return math.nan
    if not predicted:
        return 0.0

    def reward(one: Run, others: list[Run]) -> float:
        met = [other for other in others if max(one[0], other[0]) < min(one[1], other[1])]
        shared = sum(min(one[1], other[1]) - max(one[0], other[0]) for other in met)
        return shared / (one[1] - one[0]) / len(met) if met else 0.0

    def exists(one: Run) -> bool:
        return any(flags[one[0] : one[1]])

    precision = sum(reward(one, real) for one in predicted) / len(predicted)
    recall = sum(
        existence_weight * exists(one) + (1 - existence_weight) * reward(one, predicted) for one in real
    ) / len(real)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def delay_points(labels: Marks, flags: Marks) -> float:
    delays = [next(i for i in range(a, b) if flags[i]) - a for a, b in runs(labels) if any(flags[a:b])]
    return sum(delays) / len(delays) if delays else math.nan


def soft_labels(labels: Marks, buffer: int) -> list[float]:
    soft = [float(label) for label in labels]
    for start, stop in runs(labels):
        for i in range(len(labels)):
            distance = start - i if i < start else i - (stop - 1)
            if 0 < distance <= buffer // 2:
                soft[i] += math.sqrt(1 - distance / buffer)
    return [min(1.0, each) for each in soft]


def volumes(labels: Marks, scores: Sequence[float], most: int) -> tuple[float, float]:
    """VUS-PR and VUS-ROC: for every buffer and every distinct threshold, by hand."""
    if not any(labels):
        return math.nan, math.nan
    pairs = [_areas(labels, scores, buffer) for buffer in range(most + 1)]
    return sum(pair[0] for pair in pairs) / len(pairs), sum(pair[1] for pair in pairs) / len(pairs)


def _areas(labels: Marks, scores: Sequence[float], buffer: int) -> tuple[float, float]:
    ranked = [-math.inf if math.isnan(score) else score for score in scores]
    soft, half, n = soft_labels(labels, buffer), buffer // 2, len(labels)
    joined: list[Run] = []
    for start, stop in runs(labels):
        a, b = max(0, start - half), min(n, stop + half)
        joined = [*joined[:-1], (joined[-1][0], b)] if joined and a < joined[-1][1] else [*joined, (a, b)]
    recalls, falses, precisions = [0.0], [0.0], [1.0]
    for threshold in sorted(set(ranked), reverse=True):
        flags = [score >= threshold for score in ranked]
        found = sum(weight for weight, flag in zip(soft, flags, strict=True) if flag)
        beside = sum(w for w, flag, label in zip(soft, flags, labels, strict=True) if flag and not label)
        existence = sum(any(flags[a:b]) for a, b in joined) / len(joined)
        positives = sum(labels) + beside / 2
        recalls.append(min(1.0, found / positives) * existence)
        falses.append((sum(flags) - found) / (n - positives) if n > positives else math.nan)
        precisions.append(found / sum(flags))
    pr = sum((recalls[i] - recalls[i - 1]) * precisions[i] for i in range(1, len(recalls)))
    recalls.append(1.0)
    falses.append(1.0)
    roc = sum((falses[i] - falses[i - 1]) * (recalls[i] + recalls[i - 1]) / 2 for i in range(1, len(recalls)))
    return pr, roc


def affiliation(labels: Marks, flags: Marks) -> tuple[float, float]:
    """Precision and recall by sums over midpoints of eighths of a point, which are exact for what is linear there."""
    events, alerts, n = runs(labels), runs(flags), len(labels)
    if not events:
        return math.nan, math.nan
    precisions, recalls = [], []
    for k, (start, stop) in enumerate(events):
        low = 0.0 if k == 0 else (events[k - 1][1] + start) / 2
        high = float(n) if k == len(events) - 1 else (stop + events[k + 1][0]) / 2
        cut = [(max(a, low), min(b, high)) for a, b in alerts if max(a, low) < min(b, high)]
        chances = []
        for a, b in cut:
            for moment in _moments(a, b):
                d = max(start - moment, moment - stop, 0.0)
                beyond = max(start - d - low, 0.0) + max(high - stop - d, 0.0)
                chances.append(1.0 if d == 0 else beyond / (high - low))
        if chances:
            precisions.append(sum(chances) / len(chances))
        chances = []
        for moment in _moments(start, stop):
            d = min((max(a - moment, moment - b, 0.0) for a, b in cut), default=math.inf)
            met = min(d, moment - low) + min(d, high - moment)
            chances.append(1.0 - met / (high - low) if cut else 0.0)
        recalls.append(sum(chances) / len(chances))
    return (sum(precisions) / len(precisions) if precisions else math.nan), sum(recalls) / len(recalls)


def _moments(start: float, stop: float) -> list[float]:
    return [start + (i + 0.5) / 8 for i in range(round((stop - start) * 8))]


def drain(lines: Sequence[tuple[str, Sequence[str]]], most: int, similar: float) -> tuple[list[int], list[str]]:
    """Drain without a tree: among all templates of the line's length, kind and first word, the one most like it."""
    known: list[tuple[str, str, list[str]]] = []
    ids = []
    for apart, words in lines:
        is_full = len(known) >= most
        first = words[0] if len(words) > 1 else ""
        near = [at for at, each in enumerate(known) if each[0] == apart and len(each[2]) == len(words)]
        under = [at for at in near if known[at][1] == first] or [at for at in near if known[at][1] == "<*>"]
        likeness = {at: _template_likeness(known[at][2], words, is_full) for at in under}
        best = max(under, key=lambda at: (*likeness[at], -at), default=None)
        if best is not None and likeness[best][0] < (1.0 if is_full else similar):
            best = None
        if best is None and not is_full:
            known.append((apart, first, list(words)))
            best = len(known) - 1
        elif best is not None and not is_full:
            known[best][2][:] = [a if a == b else "<*>" for a, b in zip(known[best][2], words, strict=True)]
        ids.append(0 if best is None else best + 1)
    return ids, [" ".join(each[2]) for each in known]


def _template_likeness(template: Sequence[str], words: Sequence[str], fits: bool) -> tuple[float, int]:
    pairs = [(a, b) for a, b in zip(template, words, strict=True) if a != "<*>" or (b != "<*>" and not fits)]
    return (sum(a == b for a, b in pairs) / len(pairs) if pairs else 1.0), list(template).count("<*>")
