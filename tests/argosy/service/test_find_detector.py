"""Which detector `latest` means for a file, and what is said of one that does not fit. Names of files say nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.service.find_detector import FoundDetector, find_for
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import DetectorRow
from argosy.store.status_rows import Status, StatusChange
from argosy.store.store import Store

START, POINTS = 1_700_000_000, 2_000


def values(level: float = 100.0, seed: int = 0, points: int = POINTS) -> Floats:
    return level + level / 100 * np.random.default_rng(seed).normal(0, 1, points)


def points(
    given: Floats, *, file: str = "metric.csv", name: str = "", start: int = 0, step_s: int = 60, timed: bool = True
) -> LoadedSeries:
    """Points from the `start`-th minute on; without a name their id is what the file is called."""
    seconds = (START if timed else 0) + step_s * np.arange(start, start + len(given), dtype=np.int64)
    series = Series(name or file.partition(".")[0], seconds, given, step_s)
    return LoadedSeries(Path(file), series, np.zeros(len(given), dtype=np.bool_), (), None, (), timed)


def made(store: Store, loaded: LoadedSeries, **base: Any) -> DetectorRow:
    """A detector in service that was made on these points."""
    series = loaded.series
    arrays = {"seconds": series.seconds, "values": series.values, "labels": loaded.labels}
    recipe = {"name": "robust_z", "column": None, "alarms": False, "objective": "default", "seed": 0} | base
    recipe |= {"step_s": series.step_s, "train": store.artefacts.put_arrays(arrays)}
    session = store.sessions.begin(series.id, len(series), "embedded", "auto", 0, {"data": keep_copy(store, loaded)})
    return store.detectors.put(session.id, series.id, recipe, (), series.step_s)


def meant(store: Store, loaded: LoadedSeries, detector: str = "latest") -> FoundDetector:
    return find_for(store, detector, lambda _row: loaded)


def refusal(store: Store, loaded: LoadedSeries) -> str:
    with pytest.raises(BadInput, match="argosy detector list shows them") as refused:
        meant(store, loaded)
    return str(refused.value)


def test_points_that_it_knows_are_its_series_whatever_the_file_is_called(store: Store) -> None:
    first = made(store, points(values(), file="cpu.csv"))
    made(store, points(values(seed=1), file="memory.csv"))
    for file in ("memory.csv", "export.csv", "cpu.csv"):
        found = meant(store, points(np.append(values(), values(seed=9)), file=file))
        assert found.row.id == first.id
        assert any("of 2 in service, as its points are these" in note for note in found.notes)


def test_the_newest_of_one_series_is_the_latest(store: Store) -> None:
    made(store, points(values()))
    newest = made(store, points(values()))
    assert meant(store, points(values())).row.id == newest.id


OTHERS: Mapping[str, tuple[LoadedSeries, str]] = {
    "other values at the times it knows": (
        points(values(seed=5)),
        "of the 2,000 points that the detector knows are other ones",
    ),
    "a thousand times smaller": (points(values(0.1, seed=5), start=9_000), "about a thousand times smaller"),
    "the same in another unit": (points(values() / 1000), "about a thousand times smaller"),
    "another level": (points(values(400.0, seed=5), start=9_000), "4 times larger"),
    "another step": (points(values(seed=5), start=9_000, step_s=3_600), "60 s apart, and these are 3,600 s apart"),
    "another id": (points(values(seed=5), start=9_000, name="web-2"), "made for series 'web-1'"),
    "its points an hour late": (points(values(), start=60), "of the 1,940 points that the detector knows are other"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_latest_is_refused_for_what_it_cannot_mean_and_an_id_is_taken_with_a_word(kind: str, store: Store) -> None:
    row = made(store, points(values(), name="web-1"))
    loaded, words = OTHERS[kind]
    assert words in refusal(store, loaded)
    found = meant(store, loaded, row.id)
    assert found.row.id == row.id
    assert any(words in note for note in found.notes)


def test_what_the_latest_cannot_mean_an_older_one_can(store: Store) -> None:
    fits = made(store, points(values()))
    made(store, points(values(400.0)))
    made(store, points(values(), step_s=3_600))
    found = meant(store, points(values(seed=5), start=9_000, file="new.csv"))
    assert found.row.id == fits.id
    assert any("of 3 in service, as its values are like these" in note for note in found.notes)


def test_a_name_that_the_data_give_decides_among_like_series(store: Store) -> None:
    rows = {name: made(store, points(values(seed=seed), name=name)) for seed, name in enumerate(("web-1", "web-2"))}
    for name, row in rows.items():
        found = meant(store, points(values(seed=7), start=9_000, name=name))
        assert found.row.id == row.id
        assert any("as its series is named so" in note for note in found.notes)


def test_where_two_would_fit_both_are_said(store: Store) -> None:
    older, newer = (made(store, points(values(seed=seed), file=f"{seed}.csv")) for seed in (0, 1))
    found = meant(store, points(values(seed=7), start=9_000, file="0.csv"))
    assert found.row.id == newer.id
    assert any(f"{older.id} would fit as well" in note for note in found.notes)


def test_names_under_which_a_series_was_refreshed_are_its_names(store: Store) -> None:
    row = made(store, points(values(), name="web-1"))
    renamed = points(values(seed=2), start=POINTS, name="web-01")
    refreshed = store.refreshes.begin("key", row.id, row.id)
    with store.database.writing() as connection:
        from argosy.store import schema

        change = schema.refreshes.update().where(schema.refreshes.c.id == refreshed.id)
        connection.execute(change.values(data=keep_copy(store, renamed), state="kept", ended=1.0, json={}))
    for name in ("web-1", "web-01"):
        assert meant(store, points(values(seed=3), start=9_000, name=name)).notes == ()
    assert "made for series 'web-1'" in refusal(store, points(values(seed=3), start=9_000, name="web-2"))


def test_a_short_while_of_other_values_may_be_an_incident_and_is_scored(store: Store) -> None:
    row = made(store, points(values()))
    for loaded in (points(np.zeros(60), start=9_000), points(values(900.0, points=150), start=9_000)):
        found = meant(store, loaded)
        assert found.row.id == row.id
        assert any("values are" in note for note in found.notes)


def test_known_points_with_a_long_incident_after_them_are_its_series(store: Store) -> None:
    row = made(store, points(values()))
    found = meant(store, points(np.append(values(), np.zeros(1_500))))
    assert (found.row.id, found.notes) == (row.id, ())


def test_without_times_the_same_places_prove_nothing_against_a_series(store: Store) -> None:
    row = made(store, points(values(), timed=False))
    assert meant(store, points(values(seed=4), timed=False, file="next.csv")).row.id == row.id
    assert "4 times larger" in refusal(store, points(values(400.0), timed=False))


def test_what_is_not_in_service_is_never_the_latest(store: Store) -> None:
    live = made(store, points(values()))
    gone = made(store, points(values()))
    store.service.move([StatusChange(gone.id, Status.LIVE, Status.RETIRED, "")], "ada")
    assert meant(store, points(values())).row.id == live.id
    store.service.move([StatusChange(live.id, Status.LIVE, Status.RETIRED, "")], "ada")
    with pytest.raises(BadInput, match="there is none in service"):
        meant(store, points(values()))


def test_a_detector_of_which_the_store_has_lost_the_points_still_scores(store: Store) -> None:
    session = store.sessions.begin("metric", POINTS, "embedded", "auto", 0, {})
    recipe = {"name": "robust_z", "column": None, "train": "0" * 64}
    row = store.detectors.put(session.id, "metric", recipe, (), 60)
    found = meant(store, points(values()))
    assert (found.row.id, found.notes) == (row.id, ())
    assert "60 s apart" in refusal(store, points(values(), step_s=300))


def test_a_file_that_no_detector_can_read_is_refused_as_such(store: Store) -> None:
    made(store, points(values()))
    made(store, points(values()))

    def unreadable(row: DetectorRow) -> LoadedSeries:
        raise BadInput("x.csv", f"is broken for {row.id}", "mend it")

    with pytest.raises(BadInput, match="is broken for"):
        find_for(store, "latest", unreadable)


def test_a_detector_whose_column_is_not_there_is_passed_over(store: Store) -> None:
    fits = made(store, points(values()))
    made(store, points(values()), column="mine")

    def read(row: DetectorRow) -> LoadedSeries:
        if row.base["column"]:
            raise BadInput("x.csv", "has no column 'mine'", "give one")
        return points(values())

    assert find_for(store, "latest", read).row.id == fits.id
