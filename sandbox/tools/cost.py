"""What the walls cost: the same rules in process, in each sandbox, and in a fresh container for every evaluation."""

import os
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from argosy.sandbox.containers import ContainerSandbox
from argosy.sandbox.daemon import connect
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.hardening import LABEL
from argosy.sandbox.image import PYTHON, image_tag
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.owners import owner
from argosy.sandbox.protocol import Evaluation, Input, Job, Limits, Ran
from argosy.sandbox.resident import Pool, PooledSandbox, Sharing

CANDIDATE_POINTS = 150_000
CANDIDATE_EVALUATIONS = 200
LONG_POINTS = 1_000_000
REPEATS = 30
LIMITS = Limits(job_s=120.0)
RULE = '''"""Flags what is far from the recent mean."""
import numpy as np

PARAMS = {"window": (60, 10, 720), "threshold": (6.0, 2.0, 30.0)}


def detect(values, seconds, *, window, threshold):
    total = np.cumsum(np.r_[0.0, np.nan_to_num(values)])
    mean = (total[window:] - total[:-window]) / window
    score = np.zeros(len(values))
    score[window - 1 :] = np.abs(values[window - 1 :] - mean) / threshold
    return score
'''
PANDAS_RULE = RULE.replace("import numpy as np\n", "import numpy as np\nimport pandas as pd\n")
PARAMS: dict[str, float | int] = {"window": 60, "threshold": 6.0}


@dataclass(frozen=True)
class Figure:
    """One measured number: `target` is the most (or, for a rate, the least) that is wanted, NaN where nothing is."""

    sandbox: str
    what: str
    value: float
    unit: str
    target: float | None = None


def bench(evaluations: int = CANDIDATE_EVALUATIONS, repeats: int = REPEATS) -> dict[str, Any]:
    """Measures everything and returns it as JSON's own types. Raises SandboxUnavailable without Docker or its image."""
    _OPENED["docker"]().close()  # what is missing is told at once
    if shutil.which("docker") is None:
        raise SandboxUnavailable("the docker command is not there, which the comparison needs; install it")
    load_before = os.getloadavg()
    figures = [*_in_process(evaluations), *_fresh_containers(min(5, repeats))]
    for name, opened in _OPENED.items():
        figures += _sandbox(name, opened, evaluations, repeats)
    return {
        "machine": {"processors": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()},
        "load_average": {"before": load_before, "after": os.getloadavg()},
        "image": image_tag(),
        "figures": [asdict(each) for each in figures],
    }


def series(points: int) -> Input:
    return Input(np.random.default_rng(1).normal(size=points), 60 * np.arange(points, dtype=np.int64))


def _job(points: int, evaluations: int, source: str = RULE) -> Job:
    return Job(source, (series(points),), (Evaluation(PARAMS),) * evaluations, LIMITS)


_OPENED: dict[str, Callable[[], PooledSandbox]] = {
    "docker": lambda: ContainerSandbox(sharing=Sharing.SESSION, pool=Pool(most=2, kept=2)),
    "local": lambda: LocalSandbox(pool=Pool(most=2, kept=2)),
}


def _in_process(evaluations: int) -> Iterator[Figure]:
    """The rule called directly, which nobody should do: what there is to compare with."""
    module: dict[str, Any] = {}
    exec(RULE, module)  # our own text
    given = series(CANDIDATE_POINTS)
    began = time.perf_counter()
    for _ in range(evaluations):
        module["detect"](given.values.copy(), given.seconds.copy(), **PARAMS)
    yield Figure("in process", f"{evaluations} evaluations of {CANDIDATE_POINTS} points", _since(began), "s")
    given = series(LONG_POINTS)
    times = [_timed(lambda: module["detect"](given.values, given.seconds, **PARAMS)) for _ in range(7)]
    yield Figure("in process", f"{LONG_POINTS} points", 1e3 * statistics.median(times), "ms")


def _fresh_containers(repeats: int) -> Iterator[Figure]:
    """`docker run` for one evaluation: the other thing nobody should do, because of what it costs."""
    program = f"{RULE}\ndetect(np.zeros({CANDIDATE_POINTS}), np.arange({CANDIDATE_POINTS}), window=60, threshold=6.0)"
    flags = ["--rm", "--network=none", "--read-only", "--cap-drop=ALL", f"--label={LABEL}=bench"]
    command = ["docker", "run", *flags, f"--entrypoint={PYTHON}", image_tag(), "-I", "-c", program]
    times = [_timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(repeats)]
    yield Figure("docker run each", "one evaluation", 1e3 * statistics.median(times), "ms")


