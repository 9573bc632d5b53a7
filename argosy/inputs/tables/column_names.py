"""Which column is which: by the name given, else by the names people usually give."""

from collections.abc import Sequence
from difflib import get_close_matches

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.sheet import Sheet
from argosy.signals.errors import BadInput

TIME_NAMES = ("timestamp", "time", "datetime", "date", "ds", "_time", "index", "__index_level_0__", "")
VALUE_NAMES = ("value", "y", "_value")
LABEL_NAMES = ("label", "is_anomaly", "anomaly")
ID_NAMES = ("series",)
"""Taken in this order, whatever their case; an empty name is the unnamed first column that pandas writes, and those
with a stroke in front are InfluxDB's."""

LISTED_NAMES = 12


def pick(sheet: Sheet, given: str | None, usual: Sequence[str], option: str, required: bool = False) -> str | None:
    """The column that is called `given`, else the first of the `usual` names that there is.

    Raises BadInput when `given` is missing, and when nothing usual is there though `required`.
    """
    for wanted in (given,) if given is not None else usual:
        if wanted in sheet.columns:
            return wanted
        for name in sheet.columns:
            if name.lower() == wanted.lower():
                return name
    if given is None and not required:
        return None
    raise _missing(sheet, given if given is not None else usual[0], option)


def pick_alone(sheet: Sheet, taken: Sequence[str | None]) -> str | None:
    """The only column that is not taken, where it has a name that is no cell; None where there is none or several."""
    left = [column for column in sheet.columns if column not in taken]
    return left[0] if len(left) == 1 and left[0] and not left[0][:1].isdigit() and not _is_number(left[0]) else None


def _missing(sheet: Sheet, name: str, option: str) -> BadInput:
    there = ", ".join(shown(column) for column in sheet.columns[:LISTED_NAMES])
    more = f" and {len(sheet.columns) - LISTED_NAMES} more" if len(sheet.columns) > LISTED_NAMES else ""
    problem = f"no column {shown(name)}; there are {there}{more}"
    if all(_is_number(column) for column in sheet.columns):
        return BadInput(named(sheet.path), problem, "the first row looks like data; put a header above it")
    if option == "--time":
        option += ", or give --step SECONDS if the rows are evenly spaced"
    close = get_close_matches(name.lower(), [column.lower() for column in sheet.columns], n=1)
    guess = next((f" (perhaps {shown(column)})" for column in sheet.columns if [column.lower()] == close), "")
    how = f" with {option}" if option.startswith("--") else ""
    return BadInput(named(sheet.path), problem, f"name the right one{guess}{how}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
