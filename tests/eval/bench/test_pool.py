import os
import time
from pathlib import Path

import pytest

from argosy.eval.bench.cell import OK, Cell, CellResult
from argosy.eval.bench.pool import run_cells

pytestmark = pytest.mark.slow


def _work(cell: Cell) -> CellResult:
    match cell.method:
        case "raises":
            raise ValueError(f"no luck\nwith {cell.series}")
        case "dies":
            os._exit(3)
        case "killed":
            os.kill(os.getpid(), 9)
        case "hangs":
            time.sleep(600)
    return CellResult(cell, OK, facts={"threads": os.environ["OMP_NUM_THREADS"]})


def test_every_way_to_end_is_a_result_and_the_run_goes_on(tmp_path: Path) -> None:
    results: dict[str, CellResult] = {}
    for methods, timeout_s in ((("raises", "dies", "killed", "works"), 120.0), (("hangs", "works"), 4.0)):
        run_cells(
            [Cell("s", method, 0) for method in methods],
            _work,
            jobs=3,
            timeout_s=timeout_s,
            log=lambda cell: tmp_path / f"{cell.method}.log",
            done=lambda result: results.setdefault(result.cell.method, result),
        )
    assert results["works"].status == OK
    assert results["works"].facts["threads"] == "1"
    assert results["raises"].status == "ValueError: no luck with s"
    assert "Traceback" in (tmp_path / "raises.log").read_text()
    assert "code 3" in results["dies"].status
    assert "signal 9" in results["killed"].status
    assert "timed out after 4 s" in results["hangs"].status


def test_an_interruption_leaves_nothing_running(tmp_path: Path) -> None:
    def stop(_result: CellResult) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_cells(
            [Cell("s", "hangs", 0), Cell("s", "works", 0)],
            _work,
            jobs=2,
            timeout_s=100.0,
            log=lambda cell: tmp_path / f"{cell.method}.log",
            done=stop,
        )
    assert time.monotonic() - started < 120
