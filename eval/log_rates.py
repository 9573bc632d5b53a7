"""How well verdicts on log lines meet labels: by line, by session, and by template."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from argosy.eval.rates import Rates, point
from argosy.signals.arrays import Bools, Ints


def line_rates(labels: Bools, flags: Bools) -> Rates:
    """Every line for itself. Both shape (n,)."""
    return point(labels, flags)


def session_rates(sessions: Sequence[Hashable], labels: Bools, flags: Bools) -> Rates:
    """Every session once: abnormal where any of its lines is. All shape (n,), in any order.

    A log without sessions is cut into windows of lines: see `windows`.
    """
    places = _places(sessions)
    return point(_reduced(places, labels) > 0, _reduced(places, flags) > 0)


def template_rates(templates: Sequence[Hashable], labels: Bools, flags: Bools) -> Rates:
    """Every template once, however often it was written: abnormal where at least half of its lines are.

    All shape (n,). The templates should be those of the data set where it has them, so that how lines are mined for a
    method is part of what is measured.
    """
    places = _places(templates)
    sizes = np.bincount(places, minlength=1)
    return point(2 * _reduced(places, labels) >= sizes, 2 * _reduced(places, flags) >= sizes)


def all_rates(
    labels: Bools, flags: Bools, sessions: Sequence[Hashable], templates: Sequence[Hashable]
) -> Mapping[str, Rates]:
    """The three by name; every argument of shape (n,)."""
    return {
        "line": line_rates(labels, flags),
        "session": session_rates(sessions, labels, flags),
        "template": template_rates(templates, labels, flags),
    }


def windows(lines: int, size: int) -> Sequence[int]:
    """Which window of `size` consecutive lines each line belongs to; the last may be shorter."""
    found: list[int] = (np.arange(lines) // size).tolist()
    return found


def _places(names: Sequence[Hashable]) -> Ints:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def _reduced(places: Ints, marks: Bools) -> Ints:
    counts: Ints = np.bincount(places, weights=marks, minlength=1).astype(np.int64)
    return counts
