"""What people bring, run through the command: read rightly, or refused with the cause, and never wrong and silent."""

from pathlib import Path

import pytest

from tests.cases.table import Case, read_table, tables, what_is_wrong

CASES = [
    pytest.param(
        case, id=f"{table.parent.name}-{table.stem}-{case.name}", marks=pytest.mark.slow if case.is_slow else ()
    )
    for table in tables()
    for case in read_table(table)
]


@pytest.mark.parametrize("case", CASES)
def test_what_comes_is_right(case: Case, tmp_path: Path) -> None:
    wrong = what_is_wrong(case, tmp_path)
    assert not wrong, f"{case.why}\n{wrong}"
