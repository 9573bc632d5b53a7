"""All statistics of drift on one series: what its detector was made on, and what came since."""

from dataclasses import dataclass

import numpy as np

from argosy.detectors.baselines.residuals import periods
from argosy.detectors.drift.counts import alert_rate, missed, missed_in, one_an_incident, outside
from argosy.detectors.drift.form import DriftFinding, unmeasured
from argosy.detectors.drift.location import level, residual_spread, scale
from argosy.detectors.drift.population import population
from argosy.detectors.drift.rhythm import seasonality
from argosy.detectors.drift.windows import FEWEST_POINTS, FEWEST_WINDOWS, Sample
from argosy.signals.arrays import Bools, Ints
from argosy.signals.series import Series

MOST_SLOTS = 96
MOST_OLDER = 200_000
"""Of longer series the newest so many older points are compared with."""

STATISTICS_OF_VALUES = (population, level, residual_spread, scale, seasonality)
OF_VALUES = ("population", "level", "residual_spread", "scale", "seasonality")
"""Statistics of values alone, by name; they see no gaps, as a sample holds the values that are there."""

NAMES = (*OF_VALUES, "alert_rate", "false_alerts", "missed")


@dataclass(frozen=True, eq=False)
class DriftInput:
    """A series: its detector was made on the points before index `made_until`; those from `since` on are new.

    `labels` and `flags`, of the detector, have shape (n,). `reference` holds its usual rate of alerts.
    `labelled_since`: whether somebody has said since what is an incident, and `labelled` of which points; None: of
    the new ones.
    """

    series: Series
    labels: Bools
    flags: Bools
    made_until: int
    since: int
    reference: slice
    labelled_since: bool
    labelled: slice | None = None


def measure_drift(newer: DriftInput) -> tuple[DriftFinding, ...]:
    """Every statistic, in the order of `NAMES`; one that cannot be measured says so and does not fire."""
    return (*_of_values(newer), *_of_alerts(newer))


def _of_values(newer: DriftInput) -> tuple[DriftFinding, ...]:
    sample = sample_of(newer)
    if not sample.enough:
        why = f"{len(sample.newer):,} new points beside {len(sample.older):,} older ones are too few"
        return tuple(unmeasured(name, why) for name in OF_VALUES)
    return tuple(statistic(sample) for statistic in STATISTICS_OF_VALUES)


def sample_of(newer: DriftInput) -> Sample:
    """Older and newer values, labelled points and gaps left out; the newest of the newer ones where these are many."""
    series, known = newer.series, ~np.isnan(newer.series.values) & ~newer.labels
    older = np.flatnonzero(known[: newer.made_until])[-MOST_OLDER:]
    fresh = newer.since + np.flatnonzero(known[newer.since :])
    fresh = fresh[-max(FEWEST_POINTS, len(older) // FEWEST_WINDOWS) :]
    phases, slots = _phases(newer)
    return Sample(series.values[older], series.values[fresh], phases[older], phases[fresh], slots)


def _phases(newer: DriftInput) -> tuple[Ints, int]:
    """The slot of its period of each point, shape (n,), and how many slots there are."""
    series = newer.series
    start = max(0, newer.made_until - MOST_OLDER)
    found = periods(series.part(start, newer.made_until), newer.labels[start : newer.made_until])
    length_s = (found[0] if found else 1) * series.step_s
    slots = min(MOST_SLOTS, found[0]) if found else 1
    return (series.seconds % length_s) * slots // length_s, slots


def _of_alerts(newer: DriftInput) -> tuple[DriftFinding, ...]:
    labels, flags, since = newer.labels, newer.flags, slice(newer.since, None)
    if not newer.labelled_since:
        why = "nobody has said what of the new points is an incident"
        rate = alert_rate("alert_rate", flags[newer.reference], flags[since])
        return rate, unmeasured("false_alerts", why), unmeasured("missed", why)
    alone, once = outside(labels, flags), one_an_incident(labels, flags)
    heard = newer.labelled or since
    reference = slice(newer.reference.start, min(newer.reference.stop, heard.start))  # no point counts on both sides
    return (
        alert_rate("alert_rate", once[newer.reference], once[since]),
        alert_rate("false_alerts", alone[reference], alone[heard]),
        missed(missed_in(labels[reference], flags[reference]), missed_in(labels[heard], flags[heard])),
    )
