"""Times of records: a far one, a rare hour and a rare weekday are found, and ordinary times weigh nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from argosy.detectors.records.detector import RecordDetector
from argosy.detectors.records.times import TimeField
from argosy.signals.records import Moment, Records

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(when: datetime) -> Moment:
    return Moment(when.isoformat(), when)


def office(count: int = 300) -> list[dict[str, object]]:
    """Records of eight weeks, in office hours, on working days."""
    draw = np.random.default_rng(0)
    days = [MONDAY + timedelta(days=day) for day in range(56) if day % 7 < 5]
    times = [days[i * len(days) // count] + timedelta(minutes=int(draw.integers(0, 480))) for i in range(count)]
    return [{"when": at(time), "ms": float(draw.normal(100, 5))} for time in times]


def judged(rows: list[dict[str, object]]) -> tuple[RecordDetector, Records]:
    records = Records("r", rows)  # type: ignore[arg-type]
    return RecordDetector().fit(records), records


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "lie so far before the usual times"),
        (datetime(2025, 3, 5, 10, tzinfo=UTC), "lie so far before the usual times"),
        (datetime(9999, 12, 31, tzinfo=UTC), "lie so far after the usual times"),
        (datetime(2026, 3, 18, 3, 15, tzinfo=UTC), "when hour '3:00': 1 of 300"),
        (datetime(2026, 3, 15, 11, tzinfo=UTC), "when weekday 'Sunday': 1 of 300"),
    ],
)
def test_a_far_time_a_rare_hour_and_a_rare_weekday_are_found(odd: datetime, said: str) -> None:
    rows = office()
    rows[120]["when"] = at(odd)
    detector, records = judged(rows)
    scores = detector.score(records)
    assert scores.values.argmax() == 120
    assert scores.values[120] > 2
    assert said in scores.reasons[120]


def test_a_far_time_is_found_beside_a_farther_one() -> None:
    rows = office()
    rows[10]["when"], rows[20]["when"] = at(datetime(1970, 1, 1, tzinfo=UTC)), at(datetime(2025, 1, 7, 10, tzinfo=UTC))
    detector, records = judged(rows)
    assert set(np.flatnonzero(detector.score(records).flags)) >= {10, 20}


def test_ordinary_times_change_no_score() -> None:
    rows = office()
    without = [{"ms": row["ms"]} for row in rows]
    (one, records), (other, plain) = judged(rows), judged(without)
    np.testing.assert_allclose(one.score(records).values, other.score(plain).values)
    assert "when is compared by hour, weekday and distance in time" in one.notes


def test_hours_and_weekdays_do_not_count_where_they_cannot_come_back() -> None:
    rows = [{"when": at(MONDAY + timedelta(minutes=i)), "n": i % 7} for i in range(100)]
    assert judged(rows)[0].notes == ("when is compared by distance in time",)
    dates = [{"when": at(datetime(2026, 3, 1 + i % 28, tzinfo=UTC)), "n": i % 7} for i in range(100)]
    assert judged(dates)[0].notes == ("when is compared by weekday and distance in time",)


def test_hours_are_those_of_where_the_time_was_written_and_midnight_is_beside_eleven() -> None:
    night = [at(MONDAY.replace(hour=(23, 0)[i % 2]) + timedelta(days=i // 2)) for i in range(60)]
    field = TimeField.learned(night)
    assert field.hours is not None
    assert field.hours[[22, 23, 0, 1]].max() == 0
    assert field.hours[12] > 0
    there = Moment("x", datetime.fromisoformat("2026-03-10T23:30:00+09:00"))
    assert field.hour_rarity(there) == 0


def test_later_records_are_not_unusual_for_being_so_but_those_of_another_age_are() -> None:
    detector, _ = judged(office())
    later = office()
    moved: Callable[[Moment], Moment] = lambda moment: at(moment.at + timedelta(days=84))  # noqa: E731
    for row in later:
        row["when"] = moved(row["when"])  # type: ignore[arg-type]
    later[5]["when"], later[6]["when"] = at(datetime(1970, 1, 1, tzinfo=UTC)), at(datetime(2062, 3, 5, 10, tzinfo=UTC))
    flagged = np.flatnonzero(detector.score(Records("later", later)).flags)  # type: ignore[arg-type]
    assert {5, 6} <= set(flagged)
    assert len(flagged) <= 10


def test_a_missing_time_and_what_is_none_among_times_are_rare_and_said() -> None:
    rows = office()
    rows[7]["when"], rows[8]["when"] = None, "soon"
    detector, records = judged(rows)
    scores = detector.score(records)
    assert {7, 8} <= set(np.flatnonzero(scores.flags))
    assert "when 'soon': 2 of 300 have it" in scores.reasons[8]
    del rows[9]["when"]
    assert np.isfinite(detector.score(Records("again", rows)).values).all()  # type: ignore[arg-type]


def test_a_field_that_is_nearly_all_numbers_is_one() -> None:
    draw = np.random.default_rng(1)
    rows: list[dict[str, object]] = [{"ms": float(draw.normal(100, 5))} for _ in range(300)]
    rows[3]["ms"], rows[50]["ms"] = "error", 900.0
    detector, records = judged(rows)
    assert "ms" in detector.fields.numbers
    scores = detector.score(records)
    assert scores.flags[50]
    assert scores.flags[3]
    for i in range(4, 24):
        rows[i]["ms"] = f"bad {i}"
    assert "ms" not in judged(rows)[0].fields.numbers
