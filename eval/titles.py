"""What a person reads above a figure, by the name of its metric."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "event_f1_pa": "Event-F1-PA",
    "point_f1": "point F1",
    "event_f1_k10": "event F1 k10",
    "auc_pr": "AUC-PR",
    "vus_pr": "VUS-PR",
    "range_f1": "range F1",
    "affiliation_f1": "affiliation F1",
    "delay_points": "delay",
    "alerts_a_week": "alerts a week",
    "oracle_objective": "oracle objective",
    "objective": "objective",
}
