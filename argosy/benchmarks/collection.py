"""Labelled series that belong together, each read when it is its turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from argosy.connectors.tables import TableRequest, read_series
from signals.arrays import Bools
from signals.errors import BadInput
from signals.series import Series


@dataclass(frozen=True, eq=False)
class Labelled:
    """A series with labels, shape (n,). Without `times_known`, seconds count from an arbitrary zero."""

    series: Series
    labels: Bools
    times_known: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A series of a collection, read when it is its turn.

    `read` raises BadInput. `test_start` says where the layout itself begins its test part.
    """

    id: str
    read: Callable[[], Labelled]
    test_start: int | None = None


@dataclass(frozen=True)
class Collection:
    """All the series there are, and subsets of them that have a name."""

    layout: str
    entries: tuple[Entry, ...]
    subsets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def chosen(self, names: Sequence[str]) -> tuple[Entry, ...]:
        """The entries of these ids or subsets, in the order of the collection; all when none is named.

        Raises BadInput for a name that is neither.
        """
        if not names:
            return self.entries
        wanted = {id for name in names for id in self.subsets.get(name, (name,))}
        unknown = sorted(wanted - {each.id for each in self.entries})
        if unknown:
            there = ", ".join([*self.subsets, *(each.id for each in self.entries[:5])])
            raise BadInput("--series", f"no series {unknown[0]!r}; there are {there}, …", "name series that are there")
        return tuple(each for each in self.entries if each.id in wanted)


@dataclass(frozen=True)
class Columns:
    """The names that were given for the columns of a plain table, and the seconds between points."""

    time: str | None = None
    value: str | None = None
    label: str | None = None
    id_column: str | None = None
    step_s: int | None = None


@dataclass(frozen=True)
class Reading:
    """Reads one series of a table. Raises BadInput, also when nothing says which points are incidents."""

    request: TableRequest

    def __call__(self) -> Labelled:
        loaded = read_series(self.request)
        if loaded.labels is None:
            mend = "name the column of 0/1 labels with --label"
            raise BadInput(str(self.request.path), "nothing says which points are incidents", mend)
        return Labelled(loaded.series, loaded.labels, loaded.times_known, loaded.notes)
