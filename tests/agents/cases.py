"""Small evidence and a rule, as the agents are given them."""

from argosy.agents.models.speaker import CallKey, Role
from argosy.agents.rules.evidence import (
    BaseSummary,
    DetectionEvidence,
    Exhibit,
    Pair,
    RepairEvidence,
    ReviewEvidence,
    SeriesSummary,
)

RULE = '''"""Flags a level far above the recent one."""
import pandas as pd

PARAMS = {"window": (60, 5, 500), "threshold": (4.0, 1.0, 40.0)}


def detect(values, seconds, *, window, threshold):
    past = pd.Series(values).shift(1).rolling(window, min_periods=2)
    return ((values - past.mean()) / (threshold * past.std())).to_numpy()
'''
FENCED = f"```python\n{RULE}```"

SPIKE = Exhibit(
    id="e1", points=3, hour=4.5, before=(0.1, 0.0), values=(5.1, 6.0, 5.5), measures={"level": 3.2, "diff": 2.0}
)
LIKE = Exhibit(id="n1", points=3, before=(0.1, 0.2), values=(1.1, 1.0, 1.2), measures={"level": 0.7, "diff": 1.9})


def detection_key(attempt: int = 0) -> CallKey:
    return CallKey(Role.DETECTION, 1, 2, attempt)


def detection_evidence(**changes: object) -> DetectionEvidence:
    series = SeriesSummary(
        points=5_000, step_s=60, center=100.0, scale=7.0, periods=(1440,), seasonality=0.6, missing=0.0,
        quantiles={"0.5": 0.0, "0.99": 2.1}, noise=0.3,
    )  # fmt: skip
    base = BaseSummary(name="rolling_z", detected=2, missed=1, false_alerts=4, false_points=9)
    evidence = DetectionEvidence(
        direction="flag", round=1, candidate=2, candidates=3, series=series, base=base,
        pairs=(Pair(event=SPIKE, like=LIKE),),
    )  # fmt: skip
    return evidence.model_copy(update=changes)


def repair_evidence(**changes: object) -> RepairEvidence:
    evidence = RepairEvidence(
        direction="flag", failure="broke", error="ValueError: window must be an integer", traceback="line 8, in detect",
        line=8,
    )  # fmt: skip
    return evidence.model_copy(update=changes)


def review_evidence() -> ReviewEvidence:
    return ReviewEvidence(
        direction="flag", train={"objective": 0.8}, train_before={"objective": 0.6}, validation={"objective": 0.5},
        validation_before={"objective": 0.6}, events_gained=1, events_lost=0, false_points_added=30,
        false_points_removed=0, complexity=42, worst=(LIKE,),
    )  # fmt: skip
