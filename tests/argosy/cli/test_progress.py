"""What a session says while it runs: how much is done, and how long the rest takes at most."""

import io

from rich.console import Console

from argosy.cli.progress import Progress
from argosy.graphs.recording.events import Decision, SpanBegin


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def decided(subject: str, verdict: str = "flag") -> Decision:
    return Decision(at=0, span="x#1", subject=subject, verdict=verdict, why="for a reason")


def told(rounds: int | None, quiet: bool = False, tty: bool = False) -> list[str]:
    clock, page = Clock(), io.StringIO()
    with Progress(Console(file=page, width=200, force_terminal=tty), clock, quiet, rounds) as progress:
        for second, number in ((2.0, 1), (12.0, 2), (32.0, 3)):
            clock.now = second
            progress.watch(decided(f"round {number}"))
            progress.watch(SpanBegin(at=0, span="trial#1", node="trial", round=number))
        clock.now = 47.0
        progress.watch(decided("session", "rounds_spent"))
        progress.watch(SpanBegin(at=0, span="certify#1", node="certify", round=3))
    return page.getvalue().splitlines()


def test_each_round_says_the_share_done_and_the_time_left() -> None:
    assert told(3) == [
        "round 1 of 3 flag: for a reason (0% done)",
        "round 2 of 3 flag: for a reason (33% done, about 20 s left at most)",
        "round 3 of 3 flag: for a reason (67% done, about 15 s left at most)",
        "session rounds_spent: for a reason",
    ]


def test_where_nobody_knows_how_many_rounds_there_are_nothing_is_made_up() -> None:
    assert told(None)[1] == "round 2 flag: for a reason"


def test_a_terminal_has_it_on_the_moving_line() -> None:
    page = "\n".join(told(3, tty=True))
    assert "round 3 of 3 · trial · 0 calls · 32 s · about 15 s left at most" in page
    assert "after the rounds · certify · 0 calls · 47 s" in page
    assert "certify · 0 calls · 47 s · about" not in page


def test_quiet_is_quiet() -> None:
    assert told(3, quiet=True) == []
