"""Blobs and artefacts: kept under their SHA-256, once, and checked when they are read."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from argosy.signals.errors import BadInput
from argosy.store import blobs as blob_module
from argosy.store.errors import StoreUnavailable
from argosy.store.store import Store


@pytest.mark.parametrize("data", [b"", b"prompt", "ünïcode".encode(), bytes(range(256)), b"x" * 1_000_000])
def test_bytes_come_back_by_their_hash(store: Store, data: bytes) -> None:
    name = store.blobs.put(data)
    assert name == hashlib.sha256(data).hexdigest() == store.blobs.put(data)
    assert store.blobs.get(name) == data
    with store.database.reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM blobs")) == 1


def test_long_runs_take_little_room(store: Store) -> None:
    store.blobs.put(b"0.12, " * 50_000)
    with store.database.reading() as connection:
        assert connection.scalar(sa.text("SELECT length(zlib) FROM blobs")) < 3_000


def test_what_is_beyond_all_bounds_is_cut_and_says_so(store: Store) -> None:
    kept = store.blobs.get(store.blobs.put(b"\xff" * (blob_module.LARGEST_BYTES + 5)))
    assert kept.endswith(b"\n[5 more bytes were not kept]")


def test_a_missing_blob_and_a_damaged_one_are_told_apart(store: Store) -> None:
    with pytest.raises(BadInput, match="is not in the store"):
        store.blobs.get("0" * 64)
    name = store.blobs.put(b"prompt")
    with store.database.writing() as connection:
        connection.execute(sa.text("UPDATE blobs SET zlib = :bytes"), {"bytes": b"\0"})
    with pytest.raises(StoreUnavailable, match="is damaged"):
        store.blobs.get(name)


def test_many_blobs_come_in_one_go(store: Store) -> None:
    names = [store.blobs.put(str(i).encode()) for i in range(600)]
    assert store.blobs.get_many(names) == {name: str(i).encode() for i, name in enumerate(names)}


@pytest.mark.parametrize("array", [np.arange(6.0).reshape(2, 3), np.array([], dtype=np.int64), np.array([True, False])])
def test_an_array_comes_back_as_it_was(store: Store, array: np.ndarray) -> None:
    name = store.artefacts.put_array(array)
    back = store.artefacts.get_array(name)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"\0" * 176])
def test_a_damaged_artefact_is_written_anew_when_it_is_put_again(store: Store, tmp_path: Path, damage: bytes) -> None:
    array = np.arange(6.0)
    name = store.artefacts.put_array(array)
    (file,) = tmp_path.rglob(f"{name}.npy")
    file.write_bytes(damage)
    with pytest.raises(StoreUnavailable, match="is damaged"):
        store.artefacts.get_array(name)
    assert store.artefacts.put_array(array) == name
    np.testing.assert_array_equal(store.artefacts.get_array(name), array)


def test_arrays_by_name_come_back_and_the_same_ones_are_one_file(store: Store, tmp_path: Path) -> None:
    state = {"weights": np.arange(3.0), "mean": np.array(1.5)}
    name = store.artefacts.put_arrays(state)
    assert store.artefacts.put_arrays(dict(reversed(state.items()))) == name
    back = store.artefacts.get_arrays(name)
    assert set(back) == set(state)
    np.testing.assert_array_equal(back["weights"], state["weights"])
    assert [path.suffix for path in (tmp_path / "artefacts").rglob("*.*")] == [".npz"]


def test_objects_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="pickle"):
        store.artefacts.put_array(np.array([object()], dtype=object))


def test_missing_and_damaged_artefacts_are_told_apart(store: Store, tmp_path: Path) -> None:
    name = store.artefacts.put_array(np.arange(3))
    with pytest.raises(BadInput, match="copy the artefacts folder"):
        store.artefacts.get_array("0" * 64)
    (path,) = (tmp_path / "artefacts").rglob("*.npy")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreUnavailable, match="is damaged"):
        store.artefacts.get_array(name)


def test_a_folder_that_cannot_be_made_is_named_with_its_mend(store: Store, tmp_path: Path) -> None:
    (tmp_path / "artefacts").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="ARGOSY_HOME"):
        store.artefacts.put_array(np.arange(3))
