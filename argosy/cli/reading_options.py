"""The options by which a table is read, once for all commands that read a series."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Annotated, Any

import typer

from argosy.inputs.tables.reading import OpenIncidents, Reading
from argosy.inputs.time_zone import check_zone
from argosy.signals.errors import BadInput
from argosy.signals.gap_policy import GapPolicy


def _zone(option: typer.CallbackParam, name: str | None) -> str | None:
    return None if name is None else check_zone(option.opts[0], name)


def _time_format(letters: str | None) -> str | None:
    if letters is None or letters in ("excel", "unix"):
        return letters
    from argosy.inputs.tables.written_times import check_format

    return check_format(letters)


def _comment(mark: str | None) -> str | None:
    if mark is not None and (not mark.strip() or mark != mark.strip() or len(mark) > LONGEST_COMMENT):
        raise BadInput("--comment", f"{mark!r} is no beginning of a line", "give one or a few signs, such as '#'")
    return mark


def _decimal(point: str | None) -> str | None:
    if point not in (None, ",", "."):
        raise BadInput("--decimal", f"{point!r} is neither a comma nor a point", "give ',' or '.'")
    return point


def _gaps(word: str | None) -> GapPolicy | None:
    if word is None:
        return None
    from argosy.choices import one_of

    return one_of("--gaps", word, {each.value: each for each in GapPolicy})


LONGEST_COMMENT = 8

OPTIONS: dict[str, Any] = {
    "zone": Annotated[
        str | None,
        typer.Option(help="Zone of times without an offset, such as Europe/Berlin; else UTC.", callback=_zone),
    ],
    "time_format": Annotated[
        str | None,
        typer.Option(help="How times are written, such as '%d.%m.%Y %H:%M'; excel, unix.", callback=_time_format),
    ],
    "start_column": Annotated[str | None, typer.Option(help="Column of starts in the file of incidents.")],
    "end_column": Annotated[str | None, typer.Option(help="Column of ends in the file of incidents.")],
    "open_incidents": Annotated[
        OpenIncidents | None,
        typer.Option(
            help="How long an earlier incident without an end lasts: to the next, to the last point, or drop it."
        ),
    ],
    "skip": Annotated[int | None, typer.Option(min=0, help="Lines above the table, such as a title.")],
    "comment": Annotated[
        str | None, typer.Option(help="How lines begin that are no part of the table, such as '#'.", callback=_comment)
    ],
    "decimal": Annotated[
        str | None,
        typer.Option(
            help="Decimal comma or point of values, ',' or '.'; the other may separate thousands.", callback=_decimal
        ),
    ],
    "units": Annotated[
        bool | None,
        typer.Option("--units", help="Values have units, such as 5%, 1.2 K or 3 MiB: they are multiplied out."),
    ],
    "gaps": Annotated[
        str | None,
        typer.Option(
            help="What a missing value means: ignore, hold (the last one), zero, or anomaly, which is an alert.",
            callback=_gaps,
        ),
    ],
    "rate": Annotated[
        bool | None,
        typer.Option(
            "--rate/--no-rate", help="Values are those of a counter: take its rate a second, over restarts as well."
        ),
    ],
}
"""The option of each field of `Reading`, called as the field."""


def with_reading(command: Callable[..., None], fields: Iterable[str] = OPTIONS) -> Callable[..., None]:
    """The command with an option for each of these fields of its parameter `reading`, all by default.

    Where it has another option of that name, this one is called --data-NAME.
    """
    signature = inspect.signature(command)
    names = {(f"data_{field}" if field in signature.parameters else field): field for field in fields}
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=OPTIONS[field])
        for name, field in names.items()
    ]

    @wraps(command)
    def read(**given: Any) -> None:
        command(reading=Reading(**{field: given.pop(name) for name, field in names.items()}), **given)

    parameters: list[inspect.Parameter] = []
    for each in signature.parameters.values():
        parameters += options if each.name == "reading" else [each.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    read.__dict__["__signature__"] = signature.replace(parameters=parameters)
    read.__annotations__ = {each.name: each.annotation for each in parameters}
    return read
