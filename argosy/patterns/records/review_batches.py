"""What a model is shown of flagged records: by group, with what is rare about each and ordinary ones beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from argosy.agents.outliers import FlaggedRecord, ReviewBatch, review_batches
from argosy.detectors.records.detector import RecordDetector
from argosy.signals.records import Field, Moment, Records
from argosy.signals.scores import Scores

Plain = str | int | float | bool | None
"""What a field is in a prompt: a time as it is written in the record."""

ORDINARY = 3
MOST_FIELDS = 16
_TEXT_CHARS = 200
_MOST_UNUSUAL = 5


@dataclass(frozen=True)
class ReviewRequest:
    """Batches, and for each id in them the record's index. Ids count from 1 in the order of scores, the highest
    first: they say nothing of where a record stands."""

    review_batches: Sequence[ReviewBatch]
    places: Mapping[int, int]


def review_batches_of(
    detector: RecordDetector, records: Records, scores: Scores, clean: Callable[[str], str]
) -> ReviewRequest:
    """Everything that is flagged, the highest score first, as batches of one group each.

    `clean` takes secrets and addresses out of what the model is shown.
    """
    flagged = np.flatnonzero(scores.flags)
    flagged = flagged[np.argsort(-scores.values[flagged], kind="stable")]
    ordered = _ordered_fields(detector, records)
    by_group: dict[str | None, list[FlaggedRecord]] = {}
    places: dict[int, int] = {}
    for id, place in enumerate(flagged.tolist(), start=1):
        places[id] = place
        group = detector.compared(records, place)
        by_group.setdefault(group, []).append(_flagged(id, place, detector, records, scores, ordered))
    about = {group: _about(group, detector, records, scores, ordered) for group in by_group}
    return ReviewRequest([_cleaned(batch, clean) for batch in review_batches(by_group, about)], places)


def _cleaned(batch: ReviewBatch, clean: Callable[[str], str]) -> ReviewBatch:
    def all_of(value: Any) -> Any:
        match value:
            case str():
                return clean(value)
            case dict():
                return {name: all_of(each) for name, each in value.items()}
            case list() | tuple():
                return [all_of(each) for each in value]
        return value

    return ReviewBatch.model_validate(all_of(batch.model_dump()))


def _ordered_fields(detector: RecordDetector, records: Records) -> list[str]:
    """The fields that tell records apart; last those that the detector leaves out, such as times."""
    first: dict[str, Field] = {}
    varied: dict[str, None] = {}
    for row in records.rows:
        for name, value in row.items():
            if first.setdefault(name, value) != value:
                varied[name] = None
    names = list(varied or first)
    return sorted(names, key=lambda name: name in detector.fields.noise)


def _flagged(
    id: int, place: int, detector: RecordDetector, records: Records, scores: Scores, ordered: Sequence[str]
) -> FlaggedRecord:
    unusual = detector.unusual(records, place)
    fields = _fields(records.rows[place], [*(each.field for each in unusual), *ordered])
    if records.groups is not None and detector.compared(records, place) is None:
        fields = {"(group)": records.groups[place], **fields}
    said = tuple(str(each) for each in unusual[:_MOST_UNUSUAL])
    return FlaggedRecord(id=id, score=round(float(scores.values[place]), 3), fields=fields, unusual=said)


def _about(
    group: str | None, detector: RecordDetector, records: Records, scores: Scores, ordered: Sequence[str]
) -> tuple[str, int, Sequence[Mapping[str, Plain]]]:
    """How the group is called, how many training records it has, and some of its records at usual scores."""
    quiet = [
        place
        for place in np.flatnonzero(scores.values < 1.0).tolist()
        if group is None or (records.groups is not None and records.groups[place] == group)
    ]
    quiet.sort(key=lambda place: float(scores.values[place]))
    if len(quiet) > ORDINARY:
        # At the quarters of their scores: neither the most usual nor those that were nearly flagged.
        quiet = [quiet[len(quiet) * quarter // (ORDINARY + 1)] for quarter in range(1, ORDINARY + 1)]
    called = "its group" if group is not None else "all records together"
    return called, detector.size(group), [_fields(records.rows[place], ordered) for place in quiet]


def _fields(row: Mapping[str, Field], names: Sequence[str]) -> dict[str, Plain]:
    """At most so many fields of a record, in this order, with texts cut short."""
    filled = [name for name in dict.fromkeys(names) if row.get(name) not in (None, "")]
    return {name: _short(row[name]) for name in filled[:MOST_FIELDS]}


def _short(value: Field) -> Plain:
    if isinstance(value, Moment):
        return value.written
    if isinstance(value, str) and len(value) > _TEXT_CHARS:
        return value[:_TEXT_CHARS] + "…"
    if isinstance(value, float):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value
