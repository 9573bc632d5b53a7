"""A counter that was read: that it is one, and its rates in the place of its values."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.arrays import Floats
from argosy.signals.counters import Rates, only_rises, rates
from argosy.signals.incidents import labels_at


def counter_notes(values: Floats) -> Iterator[str]:
    """That values only rise, as those of a counter do, whose rate can be judged and whose total cannot."""
    found = only_rises(values)
    if found is None:
        return
    save = f", and starts again {_times(found.restarts)}" if found.restarts else ""
    yield f"the series only rises{save}: if it is a counter, take its rate with --rate"


def with_rates(loaded: LoadedSeries, place: str) -> LoadedSeries:
    """The same, with rates a second instead of a counter's values, without the first point, which has none.

    Raises BadInput, naming the place, for what is no counter.
    """
    found = rates(loaded.series, place)
    series = replace(loaded.series, values=found.values)
    later = replace(loaded, series=series).part(slice(1, len(series)))
    incidents = tuple(each for each in loaded.incidents if labels_at([each], later.series.seconds).any())
    return replace(later, incidents=incidents, notes=(*loaded.notes, *_notes(found)))


def _notes(found: Rates) -> Iterator[str]:
    restarts = f"; it starts again from zero {_times(found.restarts)}" if found.restarts else ""
    yield f"values are rates a second of a counter, whose first point has none and is left out{restarts}"
    if found.unknown:
        yield f"the counter started again {_times(found.unknown)} in a gap: no rate is known there"
    if found.corrections:
        yield f"the counter fell {_times(found.corrections)} by too little for a restart: no rate is known there"
    if found.over_gaps:
        yield f"{found.over_gaps:,} {'rate is' if found.over_gaps == 1 else 'rates are'} the mean over a gap"
    known = found.values[~np.isnan(found.values)]
    if len(known) and not known.any():
        yield "the counter never rises: all rates are 0"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
