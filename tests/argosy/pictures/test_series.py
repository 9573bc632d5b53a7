"""The picture of a session, and what is thinned, broken and chosen to make it readable."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from argosy.eval.splits import Part, split
from argosy.inputs.example import EXAMPLE_STEP_S, example_path
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.pictures.close_ups import CloseUp, Contrast, scenes
from argosy.pictures.downsample import bars, envelope
from argosy.pictures.series import COLUMNS, draw
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident, incidents_in, runs
from argosy.signals.profile import profile
from argosy.signals.series import Series

NAN = float("nan")


def flags(points: int, *spans: tuple[int, int]) -> np.ndarray:
    found = np.zeros(points, dtype=np.bool_)
    for start, stop in spans:
        found[start:stop] = True
    return found


def drawn(folder: Path, name: str = "p.png", points: int = 600, title: str = "t", **more: object) -> Path:
    series = Series("a", 60 * np.arange(points, dtype=np.int64), np.sin(np.arange(points) / 9), 60)
    labels, base = flags(points, (100, 120), (400, 410)), flags(points, (105, 107), (300, 301))
    return draw(
        folder / name,
        series,
        incidents_in(labels, series.seconds, 60),
        base,
        flags(points, (105, 107), (402, 405)),
        {"r-0a": flags(points, (402, 405)), "clear $r_1$": flags(points, (300, 301))},
        split(points),
        title,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("name", "magic"), [("p.SVG", b"<?xml"), ("p.pdf", b"%PDF")])
def test_a_picture_is_written_by_its_suffix(tmp_path: Path, name: str, magic: bytes) -> None:
    path = drawn(tmp_path, name)
    assert path.read_bytes().startswith(magic)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.slow
def test_every_detector_leaves_its_colour(tmp_path: Path) -> None:
    image = imread(drawn(tmp_path, times_known=False))
    colours = np.unique(np.round(image[..., :3] * 255).astype(int) @ [1 << 16, 1 << 8, 1])
    assert {0xD55E00, 0x0072B2, 0x009E73, 0xCC79A7} <= set(colours.tolist())


def test_words_in_the_picture(tmp_path: Path) -> None:
    title = "50 $ and $x_1 事"
    text = drawn(tmp_path, "p.svg", title=title, base_name="ewma").read_text()
    for word in ("base: ewma", "clear $r_1$", "fused", "validation", "lockbox", "50 $ and $x_1 ?"):
        assert f"<!-- {word} -->" in text
    assert f"<!-- {Contrast.FOUND} -->" in text
    assert f"<!-- {Contrast.CLEARED} -->" in text


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot draw \.jpg; use \.png, \.svg, \.pdf"):
        drawn(tmp_path, "p.jpg")
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="name a file that can be written"):
        drawn(tmp_path / "file")


@pytest.mark.parametrize("values", [[1.0], [NAN, 2.0], [NAN] * 40 + [5.0] * 40], ids=["one", "two", "constant"])
def test_poor_series_are_drawn_too(tmp_path: Path, values: list[float]) -> None:
    series = Series("a", 3600 * np.arange(len(values), dtype=np.int64), np.array(values), 3600)
    nothing = np.zeros(len(values), dtype=np.bool_)
    path = draw(tmp_path / "p.png", series, (), nothing, nothing, {}, split(len(values)), "")
    assert path.stat().st_size > 5000


def test_incidents_in_absolute_time(tmp_path: Path) -> None:
    series = Series("a", 1_600_000_000 + 60 * np.arange(90, dtype=np.int64), np.arange(90.0), 60)
    nothing = np.zeros(90, dtype=np.bool_)
    incident = Incident(1_600_000_600, 1_600_001_200)
    path = draw(tmp_path / "p.svg", series, [incident], nothing, ~nothing, {}, split(90), "t")
    assert f"<!-- {Contrast.FOUND} -->" in path.read_text()


@given(
    st.lists(st.one_of(st.just(NAN), st.floats(-1e6, 1e6)), min_size=1, max_size=400),
    st.integers(1, 30),
)
def test_an_envelope_keeps_extremes_and_invents_nothing(values: list[float], columns: int) -> None:
    x, y = np.arange(len(values), dtype=np.float64), np.array(values)
    line_x, line_y = envelope(x, y, columns, 1.5)
    shown = line_y[~np.isnan(line_y)]
    present = y[~np.isnan(y)]
    assert len(line_x) <= 8 * columns + 2
    assert set(shown) <= set(present)
    if len(present):
        assert (shown.min(), shown.max()) == (present.min(), present.max())
    assert (np.diff(line_x) >= 0).all()


def test_an_envelope_is_broken_at_gaps_and_missing_values() -> None:
    x, y = envelope(np.array([0.0, 1.0, 5.0, 6.0, 7.0]), np.array([1.0, 2.0, 3.0, NAN, 4.0]), 100, 1.5)
    np.testing.assert_array_equal(y, [1.0, 2.0, NAN, 3.0, NAN, 4.0])
    assert len(x) == len(y)
    many = np.concatenate((np.arange(50_000.0), np.arange(90_000.0, 140_000.0)))
    _, thinned = envelope(many, np.sin(many), COLUMNS, 1.5)
    assert np.isnan(thinned).sum() == 1


def test_short_alarms_stay_visible_and_near_ones_join() -> None:
    x = np.arange(100_000.0)
    found = bars(x, flags(100_000, (10, 11), (20, 21), (50_000, 50_001), (99_999, 100_000)), 100, 1.0)
    assert found == [(10.0, 1010.0), (50_000.0, 1000.0), (99_999.0, 1000.0)]
    assert bars(x, flags(100_000), 100, 1.0) == []


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_bars_of_enough_columns_are_the_runs(given_flags: list[bool]) -> None:
    found = np.array(given_flags, dtype=np.bool_)
    spans = bars(np.arange(float(len(found))), found, len(found), 1.0)
    covered = flags(len(found), *((round(start), round(start + length)) for start, length in spans))
    assert covered.tolist() == given_flags


def test_scenes_are_the_differences_late_ones_first() -> None:
    labels = flags(100, (10, 20), (40, 50), (80, 90))
    base = flags(100, (12, 13), (30, 32), (60, 61), (89, 95))
    fused = flags(100, (42, 43), (60, 61), (70, 71), (85, 95))
    assert scenes(labels, base, fused, 4) == (
        CloseUp(Contrast.LOST, 10, 20),
        CloseUp(Contrast.CLEARED, 30, 32),
        CloseUp(Contrast.FOUND, 40, 50),
        CloseUp(Contrast.ADDED, 70, 71),
    )
    assert scenes(labels, base, base, 4) == ()
    assert scenes(labels, flags(100), labels, 2) == (CloseUp(Contrast.FOUND, 40, 50), CloseUp(Contrast.FOUND, 80, 90))


def test_the_example_is_what_its_attribution_says() -> None:
    path = example_path()
    loaded = read_series(TableRequest(path, step_s=EXAMPLE_STEP_S))
    labels, splits = loaded.labels_to_learn_from(), split(len(loaded.series))
    counts = [len(runs(labels[splits.of(part)])) for part in Part]
    assert (len(loaded.series), counts, loaded.notes) == (70_177, [15, 12, 14], ())
    assert path.stat().st_size < 1_200_000
    train = loaded.series.part(0, splits.train_stop)
    assert 1300 <= profile(train, labels[splits.train]).periods[0] <= 1500
    text = path.with_name("ATTRIBUTION.md").read_text()
    assert "MIT" in text
    assert path.name in text
