"""The copy of what a session looks at, and who may work on a session."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident
from argosy.signals.series import Series
from argosy.store.claims import Claims
from argosy.store.input_snapshot import keep_copy, read_copy
from argosy.store.store import Store

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@st.composite
def loads(draw: st.DrawFn) -> LoadedSeries:
    points = draw(st.integers(1, 40))
    seconds = np.cumsum(draw(arrays.arrays(np.int64, points, elements=st.integers(1, 10_000))))
    values = draw(arrays.arrays(np.float64, points, elements=st.floats(allow_infinity=False)))
    flags = draw(arrays.arrays(np.bool_, points))
    base: BaseColumn | None = draw(st.sampled_from([None, BaseColumn("mine", flags), BaseColumn("mine", values)]))
    incident = st.builds(Incident, st.integers(0, 99), st.integers(100, 2**40), texts, texts)
    incidents = tuple(draw(st.lists(incident, max_size=3)))
    notes = tuple(draw(st.lists(texts, max_size=2)))
    series = Series(draw(texts), seconds, values, draw(st.integers(1, 86_400)))
    labels = flags if draw(st.booleans()) else None
    return LoadedSeries(Path("metric.csv"), series, labels, incidents, base, notes, draw(st.booleans()))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(loaded=loads())
def test_a_copy_is_what_was_read(store: Store, loaded: LoadedSeries) -> None:
    again = read_copy(store, keep_copy(store, loaded))
    clean = store.redaction.text
    assert (again.series.id, again.series.step_s) == (clean(loaded.series.id), loaded.series.step_s)
    np.testing.assert_array_equal(again.series.values, loaded.series.values)
    np.testing.assert_array_equal(again.series.seconds, loaded.series.seconds)
    np.testing.assert_array_equal(
        np.zeros(0) if again.labels is None else again.labels, np.zeros(0) if loaded.labels is None else loaded.labels
    )
    assert type(again.base) is type(loaded.base)
    assert repr(again.base) == repr(loaded.base)
    assert [(each.start, each.end) for each in again.incidents] == [(each.start, each.end) for each in loaded.incidents]
    assert again.notes == tuple(map(clean, loaded.notes))
    assert again.times_known == loaded.times_known


def test_a_copy_holds_no_secret(store: Store, tmp_path: Path) -> None:
    series = Series("host a-secret-of-ours", np.arange(3), np.zeros(3), 1)
    incidents = (Incident(0, 1, "ann@example.com", "a-secret-of-ours"),)
    name = keep_copy(store, LoadedSeries(Path("m.csv"), series, None, incidents, None, ("sk-" + "0a" * 16,), True))
    again = read_copy(store, name)
    said = " ".join([again.series.id, again.incidents[0].kind, again.incidents[0].author, *again.notes])
    for secret in ("a-secret-of-ours", "ann@", "sk-0a"):
        assert secret not in said


def test_the_same_data_is_kept_once(store: Store) -> None:
    loaded = LoadedSeries(Path("m.csv"), Series("m", np.arange(9), np.ones(9), 1), None, (), None, (), True)
    assert keep_copy(store, loaded) == keep_copy(store, loaded)


def test_a_session_is_claimed_by_one_at_a_time(tmp_path: Path) -> None:
    claims, other = Claims(tmp_path / "running"), Claims(tmp_path / "running")
    with claims.hold("s-1"):
        assert not other.free("s-1")
        assert other.free("s-2")
        with pytest.raises(BadInput, match="session s-1: is being worked on"), other.hold("s-1"):
            pass
    assert other.free("s-1")
    assert list((tmp_path / "running").iterdir()) == []


def test_a_claim_is_never_held_twice(tmp_path: Path) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(60):
            try:
                with Claims(tmp_path).hold("s-1"):
                    with lock:
                        inside += 1
                        most = max(most, inside)
                    with lock:
                        inside -= 1
            except BadInput:
                continue

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_gaps_that_are_an_anomaly_are_kept(store: Store) -> None:
    series = Series("a", np.array([0, 60, 120, 180]), np.array([1.0, np.nan, np.nan, 2.0]), 60)
    gaps = (Incident(60, 180, "gap", "gap policy"),)
    loaded = LoadedSeries(Path("metric.csv"), series, None, (), None, (), True, gaps=gaps)
    assert read_copy(store, keep_copy(store, loaded)).gaps == gaps
    assert loaded.part(slice(0, 1)).gaps == ()
    assert loaded.part(slice(2, 4)).gaps == gaps
