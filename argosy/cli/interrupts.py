"""Ctrl-C and SIGTERM in the middle of long work: the first lets it drain, the second ends it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console


@contextmanager
def drained(console: Console) -> Iterator[Callable[[], bool]]:
    """While inside, the first interruption only makes the function given return True; the second raises."""
    asked = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        console.print("stopping after what is under way; what is accepted stays (again to end at once)")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
