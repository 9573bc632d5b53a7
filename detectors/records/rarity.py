"""What is rare about a record: its values, words and numbers beside those of the training records of its group."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from argosy.detectors.records.fields import NAME_CHARS, Fields, Row, column, is_number
from argosy.detectors.records.times import TimeField, hour, weekday
from argosy.detectors.records.words import words
from argosy.signals.arrays import Floats
from argosy.signals.records import Field, Moment

RARE_SHARE = 0.1
FAR_SPREADS = 3.0
_SHOWN_CHARS = 60
_MOST_SAID = 3


@dataclass(frozen=True)
class RareField:
    """A field by which a record stands out: `seen` of `records` compared with have this value or word.

    A number has `spreads`, its signed distance from their mean, instead, and a time the `side` of the usual ones on
    which it lies so far away. `rarity` orders them: −log10 of the share, or of how often a number lies so far out.
    """

    field: str
    value: Field
    seen: int
    records: int
    rarity: float
    spreads: float | None = None
    word: str | None = None
    side: str | None = None

    def __str__(self) -> str:
        value = _short(self.value)
        if self.spreads is not None:
            side = "above" if self.spreads > 0 else "below"
            return f"{self.field} {value}: {abs(self.spreads):.3g} spreads {side} the mean"
        if self.side is not None:
            return f"{self.field} {value}: {self.seen} of {self.records} lie so far {self.side} the usual times"
        if self.word is not None:
            return f"{self.field}: the word {self.word!r} is in {self.seen} of {self.records}"
        return f"{self.field} {value}: {self.seen} of {self.records} have it"


@dataclass(eq=False)
class ValueCounts:
    """How often each value, word and number occurs among some training rows; counted when first asked for."""

    rows: Sequence[Row]
    fields: Fields
    _values: dict[str, Counter[str]] = field(default_factory=dict)
    _words: dict[str, Counter[str]] = field(default_factory=dict)
    _rarities: dict[str, list[int]] = field(default_factory=dict)
    _numbers: dict[str, Floats] = field(default_factory=dict)

    def unusual(self, row: Row) -> tuple[RareField, ...]:
        """The fields of a row that few training rows share, the rarest first."""
        names = dict.fromkeys([*self.fields.texts, *self.fields.numbers, *self.fields.times, *row])
        found = (
            each for name in names if name not in self.fields.noise for each in self._of_field(name, row.get(name))
        )
        rare = [each for each in found if each is not None]
        return tuple(sorted(rare, key=lambda each: -each.rarity))

    def _of_field(self, name: str, value: Field) -> Iterator[RareField | None]:
        if name in self.fields.numbers:
            yield self._number(name, value)
            return
        if name in self.fields.times:
            yield from self._time(name, value, self.fields.times[name])
            return
        text = "" if value is None else str(value)
        if name in self.fields.ids or len(text) > NAME_CHARS:
            yield self._rarest_word(name, text)
            return
        counts = self._counted(name)
        yield self._if_rare(name, value, counts[text], counts.values())

    def _time(self, name: str, value: Field, times: TimeField) -> Iterator[RareField | None]:
        if not isinstance(value, Moment):
            lacking = sum(not isinstance(row.get(name), Moment) for row in self.rows)
            yield self._if_rare(name, value, lacking, [lacking])
            return
        yield self._far(name, value, times)
        if times.hours is not None:
            hours = self._counted_of(f"{name} hour", name, lambda at: f"{hour(at)}:00")
            said = f"{hour(value)}:00"
            yield self._if_rare(f"{name} hour", said, hours[said], hours.values())
        if times.weekdays is not None:
            days = self._counted_of(f"{name} weekday", name, weekday)
            yield self._if_rare(f"{name} weekday", weekday(value), days[weekday(value)], days.values())

    def _far(self, name: str, value: Moment, times: TimeField) -> RareField | None:
        far = times.distance(value)
        if not far:
            return None
        if name not in self._numbers:
            moments = (row.get(name) for row in self.rows)
            self._numbers[name] = np.array([times.distance(at) for at in moments if isinstance(at, Moment)])
        known = self._numbers[name]
        beyond = int((known <= far).sum() if far < 0 else (known >= far).sum())
        rarity = -math.log10(max(beyond, 0.5) / max(len(known), 1))
        return RareField(name, value, beyond, len(known), rarity, side="before" if far < 0 else "after")

    def _counted_of(self, title: str, name: str, part: Callable[[Moment], str]) -> Counter[str]:
        """How often each part of a time occurs, such as its hour."""
        if title not in self._values:
            moments = (row.get(name) for row in self.rows)
            self._values[title] = Counter(part(each) for each in moments if isinstance(each, Moment))
        return self._values[title]

    def _if_rare(
        self, name: str, value: Field, seen: int, counts: Iterable[int], word: str | None = None
    ) -> RareField | None:
        """A value is rare where few records have one that is as rare: among ids, to be the only one is usual."""
        records = len(self.rows)
        as_rare = sum(count for count in counts if count <= seen)
        if records < 3 or as_rare > max(1, RARE_SHARE * records):
            return None
        return RareField(name, value, seen, records, -math.log10(max(as_rare, 0.5) / records), word=word)

    def _counted(self, name: str) -> Counter[str]:
        if name not in self._values:
            self._values[name] = Counter("" if (v := row.get(name)) is None else str(v) for row in self.rows)
        return self._values[name]

    def _rarest_word(self, name: str, text: str) -> RareField | None:
        if name not in self._words:
            texts = (str(row.get(name) or "") for row in self.rows)
            self._words[name] = Counter(word for each in texts for word in set(words(each)))
        counts = self._words[name]
        rarest = min(words(text), key=lambda word: counts[word], default=None)
        return None if rarest is None else self._if_rare(name, text, counts[rarest], self._rarest(name), rarest)

    def _rarest(self, name: str) -> Sequence[int]:
        """For each record, of how many others it shares its rarest word."""
        if name not in self._rarities:
            counts = self._words[name]
            texts = (str(row.get(name) or "") for row in self.rows)
            self._rarities[name] = [min((counts[word] for word in words(each)), default=0) for each in texts]
        return self._rarities[name]

    def _number(self, name: str, value: Field) -> RareField | None:
        if name not in self._numbers:
            self._numbers[name] = column(self.rows, name)
        training = self._numbers[name]
        known = training[~np.isnan(training)]
        given = column([{name: value}], name)[0]
        if math.isnan(given):
            lacking = len(training) - len(known)
            return self._if_rare(name, value, lacking, [lacking])
        if len(known) < 3:
            return None
        mean, spread = float(known.mean()), float(known.std())
        if spread <= 1e-12 * max(abs(mean), 1.0):
            same = int((known == given).sum())
            return self._if_rare(name, value, same, [same])
        far = (float(given) - mean) / spread
        if abs(far) < FAR_SPREADS:
            return None
        beyond = int((np.abs(known - mean) >= abs(given - mean)).sum())
        rarity = -math.log10(max(beyond, 0.5) / len(known)) + math.log10(abs(far) / FAR_SPREADS)
        return RareField(name, value, beyond, len(known), rarity, spreads=far)


def sentence(found: Iterable[RareField]) -> str:
    """What is rare about a record, in a sentence; says so where no field alone is."""
    said = [str(each) for each in found][:_MOST_SAID]
    return "; ".join(said) if said else "no field alone is rare: the combination is unusual"


def _short(value: Field) -> str:
    if value is None or value == "":
        return "missing"
    if is_number(value):
        return f"{column([{'': value}], '')[0]:.6g}"
    text = " ".join(str(value).split())
    return repr(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…")
