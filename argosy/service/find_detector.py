"""Which stored detector is meant for a file: the one that is named, or of those in service the latest that fits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import Reading
from argosy.service.made_with import reading_made_with, reading_notes
from argosy.service.series_match import Comparison, SeriesMatch, made_for
from argosy.signals.errors import BadInput
from argosy.store.rows import DetectorRow
from argosy.store.sessions import LATEST
from argosy.store.store import Store

Read = Callable[[DetectorRow], LoadedSeries]
"""Reads the points for a detector. Raises BadInput where they lack what it needs, or cannot be read at all."""


@dataclass(frozen=True, eq=False)
class FoundDetector:
    """A detector, the points that it was found for, and what is to be said of how the two fit."""

    row: DetectorRow
    loaded: LoadedSeries
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Tried:
    row: DetectorRow
    loaded: LoadedSeries
    match: SeriesMatch


def reader(store: Store, table: TableRequest) -> Read:
    """Reads a table for a detector, with the column that its base was made of, and read as the points were on which it
    was made as far as the table's reading says nothing else; once for each way to read it."""
    kept: dict[tuple[str | None, Reading], LoadedSeries] = {}

    def read(row: DetectorRow) -> LoadedSeries:
        made = reading_made_with(store, row)
        way = row.base.get("column"), table.reading.as_before(made)
        if way not in kept:
            kept[way] = read_series(replace(table, base=way[0], base_known=True, reading=way[1]))
        return replace(kept[way], notes=(*kept[way].notes, *reading_notes(made, table.reading)))

    return read


def find_for(store: Store, detector: str, read: Read) -> FoundDetector:
    """The detector that is meant, and its points. Raises BadInput, also where `latest` can mean none for them.

    One that is named by its id is taken, whatever speaks against it; that is noted.
    """
    if detector != LATEST:
        tried = _try(store, store.detectors.find(detector), read)
        return FoundDetector(tried.row, tried.loaded, tried.match.notes)
    return _latest(store, read)


def _try(store: Store, row: DetectorRow, read: Read) -> _Tried:
    loaded = read(row)
    name = store.redaction.text(loaded.series.id)
    return _Tried(row, loaded, Comparison(made_for(store, row), loaded, name).match())


def _latest(store: Store, read: Read) -> FoundDetector:
    """Of those in service the newest whose points these are, else the newest to which they may belong."""
    live = store.service.lives()
    rows = [row for row in store.detectors.newest() if row.id in live] or [store.detectors.find(LATEST)]
    tried, unread = list[_Tried](), list[BadInput]()
    for row in rows:
        try:
            one = _try(store, row, read)
        except BadInput as error:  # it may lack what this detector needs and another does not
            unread.append(error)
            continue
        if one.match.certain and not one.match.impossible:
            return FoundDetector(row, one.loaded, (*one.match.notes, *_which(row, len(rows), "its points are these")))
        tried.append(one)
    return _fitting(tried, unread, len(rows))


def _fitting(tried: list[_Tried], unread: list[BadInput], live: int) -> FoundDetector:
    possible = [each for each in tried if not each.match.impossible]
    if not possible:
        raise _none(tried) if tried else unread[0]
    best = max(possible, key=lambda each: each.match.rank)  # the first of equals: the newest
    others = [each.row.id for each in possible if each is not best and each.match.rank == best.match.rank]
    why = "its series is named so" if best.match.named else "its values are like these"
    also = (f"{', '.join(others[:3])} would fit as well: name the one that is meant",) if others else ()
    return FoundDetector(best.row, best.loaded, (*best.match.notes, *_which(best.row, live, why), *also))


def _which(row: DetectorRow, live: int, why: str) -> Iterator[str]:
    if live > 1:
        yield f"latest is {row.id}, of {live} in service, as {why}"


def _none(tried: list[_Tried]) -> BadInput:
    newest = tried[0]
    who = (
        f"{newest.row.id}, which is in service, was"
        if len(tried) == 1
        else (f"none of the {len(tried)} in service was made for this series; the newest, {newest.row.id}, was")
    )
    problem = f"{who} made for another series than {newest.loaded.origin}: {'; '.join(newest.match.against)}"
    return BadInput(f"detector {LATEST!r}", problem, "name one that fits; argosy detector list shows them")
