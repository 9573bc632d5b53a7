"""From labelled lines to labelled templates, and a few of these that say most."""

import re
from collections import Counter
from collections.abc import Sequence

from argosy.agents.logs.entries import LabelledTemplate, TemplateEntry
from argosy.detectors.logs.templates import OTHERS, TemplateMiner

MOST_EXAMPLES = 20
"""About twenty are best, says the paper."""

MOST_RANKED = 40


def labelled_templates(texts: Sequence[str], labels: Sequence[bool]) -> Sequence[LabelledTemplate]:
    """The templates of these lines, the most frequent first; abnormal where at least half of its lines are."""
    miner = TemplateMiner()
    ids = miner.add(texts).tolist()
    bad = Counter(id for id, label in zip(ids, labels, strict=True) if label)
    found = [
        LabelledTemplate(
            TemplateEntry(each.text, each.count, tuple(each.examples), each.severity), 2 * bad[each.id] >= each.count
        )
        for each in miner.templates
        if each.id != OTHERS
    ]
    return sorted(found, key=lambda each: (-each.entry.count, each.entry.text))


def chosen(sample: Sequence[LabelledTemplate], most: int) -> tuple[LabelledTemplate, ...]:
    """At most so many, half of them abnormal where there are enough, of each kind the ones least alike."""
    bad = [each for each in sample if each.abnormal]
    good = [each for each in sample if not each.abnormal]
    few_bad = min(len(bad), max(most // 2, most - len(good)))
    picked = [*_apart(bad, few_bad), *_apart(good, most - few_bad)]
    return tuple(sorted(picked, key=sample.index))


def _apart(among: Sequence[LabelledTemplate], most: int) -> Sequence[LabelledTemplate]:
    """The first, which is the most frequent, then each time the one that is least like those before it."""
    words = [set(re.findall(r"[^\W\d_]{2,}", each.entry.text.casefold())) for each in among]
    picked: list[int] = []
    nearest = [-1.0] * len(among)
    while len(picked) < min(most, len(among)):
        best = min((at for at in range(len(among)) if at not in picked), key=lambda at: (nearest[at], at))
        picked.append(best)
        nearest = [max(near, _alike(words[at], words[best])) for at, near in enumerate(nearest)]
    return [among[at] for at in picked]


def _alike(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(len(a | b), 1)
