"""The texts of records as what they are: nearly all cells of a field decide, odd ones are named, nothing is silent."""

import json
from pathlib import Path

import pytest

from argosy.inputs.records.records_file import ReadRecords, RecordsFormat, RecordsRequest, read_records
from argosy.inputs.tables.reading import Reading
from argosy.signals.errors import BadInput
from argosy.signals.records import Field, Moment


def read(tmp_path: Path, cells: list[str], separator: str = ";", **options: object) -> ReadRecords:
    """A CSV with a column of these cells."""
    file = tmp_path / "a.csv"
    file.write_text("\n".join([f"id{separator}x", *(f"r{i}{separator}{cell}" for i, cell in enumerate(cells))]))
    return read_records(RecordsRequest(file, **options))  # type: ignore[arg-type]


def column(read: ReadRecords, name: str = "x") -> list[Field]:
    return [row.get(name) for row in read.records.rows]


def said(read: ReadRecords) -> str:
    return "\n".join(read.notes)


def test_a_few_odd_cells_among_numbers_are_named_and_stay(tmp_path: Path) -> None:
    found = read(tmp_path, [*map(str, range(40)), "error", "-", "NA", "", "41.5"])
    assert column(found)[39:] == [39.0, "error", None, None, None, 41.5]
    assert "x: 1 of 42 values is no number and counts as missing: record 42 'error'" in found.notes


def test_infinite_cells_are_odd_and_whole_numbers_stay_whole(tmp_path: Path) -> None:
    found = read(tmp_path, [*map(str, range(60)), "inf", "1e999"])
    assert column(found)[59:] == [59, "inf", "1e999"]
    assert "record 62 'inf', record 63 '1e999'" in said(found)


def test_too_many_odd_cells_make_texts_which_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, [*map(str, range(30)), *(f"bad {word}" for word in "abcdef")])
    assert column(found)[0] == "0"
    assert "x: 83% of the values are numbers, fewer than 95%: compared as texts; others are record 32 'bad a'" in said(
        found
    )


def test_one_word_that_comes_back_among_numbers_stands_for_a_missing_one(tmp_path: Path) -> None:
    found = read(tmp_path, [cell for i in range(30) for cell in (f"{i}.5", f"{i}.7", "n/v")])
    assert column(found)[:3] == [0.5, 0.7, None]
    assert "x: 'n/v' in 30 of 90 values is no number and counts as missing" in found.notes
    few = read(tmp_path, [cell for _ in range(30) for cell in ("1", "2", "n/v")])
    assert column(few)[:3] == ["1", "2", "n/v"]


def test_decimal_commas_are_seen_said_and_may_be_named(tmp_path: Path) -> None:
    cells = ["1.234,50 €", "12,00 €", "980 €"]
    found = read(tmp_path, cells)
    assert column(found) == [1234.5, 12, 980]
    assert "decimal commas in x; --decimal . if they are none" in found.notes
    named = read(tmp_path, cells, reading=Reading(decimal=","))
    assert column(named) == [1234.5, 12, 980]
    assert not named.notes


def test_what_could_be_two_numbers_is_said_and_decided_by_the_other_fields_or_the_option(tmp_path: Path) -> None:
    cells = ["980", "1.020", "1.010"]
    found = read(tmp_path, cells)
    assert column(found) == [980, 1.02, 1.01]
    assert "x: '1.020' could be two numbers, and is read as 1.02; else --decimal ," in found.notes
    assert column(read(tmp_path, cells, reading=Reading(decimal=","))) == [980, 1020, 1010]
    file = tmp_path / "two.csv"
    file.write_text("x;price\n980;1,5\n1.020;2,5\n")
    beside = read_records(RecordsRequest(file))
    assert column(beside) == [980, 1020]
    assert "decimal commas in x, price" in said(beside)


def test_a_field_that_is_not_written_as_the_option_says_is_read_by_its_own_cells(tmp_path: Path) -> None:
    found = read(tmp_path, ["1.5", "2.25"], reading=Reading(decimal=","))
    assert column(found) == [1.5, 2.25]
    assert "x is not written with the ',' of --decimal, but with '.'" in found.notes


