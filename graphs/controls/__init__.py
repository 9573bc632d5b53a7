"""What a session is measured against: other ways to spend the same calls of the same author.

A control is the refinement graph with some of its nodes replaced. What the two that stand for other methods have in
common stands in `turns`; `ablations` are sessions that lack one part each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from argosy.graphs.controls import argos_plain, best_of_n
from argosy.graphs.controls.ablations import ABLATIONS
from argosy.graphs.refine import Settings
from argosy.graphs.refine.graph import Node


@dataclass(frozen=True)
class Control:
    """`instead` are nodes by the name of those whose place they take; `bounded` makes a session's settings its own.

    Other methods go on until the cap on calls is reached, which whoever runs them sets.
    """

    name: str
    summary: str
    instead: Mapping[str, Node]
    bounded: Callable[[Settings, int], Settings]


_ROWS = (
    Control(
        "argos_plain",
        "the published Argos loop: chunk and parent rule in, best by validation kept, numbers as written, no gates",
        argos_plain.NODES,
        lambda settings, calls: replace(settings, rounds=calls, evaluations=1, max_repairs=argos_plain.MOST_REPAIRS),
    ),
    Control(
        "best_of_n",
        "proposals that know nothing of each other, tuned alike, the best on validation fused",
        best_of_n.NODES,
        lambda settings, calls: replace(settings, rounds=calls),
    ),
    *(Control(row.name, row.summary, row.instead, row.bounded) for row in ABLATIONS),
)

CONTROLS: Mapping[str, Control] = MappingProxyType({row.name: row for row in _ROWS})
"""By name; `bounded` takes the settings of a session and the most calls."""
