"""Protocols: what is cut where, what thresholds are searched for, and which figures head the table.

No threshold ever comes from a test part; what needs one anyway is in columns called oracle. Point-adjusted figures
never head a table alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from argosy.eval.bench.method import FitOn


@dataclass(frozen=True)
class Protocol:
    """How a benchmark is held. `lockbox` and `validation` are shares; None takes the layout's cut or the usual one."""

    name: str
    about: str
    headlines: tuple[str, ...]
    objective: str = "default"
    validation: float = 0.2
    lockbox: float | None = None
    fit_on: FitOn = FitOn.TRAIN


_ROWS = (
    Protocol(
        "argosy",
        "training, validation and lockbox by time; thresholds for the mean of point F1, event F1 k10 and Event-F1-PA",
        ("event_f1_pa", "point_f1", "event_f1_k10", "auc_pr", "vus_pr", "objective"),
    ),
    Protocol(
        "argos",
        "Argos (arXiv 2501.14170): 70/30 by time, thresholds for Event-F1-PA on all of the 70; theirs were searched on "
        "every split, ours never on the last",
        ("event_f1_pa", "point_f1", "event_f1_k10", "auc_pr"),
        objective="event_f1_pa",
        lockbox=0.3,
        fit_on=FitOn.KNOWN,
    ),
    Protocol(
        "tsb_ad",
        "TSB-AD (NeurIPS 2024): VUS-PR on the test part, whose start the file names tell; buffers to 100 points",
        ("vus_pr", "auc_pr", "point_f1", "range_f1", "affiliation_f1", "oracle_objective"),
        objective="point_f1",
        fit_on=FitOn.KNOWN,
    ),
    Protocol(
        "k_delay",
        "k-delay (Ren et al., KDD 2019, by events): an incident counts when it is flagged within 10 points",
        ("event_f1_k10", "delay_points", "alerts_a_week", "point_f1"),
        objective="event_f1_k10",
    ),
    Protocol(
        "nab_windows",
        "NAB's windows as incidents, by events: being early or late inside a window is all the same; not the NAB score",
        ("event_f1_pa", "event_f1_k10", "affiliation_f1", "vus_pr", "alerts_a_week"),
        objective="default",
    ),
)

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType({row.name: row for row in _ROWS})
