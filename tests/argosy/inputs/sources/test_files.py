"""Files and SQL as sources: what they give of a stretch, with incidents, across gaps, and what they refuse."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from argosy.inputs.sources.addresses import check_kept, filled_in
from argosy.inputs.sources.errors import NoData, SourceUnavailable
from argosy.inputs.sources.source import Stretch
from argosy.inputs.sources.spec import Feed, SourceSpec, open_feed
from argosy.signals.errors import BadInput

FIRST, STEP_S = 1_790_000_040, 60
ALL = FIRST + 1_000 * STEP_S


def frame(start: int, stop: int, **columns: Any) -> pd.DataFrame:
    index = np.arange(start, stop)
    return pd.DataFrame({"timestamp": FIRST + STEP_S * index, "value": index.astype(float), **columns})


def feed(data: dict[str, Any], gaps: str = "ignore", base: str | None = None, **more: Any) -> Feed:
    spec = SourceSpec.model_validate({"data": data, "gaps": gaps, "lookback_days": 1_000.0, **more})
    return open_feed(SourceSpec.model_validate(spec.as_json()), base, {"DB": "x"})


def files(pattern: Path, gaps: str = "ignore", **more: Any) -> Feed:
    return feed({"kind": "files", "pattern": str(pattern)}, gaps, **more)


def test_files_of_a_pattern_are_one_series_cut_to_the_stretch(tmp_path: Path) -> None:
    frame(50, 100).to_csv(tmp_path / "a-later.csv", index=False)
    frame(0, 60).to_csv(tmp_path / "b-first.csv", index=False)
    loaded = files(tmp_path / "*.csv").load(FIRST, FIRST + 79 * STEP_S)
    assert loaded.series.values.tolist() == list(range(80))
    assert loaded.notes[-1] == "10 points in more than one file, alike"
    part = open_feed(
        SourceSpec.model_validate(
            {"data": {"kind": "files", "pattern": str(tmp_path / "*.csv")}, "gaps": "ignore", "lookback_days": 0.0}
        ),
        None,
        {},
    )
    assert part.load(FIRST + 90 * STEP_S, ALL).series.values.tolist() == list(range(90, 100))


def test_files_that_tell_otherwise_are_refused_with_the_time(tmp_path: Path) -> None:
    frame(0, 60).to_csv(tmp_path / "a.csv", index=False)
    other = frame(50, 100)
    other.loc[3, "value"] = -1
    other.to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(BadInput, match=r"a\.csv and b\.csv have different values for 2026-09-21T15:07:00Z"):
        files(tmp_path / "*.csv").load(FIRST, ALL)


def test_labels_and_verdicts_go_along(tmp_path: Path) -> None:
    flags = np.arange(60) % 20 == 5
    frame(0, 60, label=flags.astype(int), mine=flags.astype(int)).to_csv(tmp_path / "a.csv", index=False)
    frame(60, 90, label=0, mine=0.5).to_csv(tmp_path / "b.csv", index=False)
    loaded = feed({"kind": "files", "pattern": str(tmp_path / "*.csv")}, base="mine").load(FIRST, ALL)
    assert loaded.labels is not None
    assert np.flatnonzero(loaded.labels).tolist() == [5, 25, 45]
    assert loaded.base is not None
    assert loaded.base.column == "mine"
    assert len(loaded.incidents) == 3


def test_what_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="there is no such file"):
        files(tmp_path / "a.csv").load(FIRST, ALL)
    with pytest.raises(NoData, match="no file is called so"):
        files(tmp_path / "*.csv").load(FIRST, ALL)
    frame(0, 60).to_csv(tmp_path / "a.csv", index=False)
    late = SourceSpec.model_validate(
        {"data": {"kind": "files", "pattern": str(tmp_path / "a.csv")}, "gaps": "ignore", "lookback_days": 0}
    )
    with pytest.raises(NoData, match=r"its points are from 2026-09-21T14:14:00Z to 2026-09-21T15:13:00Z"):
        open_feed(late, None, {}).load(FIRST + 100 * STEP_S, ALL)


@pytest.mark.parametrize("keep", [0.5, 0.97, 0.999])
def test_a_file_that_is_still_written_is_tried_again(tmp_path: Path, keep: float) -> None:
    frame(0, 60).to_csv(tmp_path / "a.csv", index=False)
    whole = (tmp_path / "a.csv").read_bytes()
    (tmp_path / "a.csv").write_bytes(whole[: int(keep * len(whole))])
    with pytest.raises(SourceUnavailable, match="was changed just now"):
        files(tmp_path / "a.csv").load(FIRST, ALL)
    frame(0, 60).to_parquet(tmp_path / "b.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "b.parquet").read_bytes()[: int(keep * 500)])
    with pytest.raises(SourceUnavailable, match="was changed just now"):
        files(tmp_path / "b.parquet").load(FIRST, ALL)


def test_a_file_without_a_last_line_end_is_read_once_nobody_writes_to_it(tmp_path: Path) -> None:
    frame(0, 60).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "a.csv").write_bytes((tmp_path / "a.csv").read_bytes().rstrip())
    with pytest.raises(SourceUnavailable, match="ends within a line"):
        files(tmp_path / "a.csv").load(FIRST, ALL)
    os.utime(tmp_path / "a.csv", (1_700_000_000, 1_700_000_000))
    assert len(files(tmp_path / "a.csv").load(FIRST, ALL).series) == 60


def test_a_renamed_column_is_named(tmp_path: Path) -> None:
    frame(0, 60, other=1).rename(columns={"value": "valeu"}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(BadInput, match=r"no column 'value'.*perhaps 'valeu'"):
        files(tmp_path / "a.csv").load(FIRST, ALL)


def test_rows_without_times_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"index": range(60), "value": 1.0}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(BadInput, match="give --step SECONDS"):
        files(tmp_path / "a.csv").load(FIRST, ALL)


@pytest.mark.parametrize(
    ("policy", "values"),
    [("ignore", [0, 1, 4, 5]), ("hold", [0, 1, 1, 1, 4, 5]), ("zero", [0, 1, 0, 0, 4, 5])],
)
def test_gaps_are_as_the_policy_says(tmp_path: Path, policy: str, values: list[float]) -> None:
    frame(0, 6).drop([2, 3]).to_csv(tmp_path / "a.csv", index=False)
    assert files(tmp_path / "a.csv", policy).load(FIRST, ALL).series.values.tolist() == values


def test_a_gap_that_is_an_anomaly_is_an_incident(tmp_path: Path) -> None:
    frame(0, 8, label=[1, 0, 0, 0, 0, 0, 0, 0]).drop([2, 3]).to_csv(tmp_path / "a.csv", index=False)
    loaded = files(tmp_path / "a.csv", "anomaly").load(FIRST, ALL)
    assert np.isnan(loaded.series.values).tolist() == [False, False, True, True, False, False, False, False]
    assert loaded.labels is not None
    assert np.flatnonzero(loaded.labels).tolist() == [0, 2, 3]
    gap = loaded.incidents[1]
    assert (gap.start, gap.end, gap.kind, gap.author) == (FIRST + 120, FIRST + 240, "gap", "gap policy")


def test_incidents_come_with_author_and_time_and_not_before_they_were_labelled(tmp_path: Path) -> None:
    frame(0, 100).to_csv(tmp_path / "a.csv", index=False)
    at = [FIRST + n * STEP_S for n in (10, 12, 30, 33, 80, 84)]
    rows = [
        f"{at[0]},{at[1]},drop,ann,{at[1]}",
        f"{at[2]},{at[3]},spike,bob,{FIRST + 70 * STEP_S}",
        f"{at[4]},{at[5]},drop,ann,",
    ]
    (tmp_path / "incidents.csv").write_text("\n".join(["start,end,kind,author,labelled", *rows]) + "\n")
    incidents = {"kind": "file", "path": str(tmp_path / "incidents.csv")}
    early = files(tmp_path / "a.csv", incidents=incidents).load(FIRST, FIRST + 60 * STEP_S)
    assert [(each.author, each.labelled) for each in early.incidents] == [("ann", at[1])]
    assert any("not known then: 1 of 3" in note for note in early.notes)
    late = files(tmp_path / "a.csv", incidents=incidents).load(FIRST, ALL)
    assert [each.author for each in late.incidents] == ["ann", "bob", "ann"]
    assert late.labels is not None
    assert int(late.labels.sum()) == 2 + 3 + 4


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'metrics.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        frame(0, 100).to_sql("metrics", connection, index=False)
        rows = pd.DataFrame(
            {"start": [FIRST + 600], "end": [FIRST + 720], "author": ["ann"], "labelled": [FIRST + 800]}
        )
        rows.to_sql("incidents", connection, index=False)
    engine.dispose()
    return url


def sql(url: str, query: str, **more: Any) -> Feed:
    return feed({"kind": "sql", "url": url, "query": query}, **more)


BOUNDED = "SELECT timestamp, value FROM metrics WHERE timestamp >= :since AND timestamp <= :until ORDER BY timestamp"


def test_a_query_gives_the_rows_of_the_stretch(database: str) -> None:
    incidents = {"kind": "sql", "url": database, "query": "SELECT * FROM incidents"}
    loaded = sql(database, BOUNDED, incidents=incidents).load(FIRST, FIRST + 49 * STEP_S)
    assert loaded.series.values.tolist() == list(range(50))
    assert loaded.labels is not None
    assert np.flatnonzero(loaded.labels).tolist() == [10, 11]
    assert loaded.incidents[0].author == "ann"


def test_a_query_changes_nothing(database: str) -> None:
    with pytest.raises(BadInput, match="attempt to write a readonly database"):
        sql(database, "DELETE FROM metrics").load(FIRST, ALL)
    assert len(sql(database, BOUNDED).load(FIRST, ALL).series) == 100


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT timestamp, valeu FROM metrics", "no such column: valeu"),
        ("SELEKT 1", "syntax error"),
        ("SELECT timestamp, value AS v, value AS w FROM metrics", "no column 'value'"),
        ("SELECT timestamp, value FROM metrics WHERE value > :least", "only :since and :until are known"),
        ("SELECT timestamp, value FROM metrics ORDER BY value DESC", "sort the file by this column"),
    ],
)
def test_a_query_that_is_wrong_says_what_to_mend(database: str, query: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        sql(database, query).load(FIRST, ALL)


def test_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="there is no such file"):
        sql(f"sqlite:///{tmp_path / 'none.db'}", BOUNDED).load(FIRST, ALL)
    with pytest.raises(SourceUnavailable, match="port 1 failed"):
        sql("postgresql://ann@127.0.0.1:1/none", BOUNDED).load(FIRST, ALL)
    with pytest.raises(BadInput, match="not a URL that SQLAlchemy can read"):
        sql("metrics.db", BOUNDED).load(FIRST, ALL)


def test_no_rows_are_no_data(database: str) -> None:
    with pytest.raises(NoData, match="the query gives no row"):
        sql(database, BOUNDED + " LIMIT 0").load(FIRST, ALL)


def test_secrets_stay_in_the_environment() -> None:
    check_kept("--sql", "postgresql://ann:${DB}@host/name")
    assert filled_in("--sql", "postgresql://ann:${DB}@host/name", {"DB": "x"}) == "postgresql://ann:x@host/name"
    with pytest.raises(BadInput, match="DB is not set where the worker runs"):
        filled_in("--sql", "postgresql://ann:${DB}@host/name", {})
    with pytest.raises(BadInput, match="a secret stands in it"):
        check_kept("--sql", "postgresql://ann:hunter2@host/name")


def test_a_stretch_is_told_in_utc() -> None:
    assert str(Stretch(FIRST, FIRST + 60)) == "2026-09-21T14:14:00Z to 2026-09-21T14:15:00Z"


@pytest.mark.postgres
@pytest.mark.slow
def test_a_query_on_postgresql_is_read_only_and_limited_in_time(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE metrics (timestamp TIMESTAMPTZ, value NUMERIC)")
        rows = f"SELECT to_timestamp({FIRST} + 60 * n), n FROM generate_series(0, 99) n"
        connection.exec_driver_sql(f"INSERT INTO metrics {rows}")
    engine.dispose()
    bounded = "SELECT * FROM metrics WHERE timestamp <= to_timestamp(:until) ORDER BY timestamp"
    assert sql(postgres_url, bounded).load(FIRST, FIRST + 49 * STEP_S).series.values.tolist() == list(range(50))
    with pytest.raises(BadInput, match="DELETE"):
        sql(postgres_url, "DELETE FROM metrics").load(FIRST, ALL)
    slow = {"kind": "sql", "url": postgres_url, "query": "SELECT pg_sleep(9), 1 AS value", "timeout_s": 0.2}
    with pytest.raises(SourceUnavailable, match=r"took longer than 0\.2 s"):
        feed(slow).load(FIRST, ALL)


def test_a_zone_is_kept_and_incidents_of_an_unknown_one_are_said(tmp_path: Path) -> None:
    table = frame(0, 100)
    table.to_csv(tmp_path / "a.csv", index=False)
    local = pd.to_datetime(table["timestamp"], unit="s", utc=True).dt.tz_convert("Europe/Berlin").dt.tz_localize(None)
    start, end = (local[at].strftime("%Y-%m-%d %H:%M:%S") for at in (10, 12))
    (tmp_path / "incidents.csv").write_text(f"start,end\n{start},{end}\n")
    incidents = {"kind": "file", "path": str(tmp_path / "incidents.csv")}
    shifted = files(tmp_path / "a.csv", incidents=incidents)
    assert shifted.incidents is not None
    assert shifted.incidents.read().incidents[0].start == FIRST + 10 * STEP_S + 7_200
    table["timestamp"] = table["timestamp"] + 7_200
    table.to_csv(tmp_path / "a.csv", index=False)
    said = files(tmp_path / "a.csv", incidents=incidents).load(FIRST, ALL + 7_200)
    assert any("times of incidents have no offset and are read as UTC" in note for note in said.notes)
    zoned = files(tmp_path / "a.csv", incidents=incidents, reading={"zone": "Europe/Berlin"})
    assert zoned.incidents is not None
    assert zoned.incidents.read().incidents[0].start == FIRST + 10 * STEP_S


def test_a_counter_goes_on_from_one_file_to_the_next(tmp_path: Path) -> None:
    whole = frame(0, 200)
    whole.loc[130:, "value"] -= 130  # it starts again
    whole.iloc[:100].to_csv(tmp_path / "a.csv", index=False)
    whole.iloc[100:].to_csv(tmp_path / "b.csv", index=False)
    loaded = files(tmp_path / "*.csv", reading={"rate": True}).load(FIRST, ALL)
    expected = np.full(199, 1 / STEP_S)
    expected[129] = 0.0  # of which the total says 0
    assert loaded.series.values.tolist() == expected.tolist()
    assert loaded.series.seconds[0] == FIRST + STEP_S
