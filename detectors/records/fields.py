"""What the fields of records are: numbers, times, names, or ids that say nothing; learned from training records."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from argosy.detectors.records.embedder import Document
from argosy.detectors.records.times import TimeField
from argosy.detectors.records.words import MASKS, words
from argosy.signals.arrays import Floats
from argosy.signals.records import Field, Moment

Row = Mapping[str, Field]

NAME_CHARS = 64
"""A text up to this length is taken for a name that may come back; a longer one is read by its words alone."""

MOST_OF_VALUES = 0.95
"""So many of a field's values are numbers, or times, where it counts as such; the others count as missing."""

_ID_SHARE = 0.5
_FEWEST_FOR_IDS = 20
_MOST_LOOKED_AT = 20_000
_LARGEST = 1e150  # its square is still a float


@dataclass(frozen=True)
class Fields:
    """The fields of training records. `numbers` have the usual value by which a missing one is filled.

    `ids` are those of the `texts` whose values hardly ever come back, such as messages; of the `noise` among them not
    even the words do, as in request ids and tokens: these say nothing and are left out.
    """

    numbers: Mapping[str, float]
    texts: tuple[str, ...]
    ids: frozenset[str]
    noise: frozenset[str] = frozenset()
    times: Mapping[str, TimeField] = field(default_factory=dict)

    def matrix(self, rows: Sequence[Row]) -> Floats:
        """The numbers, filled, and beside each whether it was missing; and times as numbers. Shape (n, columns)."""
        columns: list[Floats] = []
        for name, usual in self.numbers.items():
            values = column(rows, name)
            missing = np.isnan(values)
            columns += [np.where(missing, usual, values), missing.astype(np.float64)]
        for name, times in self.times.items():
            columns += times.columns([row.get(name) for row in rows])
        return np.column_stack(columns) if columns else np.zeros((len(rows), 0))

    def documents(self, rows: Sequence[Row]) -> list[Document]:
        """The texts; fields that training did not have count as texts too."""
        left_out = {*self.numbers, *self.noise, *self.times}
        return [
            [(name, str(value)) for name, value in row.items() if name not in left_out and value not in (None, "")]
            for row in rows
        ]


def learn(rows: Sequence[Row]) -> Fields:
    """What each field is. A field is a number, or a time, where nearly every training record that has it holds one."""
    names = dict.fromkeys(name for row in rows for name in row)
    numbers: dict[str, float] = {}
    times: dict[str, TimeField] = {}
    texts, ids, noise = list[str](), set[str](), set[str]()
    for name in names:
        present = [value for row in rows if (value := row.get(name)) is not None and value != ""]
        if not present:
            continue
        if _most(present, is_number):
            numbers[name] = _usual(column(rows, name))
            continue
        if _most(present, lambda value: isinstance(value, Moment)):
            times[name] = TimeField.learned(present)
            continue
        texts.append(name)
        values = [str(value) for value in present]
        if are_ids(values):
            ids.add(name)
            if _is_noise(values[:: 1 + len(values) // _MOST_LOOKED_AT]):
                noise.add(name)
    kept = tuple(name for name in texts if name not in noise)
    return Fields(numbers, kept, frozenset(ids), frozenset(noise), times)


def _most(values: Sequence[Field], is_such: Callable[[Field], bool]) -> bool:
    return sum(map(is_such, values)) >= MOST_OF_VALUES * len(values)


def _usual(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0


def is_number(value: Field) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def column(rows: Sequence[Row], name: str) -> Floats:
    """A field as numbers within ±1e150, shape (n,); NaN for what is missing, infinite or no number."""
    values: Floats = np.array([_finite(row.get(name)) for row in rows], dtype=np.float64)
    return values


def _finite(value: Field) -> float:
    if isinstance(value, float):
        return max(-_LARGEST, min(value, _LARGEST)) if math.isfinite(value) else math.nan
    if isinstance(value, int) and not isinstance(value, bool):
        return float(max(-(10**150), min(value, 10**150)))
    return math.nan


def are_ids(values: Sequence[str]) -> bool:
    """Whether values hardly ever come back: more than half of at least 20 are different."""
    return len(values) >= _FEWEST_FOR_IDS and len(set(values)) > _ID_SHARE * len(values)


def _is_noise(values: Sequence[str]) -> bool:
    """Whether, beside numbers and mixtures, less than every second value has a word that another one has too, or less
    than half of their words are such."""
    found = Counter(word for value in values for word in set(words(value)) if word not in MASKS)
    back = sum(count for count in found.values() if count > 1)
    return back <= (1 - _ID_SHARE) * max(found.total(), len(values))