def test_units_come_in_one_and_codes_with_leading_zeros_are_asked_about(tmp_path: Path) -> None:
    assert column(read(tmp_path, ["120 ms", "1.5 s"])) == [0.12, 1.5]
    padded = read(tmp_path, ["00123", "04567"])
    assert column(padded) == [123, 4567]
    assert "x: numbers with leading zeros; if they are codes, say so with --names" in padded.notes
    assert column(read(tmp_path, ["00123", "04567"], names=("x",))) == ["00123", "04567"]


def test_times_are_moments_and_those_that_cannot_be_read_are_not_compared_which_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, [*(f"2026-03-{day:02}" for day in range(1, 29)), "soon"])
    assert isinstance(column(found)[0], Moment)
    assert "x: 1 of 29 values is no time and counts as missing: record 30 'soon'" in found.notes
    assert "x: times are not compared, '2026-13-45' cannot be read" in said(read(tmp_path, ["2026-13-45", "2026-14-1"]))
    swapped = read(tmp_path, ["01/02/2026", "01/03/2026"])
    assert "x: day and month could be the other way round; read as %d/%m/%Y" in said(swapped)
    mixed = read(tmp_path, ["2026-03-01T08:00:00Z", "2026-03-01T09:00:00"])
    assert "1 time without an offset, read as UTC beside others" in said(mixed)


def test_the_format_of_times_may_be_said_and_is_refused_where_nothing_is_written_so(tmp_path: Path) -> None:
    cells = ["02 03 26 08h00", "03 03 26 09h30"]
    found = read(tmp_path, cells, reading=Reading(time_format="%d %m %y %Hh%M"))
    assert [each.at.hour for each in column(found) if isinstance(each, Moment)] == [8, 9]
    with pytest.raises(BadInput, match="--time-format '%Y': no field has times that are written so"):
        read(tmp_path, cells, reading=Reading(time_format="%Y"))
    with pytest.raises(BadInput, match="--decimal ;: is no decimal sign"):
        read(tmp_path, cells, reading=Reading(decimal=";"))


def test_numbers_in_quotes_are_numbers_or_codes_and_which_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    rows = [{"amount": f"{i}.50", "code": str(200 + i % 3), "count": str(i), "id": f"{i:x}-z"} for i in range(40)]
    file.write_text("\n".join(map(json.dumps, rows)))
    found = read_records(RecordsRequest(file))
    assert found.records.rows[7] == {"amount": 7.5, "code": "201", "count": 7, "id": "7-z"}
    assert found.notes == (
        "amount, count: numbers in texts, compared as numbers; as names with --names",
        "code: whole numbers in texts, few different ones: compared as names",
    )


def test_a_record_has_the_number_of_the_line_on_which_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('\n\nid,note\n1,plain\n2,"two\nlines"\n3,"three\r\nlines\n"\n\n4,plain\n')
    found = read_records(RecordsRequest(file))
    assert found.numbers.tolist() == [4, 5, 7, 11]


def test_records_that_are_judged_are_read_as_those_that_were_learned_from(tmp_path: Path) -> None:
    learned = read(tmp_path, [f"{i},5" for i in range(40)])
    judged = tmp_path / "b.csv"
    judged.write_text("id;x\na;1.234\nb;wrong\nc;17,25\n")
    found = read_records(RecordsRequest(judged), learned.forms)
    assert column(found) == [1234, "wrong", 17.25]
    assert "x: 1 of 3 values is no number and counts as missing: record 3 'wrong'" in found.notes


def test_lines_that_look_like_a_table_are_said_to_be_texts(tmp_path: Path) -> None:
    file = tmp_path / "a.dat"
    file.write_text("id;x\n1;2\n3;4\n")
    assert "give --format csv" in said(read_records(RecordsRequest(file)))
    assert not read_records(RecordsRequest(file, RecordsFormat.CSV)).notes
    file.write_text("one line\nanother; line\na third\n")
    assert not read_records(RecordsRequest(file)).notes
