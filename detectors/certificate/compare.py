"""Two certificates of one rule, the stored one and one made again: what holds, and what does not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from argosy.detectors.certificate import evidence
from argosy.detectors.certificate.form import Certificate, CheckKind, Examination

HOLDS = "holds"
SLACK = 1.05


@dataclass(frozen=True)
class Comparison:
    """One thing that was compared; `words` is what was found, in words."""

    name: str
    holds: bool
    words: str


def compare(stored: Certificate, found: Certificate) -> tuple[Comparison, ...]:
    """Every check again, then the figures, where the data are the same. Timings are the machine's and not compared."""
    checks = [_source(stored, found), *_refusals(found.examination)]
    if stored.data.sha256 != found.data.sha256:
        said = "other data than those it was certified on: the checks were made on these, figures are not compared"
        return (*checks, Comparison("data", True, said))
    checks.append(Comparison("data", True, "the data that it was certified on"))
    return (*checks, *_figures(stored, found))


def _source(stored: Certificate, found: Certificate) -> Comparison:
    same = stored.source_sha256 == found.source_sha256 and stored.params == found.params
    same = same and stored.direction is found.direction
    return Comparison(
        "rule", same, "source, numbers and direction are those certified" if same else "the rule was changed"
    )


def _refusals(examination: Examination) -> Iterator[Comparison]:
    for kind in CheckKind:
        refused = examination.refusal(kind)
        yield Comparison(kind.value, refused is None, refused.why if refused else HOLDS)


def _figures(stored: Certificate, found: Certificate) -> Iterator[Comparison]:
    one, other = stored.examination, found.examination
    pairs = (
        ("verdicts", one.verdicts, other.verdicts),
        ("changed input", _responses(one), _responses(other)),
        ("awkward input", one.edges, other.edges),
    )
    for name, before, now in pairs:
        yield Comparison(name, before == now, HOLDS if before == now else f"was {_brief(before)}, is {_brief(now)}")
    yield _lookback(one, other)
    if found.sensitivity and stored.sensitivity:
        same = found.sensitivity == stored.sensitivity
        yield Comparison("sensitivity", same, HOLDS if same else "the objective moves otherwise with the parameters")
    if found.evidence:
        differing = evidence.differing_parts(stored.evidence, found.evidence)
        said = f"other figures on {', '.join(differing)}" if differing else HOLDS
        yield Comparison("evidence", not differing, said)


def _lookback(stored: Examination, found: Examination) -> Comparison:
    """Holds when the certified history still suffices; last bits of other library versions may move it a little."""
    before = stored.lookback.scores_points if stored.lookback else None
    now = found.lookback.scores_points if found.lookback else None
    holds = before is None or (now is not None and now <= before * SLACK + 1)
    return Comparison("lookback", holds, HOLDS if holds else f"was {_points(before)}, is {_points(now)}")


def _points(number: int | None) -> str:
    return "unbounded" if number is None else f"{number:,} points"


def _responses(examination: Examination) -> dict[str, float | None]:
    return {each.change: each.kept for each in examination.responses}


def _brief(value: object) -> str:
    dump = getattr(value, "model_dump", None)
    text = json.dumps(dump(mode="json") if dump else value, default=str)
    return text if len(text) <= 160 else text[:157] + "…"
