"""Labelled series that belong together, each read when it is its turn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.series import Series


@dataclass(frozen=True, eq=False)
class LabelledSeries:
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
    read: Callable[[], LabelledSeries]
    test_start: int | None = None


@dataclass(frozen=True)
class Collection:
    """All the series of one data set, and subsets of them that have a name.

    Raises BadInput when two series have one id.
    """

    layout: str
    entries: tuple[Entry, ...]
    subsets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id, count in Counter(each.id for each in self.entries).items():
            if count > 1:
                raise BadInput(f"series {id!r}", f"there are {count} of this name", "rename all but one")

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


Chosen = Mapping[str, tuple[Entry, ...]]
"""The series of a run by data set, each id once in all."""


def chosen_of(collections: Mapping[str, Collection], names: Sequence[str]) -> Chosen:
    """The entries to run, by the name of their data set; `names` as in `Collection.chosen`.

    Of several data sets, ids begin with the name of theirs, as in `kpi/argos19`; a data set that no name begins with is
    taken whole. Raises BadInput for a name that is nowhere.
    """
    if len(collections) == 1:
        return {name: collection.chosen(names) for name, collection in collections.items()}
    for name in names:
        if name.partition("/")[0] not in collections:
            mend = f"begin it with the data set, one of {', '.join(collections)}, as in {next(iter(collections))}/NAME"
            raise BadInput(f"--series {name}", "is of no data set", mend)
    return {
        set_name: tuple(
            replace(each, id=f"{set_name}/{each.id}")
            for each in collection.chosen([name.partition("/")[2] for name in names if name.startswith(f"{set_name}/")])
        )
        for set_name, collection in collections.items()
    }


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

    def __call__(self) -> LabelledSeries:
        loaded = read_series(self.request)
        if loaded.labels is None:
            mend = "name the column of 0/1 labels with --label"
            raise BadInput(str(self.request.path), "nothing says which points are incidents", mend)
        return LabelledSeries(loaded.series, loaded.labels, loaded.times_known, loaded.notes)
