"""The library: which stored rules are offered, and in which order."""

import numpy as np
import pytest

from argosy.benchmarks.studies.families import families
from argosy.detectors.rules.rule import Direction, read_rule
from argosy.detectors.rules.transfer import Unit, transfer_rule
from argosy.sessions.library import ALL, OFF, read_library, shape, trusted
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.store.rows import RuleRole
from argosy.store.store import Store

BODIES = {"drop": "-values", "rise": "values", "size": "abs(values)"}


def source(kind: str, low: float = 0.1) -> str:
    head = f'"""Flags a {kind}."""\nimport numpy as np\n\nPARAMS = {{"threshold": (3.0, {low}, 90.0)}}\n\n\n'
    body = f"    signal = {BODIES[kind]}\n    return signal / threshold\n"
    return f"{head}def detect(values, seconds, *, threshold):\n{body}"


def keep(
    store: Store, series: str, text: str, gain: float | None, *, by_model: bool = False, role: RuleRole = RuleRole.FUSED
) -> tuple[str, str]:
    """The ids of a session on a series and of the rule that it accepted."""
    session = store.sessions.begin(series, 900, "embedded", "auto", 0, {})
    rule = store.rules.put(
        read_rule(text), {"threshold": 5.0}, Direction.FLAG, author="embedded", language_model=by_model
    )
    assessment = {"validation": None if gain is None else 0.5 + gain, "validation_before": 0.5}
    assessment |= {"train": 0.6, "train_before": 0.55}
    unit = {"size": 2.5, "step_s": 60, "periods": [1440]}
    store.rules.use(session.id, rule.id, role, {"assessment": assessment, "unit": unit})
    return session.id, rule.id


def test_off_offers_nothing_and_all_what_was_accepted(store: Store) -> None:
    keep(store, "web-1", source("drop"), 0.2)
    keep(store, "web-1", source("rise"), 0.2, role=RuleRole.PARENT)
    assert read_library(store, OFF, 8).offers == ()
    (offer,) = read_library(store, ALL, 8).offers
    assert offer.source == source("drop")
    assert offer.params == {"threshold": 5.0}
    assert offer.unit == Unit(2.5, 60, (1440,))
    assert (offer.gain, offer.series) == (pytest.approx(0.2), 1)


def test_what_gained_more_and_on_more_series_comes_first_and_shapes_take_turns(store: Store) -> None:
    for series in ("a", "b", "c", "d"):
        keep(store, series, source("rise"), 0.15)
    keep(store, "a", source("drop"), 0.2)
    keep(store, "b", source("drop", low=0.2), 0.19)
    keep(store, "a", source("size"), None)
    offers = read_library(store, ALL, 8).offers
    assert [read_rule(each.source).summary for each in offers] == [
        "Flags a rise.",
        "Flags a drop.",
        "Flags a size.",
        "Flags a drop.",
    ]
    assert offers[0].series == 4
    assert offers[2].gain == pytest.approx(0.05)
    assert len(read_library(store, ALL, 1).offers) == 4


def test_a_pattern_and_a_set_of_sessions_restrict_what_counts(store: Store) -> None:
    session, _ = keep(store, "web-1", source("drop"), 0.2)
    keep(store, "db-1", source("rise"), 0.2)
    assert [each.source for each in read_library(store, "web-*", 8).offers] == [source("drop")]
    assert [each.source for each in read_library(store, ALL, 8, {session}).offers] == [source("drop")]
    with pytest.raises(BadInput, match="no session looked at a series of that name"):
        read_library(store, "disk-*", 8)


def test_rules_by_a_language_model_are_offered_only_where_they_run_sealed(store: Store) -> None:
    keep(store, "web-1", source("drop"), 0.2, by_model=True)
    keep(store, "web-1", source("rise"), 0.2)
    library = read_library(store, ALL, 8)
    assert len(trusted(library, sealed=True).offers) == 2
    assert [each.source for each in trusted(library, sealed=False).offers] == [source("rise")]


def test_the_shape_of_a_rule_is_its_code_without_numbers_and_unit() -> None:
    moved = transfer_rule(source("drop"), {"threshold": 7.0}, Unit(1.0, 60), Unit(50.0, 60))
    assert moved != source("drop")
    assert shape(moved) == shape(source("drop")) == shape(source("drop", low=0.3))
    assert shape(source("rise")) != shape(source("drop"))


def test_series_whose_days_have_one_shape_are_one_family() -> None:
    rng = np.random.default_rng(0)
    seconds = 300 * np.arange(288 * 6, dtype=np.int64)
    day = 2 * np.pi * seconds / 86_400

    def series(values: np.ndarray) -> Series:
        return Series("s", seconds, values + rng.normal(0, 0.05, len(seconds)), 300)

    square = np.where(np.sin(3 * day) > 0.9, 1.0, 0.0)
    found = families(
        {
            "wave": series(np.sin(day)),
            "later and larger": series(40 + 7 * np.sin(day + 1.0)),
            "bursts": series(square),
            "flat": Series("s", seconds, np.ones(len(seconds)), 300),
            "short": Series("s", seconds[:100], np.ones(100), 300),
        }
    )
    assert found["wave"] == found["later and larger"]
    assert len(set(found.values())) == 4
