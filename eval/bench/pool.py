"""Runs cells in processes of their own, so that a crash, a hang or a flood of memory costs one cell."""

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from threadpoolctl import threadpool_limits

from argosy.eval.bench.cell import Cell, CellResult

Work = Callable[[Cell], CellResult]
"""Runs one cell; it and its result are pickled."""

_GRACE_S = 5.0


@dataclass
class _Running:
    cell: Cell
    process: ForkServerProcess
    reply: Connection
    alive: Connection
    began: float


def run_cells(
    cells: Sequence[Cell],
    work: Work,
    jobs: int,
    timeout_s: float,
    log: Callable[[Cell], Path],
    done: Callable[[CellResult], None],
    preload: Sequence[str] = (),
) -> None:
    """Runs the cells in order, `jobs` at once, and tells `done` of each as it ends.

    A cell that raises, dies or takes longer than `timeout_s` seconds is a result whose status says so. `preload` names
    modules that every process needs. Nothing is left running when this raises.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with _one_thread_each():
        forkserver.ensure_running()
    waiting, running = list(cells), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < max(1, jobs):
                running.append(_start(context, waiting.pop(0), work, log))
            wait([one for each in running for one in (each.process.sentinel, each.reply)], timeout=0.5)
            for each in list(running):
                result = _ended(each, timeout_s)
                if result is not None:
                    running.remove(each)
                    done(result)
    finally:
        for each in running:
            _end(each)


_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """While inside, a process that starts gets one thread for linear algebra: the cells fill the cores themselves."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start(context: ForkServerContext, cell: Cell, work: Work, log: Callable[[Cell], Path]) -> _Running:
    reply, answer = context.Pipe(duplex=False)
    watched, alive = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, cell, answer, watched, log(cell)))
    process.start()
    answer.close()
    watched.close()
    return _Running(cell, process, reply, alive, time.monotonic())


def _ended(running: _Running, timeout_s: float) -> CellResult | None:
    """The result when there is one; None while it runs."""
    taken = time.monotonic() - running.began
    result: CellResult | None = None
    if running.reply.poll():
        try:
            result = running.reply.recv()
        except EOFError:
            running.process.join(_GRACE_S)
            result = CellResult(running.cell, _death(running.process.exitcode), wall_s=taken)
    elif not running.process.is_alive():
        result = CellResult(running.cell, _death(running.process.exitcode), wall_s=taken)
    elif taken > timeout_s:
        result = CellResult(running.cell, f"timed out after {timeout_s:g} s", wall_s=taken)
    if result is not None:
        _end(running, patience_s=0.0 if taken > timeout_s else _GRACE_S)
    return result


def _end(running: _Running, patience_s: float = 0.0) -> None:
    running.process.join(patience_s)
    if running.process.is_alive():
        running.process.terminate()
        running.process.join(_GRACE_S)
    if running.process.is_alive():
        running.process.kill()
        running.process.join(_GRACE_S)
    running.reply.close()
    running.alive.close()


def _death(code: int | None) -> str:
    return f"its process was ended by signal {-code}" if code and code < 0 else f"its process ended with code {code}"


def _child(work: Work, cell: Cell, answer: Connection, watched: Connection, log: Path) -> None:
    """Runs in the process of a cell; ends at once when the process that started it is gone."""
    threading.Thread(target=_die_with_parent, args=(watched,), daemon=True).start()
    _write_to(log)
    os.environ.update(_ONE_THREAD)  # a fork server of somebody else's, started before, knows nothing of it
    threadpool_limits(1)
    began = time.monotonic()
    try:
        answer.send(work(cell))
    except BaseException as error:
        message = " ".join(f"{type(error).__name__}: {error}".split())
        answer.send(CellResult(cell, message[:500], wall_s=time.monotonic() - began))
        raise
    finally:
        answer.close()


def _write_to(log: Path) -> None:
    """Sends whatever this process writes, its own traceback included, to a file until it ends."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False, buffering=1)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)


def _die_with_parent(watched: Connection) -> None:
    try:
        watched.recv()
    except EOFError:
        os._exit(1)
