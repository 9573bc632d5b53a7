"""Tables on a screen are read at any width that a terminal has: no word is broken into letters, and none is lost."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from argosy.columns import Column, FittedTable

WORDS = st.text("abcdefgh", min_size=1, max_size=9)


def printed(table: FittedTable, width: int) -> list[str]:
    """The lines of a table on a screen of that width."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def table_of(*rows: tuple[str, str, str, str]) -> FittedTable:
    table = FittedTable(
        Column("session"), Column("summary", least=12), Column("started", leaves=1), Column("false points", right=True)
    )
    for row in rows:
        table.add_row(*row)
    return table


def test_all_columns_stand_on_a_wide_screen() -> None:
    lines = printed(table_of(("s-1", "Flags a move away.", "2024-05-01", "12")), 80)
    assert lines == [
        "session  summary             started     false points",
        "s-1      Flags a move away.  2024-05-01            12",
    ]


def test_on_a_narrow_screen_a_column_is_left_out_and_said() -> None:
    lines = printed(table_of(("s-1", "Flags a move away.", "2024-05-01", "12")), 36)
    assert lines[:3] == [
        "                               false",
        "session  summary              points",
        "s-1      Flags a move away.       12",
    ]
    assert " ".join(lines[3:]) == "no room here for started: widen the window, or see --json"


def test_where_not_even_what_must_stay_has_room_rows_are_lists_of_their_cells() -> None:
    lines = printed(table_of(("session-1234", "Flags a move away.", "2024", "12"), ("s-2", "Flags.", "2024", "1")), 30)
    assert lines == [
        "session       session-1234",
        "summary       Flags a move",
        "              away.",
        "started       2024",
        "false points  12",
        "",
        "session       s-2",
        "summary       Flags.",
        "started       2024",
        "false points  1",
    ]


def test_a_title_of_no_words_and_a_table_of_no_rows_are_printed() -> None:
    assert printed(FittedTable(Column("role"), Column("")), 80) == ["role"]


def test_a_name_from_a_file_neither_commands_the_terminal_nor_is_markup() -> None:
    assert "[red]\\x1b[2J" in "".join(printed(table_of(("[red]\x1b[2J", "a", "b", "c")), 80))


@given(
    st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=9).map(" ".join), WORDS, WORDS), max_size=4),
    st.integers(26, 140),
)
def test_no_word_is_broken_and_no_line_is_too_long(rows: list[tuple[str, str, str, str]], width: int) -> None:
    lines = printed(table_of(*rows), width)
    seen = {word for line in lines for word in line.split()}
    assert all(len(line) <= width for line in lines)
    for session, summary, _, points in rows:
        assert {session, *summary.split(), points} <= seen
