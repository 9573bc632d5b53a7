"""The detector of records: embeddings and numbers, judged group by group."""

from collections import Counter
from collections.abc import Sequence
from typing import Self

import numpy as np

from argosy.detectors.records.embedder import Embedder
from argosy.detectors.records.fields import Fields, Row, learn
from argosy.detectors.records.groups import GroupOptions, Groups
from argosy.detectors.records.hashed import HashedEmbedder
from argosy.detectors.records.rarity import RareField, ValueCounts, sentence
from argosy.detectors.records.times import TimeField
from argosy.signals.arrays import Floats
from argosy.signals.records import Records
from argosy.signals.scores import Scores

_LISTED = 8


class RecordDetector:
    """Embeds records, and scores how far each is from what its group usually is; 1 is the group's threshold.

    Groups of fewer training records than `judging.fewest`, and groups that training did not have, are compared with
    all training records together; `notes` say so. The method is the one of "Anomaly detection using embeddings and
    GenAI" (Databricks, 2024): per group standardise, rebuild from principal components, cut at a percentile.

    >>> rows = [{"city": ("Rome", "Pisa", "Bari")[i % 3], "ms": 20 + i % 7} for i in range(60)]
    >>> rows.append({"city": "Oslo", "ms": 40})
    >>> scores = RecordDetector().fit(Records("logins", rows)).score(Records("logins", rows))
    >>> int(scores.flags.argmax()), scores.reasons[60]
    (60, "ms 40: 5.73 spreads above the mean; city 'Oslo': 1 of 61 have it")
    """

    def __init__(self, embedder: Embedder | None = None, judging: GroupOptions | None = None) -> None:
        self.judging = judging or GroupOptions()
        self.embedder: Embedder = embedder or HashedEmbedder(self.judging.shape.seed)
        self.name = f"embedding_{self.judging.method.value}"
        self.notes: tuple[str, ...] = ()
        self._fields = Fields({}, (), frozenset())
        self._groups = Groups(self.judging)
        self._rows: Sequence[Row] = ()
        self._places: dict[str, list[int]] = {}
        self._habits: dict[str | None, ValueCounts] = {}
        self._embedded: tuple[Records, Floats] | None = None

    def fit(self, records: Records) -> Self:
        """Learns from training records. Raises what the embedder raises, and ValueError when there is none."""
        if not len(records):
            raise ValueError("no record to learn from")
        self._fields = learn(records.rows)
        self._rows = records.rows
        self._habits = {}
        documents = self._fields.documents(records.rows)
        self._embedder_fit(documents)
        matrix = self._matrix(records)
        self._groups = Groups(self.judging).fit(matrix, records.groups)
        self._places = {}
        for place, group in enumerate(records.groups or ()):
            self._places.setdefault(group, []).append(place)
        self.notes = (*_field_notes(self._fields), *self.embedder.notes, *self._group_notes(records))
        return self

    def score(self, records: Records) -> Scores:
        """A score for each record, and for each flagged one what is rare about it. Raises what the embedder raises."""
        values = self._groups.score(self._matrix(records), records.groups)
        scores = Scores(values)
        reasons = {int(i): sentence(self.unusual(records, int(i))) for i in np.flatnonzero(scores.flags)}
        return Scores(values, reasons=reasons)

    def unusual(self, records: Records, index: int) -> tuple[RareField, ...]:
        """What is rare about one record beside the training records that it is compared with."""
        return self._compared_with(self.compared(records, index)).unusual(records.rows[index])

    @property
    def fields(self) -> Fields:
        """What the fields of the training records are."""
        return self._fields

    def compared(self, records: Records, index: int) -> str | None:
        """The group that a record is compared with, None for all records together."""
        group = None if records.groups is None else records.groups[index]
        return group if group in self._groups.own else None

    def size(self, group: str | None) -> int:
        """How many training records those of a group are compared with; None for all together."""
        return len(self._rows) if group is None else len(self._places[group])

    def _compared_with(self, group: str | None) -> ValueCounts:
        if group not in self._habits:
            rows = self._rows if group is None else [self._rows[place] for place in self._places[group]]
            self._habits[group] = ValueCounts(rows, self._fields)
        return self._habits[group]

    def _embedder_fit(self, documents: Sequence[Sequence[tuple[str, str]]]) -> None:
        if any(documents):
            self.embedder.fit(documents)

    def _matrix(self, records: Records) -> Floats:
        """Numbers and embeddings side by side; training records that are scored are not embedded again."""
        if self._embedded is not None and self._embedded[0] is records:
            return self._embedded[1]
        numbers = self._fields.matrix(records.rows)
        matrix = numbers
        if self._fields.texts:
            matrix = np.column_stack((numbers, self.embedder.embed(self._fields.documents(records.rows))))
        self._embedded = (records, matrix)
        return matrix

    def _group_notes(self, records: Records) -> tuple[str, ...]:
        if records.groups is None:
            return ()
        sizes = Counter(records.groups)
        small = [size for size in sizes.values() if size < self.judging.fewest]
        notes = []
        if small:
            notes.append(
                f"{len(small)} of {len(sizes)} groups have fewer than {self.judging.fewest} records; "
                f"their {sum(small)} records are compared with all together"
            )
        coarse = sum(size * (100 - self.judging.percentile) < 100 for size in sizes.values()) - len(small)
        if coarse > 0:
            notes.append(
                f"{coarse} groups are so small that percentile {self.judging.percentile:g} lies below their most "
                "unusual training record, which is then flagged"
            )
        return tuple(notes)


def _field_notes(fields: Fields) -> tuple[str, ...]:
    notes = []
    if fields.times:
        notes.append("; ".join(_time_words(name, times) for name, times in sorted(fields.times.items())[:_LISTED]))
    if fields.noise:
        notes.append(f"{_listed(fields.noise)} say nothing: neither values nor words come back; left out")
    if fields.ids - fields.noise:
        notes.append(f"the values of {_listed(fields.ids - fields.noise)} hardly ever come back: only words count")
    return tuple(notes)


def _time_words(name: str, times: TimeField) -> str:
    hours = ["hour"] if times.hours is not None else []
    parts = [*hours, *(["weekday"] if times.weekdays is not None else []), "distance in time"]
    return f"{name} is compared by {', '.join(parts[:-1])}{' and ' if parts[:-1] else ''}{parts[-1]}"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
