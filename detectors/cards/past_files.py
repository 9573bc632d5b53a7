"""Past results that come along: what detectors reached on the development sets, by tags.

Written by `python -m argosy.benchmarks.studies.selection … --keep FOLDER`; what is judged on those sets must not use
them.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from argosy.detectors.cards.card import CardKind
from argosy.detectors.cards.match import PastResult
from argosy.detectors.cards.tags import Goal


def past_name(kind: CardKind, goal: Goal) -> str:
    """The file of a kind and a goal; for tables there is one goal."""
    return "table.json" if kind is CardKind.TABLE else f"series-{goal.value}.json"


@cache
def packaged_past(kind: CardKind, goal: Goal) -> tuple[PastResult, ...]:
    """The results that come along, none where there is no file."""
    sheet = files("argosy.detectors.cards").joinpath("past").joinpath(past_name(kind, goal))
    if not sheet.is_file():
        return ()
    rows = json.loads(sheet.read_text(encoding="utf-8"))
    return tuple(PastResult(row["subject"], tuple(row["tags"]), row["reached"]) for row in rows)


def past_text(records: Sequence[PastResult]) -> str:
    """Records as JSON, one a line."""
    rows = [
        {"subject": each.subject, "tags": each.tags, "reached": {k: round(v, 4) for k, v in each.reached.items()}}
        for each in records
    ]
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
