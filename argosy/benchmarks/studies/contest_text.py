"""A contest of selectors as files: figures and choices as CSV, standings as Markdown."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from argosy.benchmarks.plan import versions
from argosy.benchmarks.studies.contest import CARDS, FIXED, WITH_PAST, Contest, Standing, by_group, gain

_DECIDING = ("numpy", "scipy", "scikit-learn", "pyod")


def write_contest(out: Path, name: str, metric: str, contest: Contest, found: Sequence[Standing], command: str) -> str:
    """Writes NAME-METRIC.csv and NAME-METRIC.md, and returns the latter's text."""
    out.mkdir(parents=True, exist_ok=True)
    table = contest.figures.copy()
    table.insert(0, "tags", [" ".join(contest.tags[each]) for each in table.index])
    for standing in found:
        if standing.picks:
            table[f"choice: {standing.way}"] = pd.Series(dict(standing.picks))
        if standing.way in contest.others:
            table[standing.way] = standing.reached
    table.round(5).to_csv(out / f"{name}-{metric}.csv", index_label="subject")
    text = contest_text(name, metric, contest, found, command)
    (out / f"{name}-{metric}.md").write_text(text, encoding="utf-8")
    return text


def contest_text(name: str, metric: str, contest: Contest, found: Sequence[Standing], command: str) -> str:
    """The standings as Markdown."""
    sets = list(dict.fromkeys(contest.groups.values()))
    columns = sets if len(sets) < len(contest.figures) else []
    lines = [f"# Selection: {name}, {metric}", "", "```sh", command, "```", ""]
    lines.append(f"{len(contest.figures)} subjects, {contest.figures.shape[1]} candidates. {_verdict(found)}")
    lines += ["", _row(["way of choosing", "fitted on", *columns, *(["mean of sets"] if columns else []), "mean"])]
    lines.append(_row(["---"] * (3 + len(columns) + bool(columns))))
    for standing in sorted(found, key=lambda each: -each.mean()):
        grouped = by_group(standing, contest.groups)
        cells = [f"{grouped[each]:.3f}" for each in columns] + ([f"{grouped.mean():.3f}"] if columns else [])
        lines.append(_row([standing.way, standing.honesty, *cells, f"{standing.mean():.4f}"]))
    lines += ["", "Each candidate, always:", "", _row(["detector", "mean"]), _row(["---"] * 2)]
    means = contest.figures.mean().sort_values(ascending=False)
    lines += [_row([str(detector), f"{value:.4f}"]) for detector, value in means.items()]
    lines += ["", "What was chosen, and how often:", ""]
    lines += [f"- {each.way}: {_counted(each)}" for each in found if each.way in (CARDS, WITH_PAST, FIXED)]
    lines += ["", f"Versions: {versions(_DECIDING)}.", ""]
    return "\n".join(lines)


def _verdict(found: Sequence[Standing]) -> str:
    """By how much the selectors beat the best fixed choice, or do not."""
    by_way = {each.way: each for each in found}
    hindsight = next(each for each in found if each.way.startswith(f"{FIXED}: "))
    sentences = []
    for way in (CARDS, WITH_PAST):
        for other in (by_way[FIXED], hindsight):
            found_gain = gain(by_way[way], other)
            word = "better" if found_gain.mean > 0 else "WORSE"
            bounds = f"95 % interval {found_gain.low:+.4f} to {found_gain.high:+.4f}"
            than = f"than the {other.way} ({other.honesty}) by {abs(found_gain.mean):.4f}"
            sentences.append(f"The selector by {way} is {word} {than} ({bounds}).")
    return " ".join(sentences)


def _counted(standing: Standing) -> str:
    counted = Counter(standing.picks.values())
    return ", ".join(f"{name} {count}" for name, count in counted.most_common())


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
