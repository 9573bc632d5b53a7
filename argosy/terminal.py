"""Writing for people and for programs: a console that suits where it writes, and text that cannot command it."""

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.syntax import Syntax

_PIPED_WIDTH = 120
_COLOURED_CHARACTERS = 20_000  # a rule has a few thousand; what is longer was written to take long

# Escape sequences could repaint the terminal, and bidirectional marks can show code in another order than it runs.
_COMMANDS = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)]
_MARKS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
_SHOWN = {code: f"\\x{code:02x}" for code in _COMMANDS} | {code: f"\\u{code:04x}" for code in _MARKS}
_SHOWN |= {code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)}


def printable(text: str) -> str:
    """The text with control characters and bidirectional marks written as escapes; line breaks and tabs stay."""
    return text.replace("\r\n", "\n").translate(_SHOWN)


def several(count: int, noun: str, plural: str | None = None) -> str:
    """A count before a noun, which takes an s where no `plural` is given: "1 incident", "2,000 incidents"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def clock_time(seconds: float) -> str:
    """Seconds as a person says them.

    >>> clock_time(42.0), clock_time(600.0), clock_time(9000.0)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def stdout_console() -> "Console":
    """A console on stdout: as wide as the terminal, or 120 columns and without colours when piped."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in console._environ:
        console = Console(highlight=False, width=_PIPED_WIDTH)
    return console


def print_line(text: str, console: "Console") -> None:
    """Prints a text as it stands, save for what could command the terminal; only the terminal breaks its lines."""
    console.print(printable(text), markup=False, soft_wrap=True)


def python_code(source: str) -> "Syntax":
    """Python source, coloured where the terminal has colours and wrapped to its width; more than a rule, uncoloured."""
    from rich.syntax import Syntax

    text = printable(source).strip("\n")
    language = "python" if len(text) <= _COLOURED_CHARACTERS else "text"
    return Syntax(text, language, theme="ansi_dark", background_color="default", word_wrap=True)


def print_source(source: str, console: "Console") -> None:
    """Prints Python source; into a pipe line by line as it stands, so that it can be copied and run."""
    if console.is_terminal:
        console.print(python_code(source))
    else:
        console.print(printable(source).strip("\n"), markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Writes JSON to stdout; the value is finite already."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False) + "\n")


def moment(at: float) -> str:
    """Unix seconds as a date and time of day, UTC; the number itself where it is none of a calendar."""
    from datetime import UTC, datetime

    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{at:g} s"