def _sandbox(name: str, opened: Callable[[], PooledSandbox], evaluations: int, repeats: int) -> list[Figure]:
    cold = statistics.median(_cold(opened) for _ in range(3))
    sandbox = opened()
    try:
        sandbox.run(_job(1_000, 1))
        figures = [Figure(name, "cold: opened, started, first job", 1e3 * cold, "ms", 500.0)]
        figures.append(_latency(name, sandbox, repeats))
        whole = _timed(lambda: _checked(sandbox, _job(CANDIDATE_POINTS, evaluations)))
        what = f"{evaluations} evaluations of {CANDIDATE_POINTS} points"
        figures.append(Figure(name, what, whole, "s"))
        figures.append(_long(name, sandbox))
        figures.append(_service(name, sandbox, repeats))
        figures.append(_throughput(name, sandbox, repeats))
    finally:
        sandbox.close()
    return figures + ([_memory()] if name == "docker" else [])


def _cold(opened: Callable[[], PooledSandbox]) -> float:
    began = time.perf_counter()
    sandbox = opened()
    try:
        _checked(sandbox, _job(1_000, 1))
        return _since(began)
    finally:
        sandbox.close()


def _latency(name: str, sandbox: PooledSandbox, repeats: int) -> Figure:
    job = _job(1_000, 1)
    beyond = [_beyond(sandbox, job) for _ in range(repeats)]
    return Figure(name, "a job beyond the rule's own time", 1e3 * statistics.median(beyond), "ms", 15.0)


def _long(name: str, sandbox: PooledSandbox) -> Figure:
    job = _job(LONG_POINTS, 1)
    beyond = [_beyond(sandbox, job) for _ in range(9)]
    return Figure(
        name, f"{LONG_POINTS} float64 in, scores out, beyond the rule", 1e3 * statistics.median(beyond), "ms", 30.0
    )


def _service(name: str, sandbox: PooledSandbox, repeats: int) -> Figure:
    """What scoring costs beyond the rule, less 30 ns a point."""
    points = 20_000
    job = _job(points, 1)
    beyond = [_beyond(sandbox, job) - 30e-9 * points for _ in range(repeats)]
    return Figure(
        name, "scoring in service, beyond the rule and 30 ns a point", 1e3 * statistics.median(beyond), "ms", 5.0
    )


def _throughput(name: str, sandbox: PooledSandbox, repeats: int) -> Figure:
    jobs = 4 * repeats
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: _checked(sandbox, _job(1_000, 1)), range(jobs)))
    return Figure(name, "jobs of 1000 points from two threads", jobs / _since(began), "jobs/s")


def _memory() -> Figure:
    """Memory that an idle container has for itself beside another of its kind, with everything loaded."""
    source = PANDAS_RULE.replace("import pandas", "from scipy import signal, stats\nimport pandas")
    sandbox = ContainerSandbox(pool=Pool(most=2, kept=2))
    try:
        for number in range(2):
            _checked(sandbox, _job(1_000, 1, f"{source}# {number}\n"))
        return Figure("docker", "private memory of an idle container, all loaded", _private_mb(), "MB", 130.0)
    finally:
        sandbox.close()


def _private_mb() -> float:
    """Megabytes that a container of this process has for itself; NaN without the right to look into its processes."""
    client = connect()
    try:
        found = client.containers.list(filters={"label": f"{LABEL}.owner={owner(os.getpid())}"})
        process = int(found[0].attrs["State"]["Pid"]) if found else 0
    finally:
        client.close()
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
        return sum(_own_kilobytes(each) for each in (process, *map(int, children))) / 1024
    except OSError:
        return float("nan")


def _own_kilobytes(process: int) -> int:
    """What no file holds, shared out among the processes that were forked with it, and what of files is its alone."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Private_Clean:")))


def _beyond(sandbox: PooledSandbox, job: Job) -> float:
    began = time.perf_counter()
    (only,) = _checked(sandbox, job)
    return _since(began) - only.seconds


def _checked(sandbox: PooledSandbox, job: Job) -> list[Ran]:
    outcomes = sandbox.run(job)
    for each in outcomes:
        if not isinstance(each, Ran):
            raise AssertionError(f"the benchmark's own rule did not run: {each}")
    return [each for each in outcomes if isinstance(each, Ran)]


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return _since(began)


def _since(began: float) -> float:
    return time.perf_counter() - began
