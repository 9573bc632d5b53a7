"""Progress of a benchmark: a line for each cell that ends, with the time left."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from rich.console import Console

from argosy.eval.bench.cell import OK, Cell, CellResult
from argosy.terminal import clock_time, print_line


class Progress:
    """Tells of cells as they end; the time left is reckoned from the seconds a point that each method has taken."""

    def __init__(
        self, console: Console, clock: Callable[[], float], jobs: int, points: Mapping[str, int], todo: Iterable[Cell]
    ) -> None:
        self._console = console
        self._clock = clock
        self._jobs = jobs
        self._points = points
        self._todo = set(todo)
        self._total = len(self._todo)
        self._taken: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._began = clock()

    def done(self, result: CellResult) -> None:
        """Takes the result of one cell."""
        cell = result.cell
        self._todo.discard(cell)
        taken = self._taken[cell.method]
        taken[0] += result.wall_s
        taken[1] += self._points.get(cell.series, 0)
        number = self._total - len(self._todo)
        left = self._left_s()
        about = (
            f", about {clock_time(left)} left" if self._todo else f", {clock_time(self._clock() - self._began)} in all"
        )
        verdict = "ok" if result.status == OK else f"FAILED: {result.status}"
        told = f"[{number}/{self._total}] {cell.series} {cell.method} seed {cell.seed}"
        print_line(f"{told}: {verdict}, {result.wall_s:.1f} s{about}", self._console)

    def _left_s(self) -> float:
        seconds, points = (sum(each[i] for each in self._taken.values()) for i in (0, 1))
        usual = seconds / max(points, 1.0)
        rates = {method: taken[0] / max(taken[1], 1.0) for method, taken in self._taken.items()}
        left = sum(rates.get(cell.method, usual) * self._points.get(cell.series, 0) for cell in self._todo)
        return left / self._jobs
