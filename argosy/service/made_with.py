"""How the points were read that a detector was made on: what changes the points must be the same in service."""

from collections.abc import Iterator

from argosy.inputs.tables.reading import Reading
from argosy.sessions.kept_reading import reading_of
from argosy.signals.gap_policy import GapPolicy
from argosy.store.rows import DetectorRow
from argosy.store.store import Store


def reading_made_with(store: Store, row: DetectorRow) -> Reading:
    """How the first session of the detector's line read its points; as usual where the store says nothing of it."""
    first = store.detectors.find(store.service.line_of(row.id))
    return reading_of(store.sessions.find(first.session))


def reading_notes(made: Reading, asked: Reading) -> Iterator[str]:
    """What is to be said where a detector is asked to look at points read in another way than those it was made on."""
    if made.rate and asked.rate is False:
        yield "the detector was made on rates, and these values are taken as they stand in the file (--no-rate)"
    if asked.rate and not made.rate:
        yield "the detector was made on values as they stood in the file, and these are rates of them (--rate)"
    before = made.gaps or GapPolicy.IGNORE
    if asked.gaps not in (None, before):
        yield f"the detector was made with --gaps {before}, and these points are read with --gaps {asked.gaps}"
