"""Tables between marks: rows are the code's, words of the last column a person's."""

import pytest

from argosy.documentation.tables import Table, with_tables
from argosy.signals.errors import BadInput

PAGE = """# Page

<!-- table pets: begin -->
| `cat` | old | purrs \\| hisses |
<!-- table pets: end -->

Prose.
"""
PETS = Table(("name", "type", "meaning"), (("`cat`", "str | None", None), ("`dog`", "int", "barks")))


def test_what_a_person_wrote_is_kept_beside_what_the_code_says() -> None:
    written = with_tables("p.md", PAGE, {"pets": PETS})
    assert "| `cat` | str \\| None | purrs \\| hisses |\n| `dog` | int | barks |\n" in written
    assert written.endswith("\nProse.\n")
    assert with_tables("p.md", written, {"pets": PETS}) == written


@pytest.mark.parametrize(
    ("text", "tables", "words"),
    [
        (PAGE, {"pets": Table(("name", "meaning"), (("cow", None),))}, "does not say what cow is"),
        ("# Page\n", {"pets": PETS}, "has no place for the table pets"),
        (PAGE, {}, "has a place for a table that is no more"),
    ],
)
def test_what_a_person_must_mend_is_said(text: str, tables: dict[str, Table], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        with_tables("p.md", text, tables)
