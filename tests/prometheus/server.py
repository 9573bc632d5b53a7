"""A Prometheus for tests: Debian's, on blocks that its own promtool made."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import requests

from tests.postgres.server import free_port

SCRIPT = Path(__file__).with_name("start.sh")
WAIT_S = 120.0


@cache
def programs() -> Path | None:
    """The folder of prometheus and promtool; None where they cannot be had."""
    cache_folder = Path(os.environ.get("XDG_CACHE_HOME", "/tmp")) / "argosy-test-prometheus"
    done = subprocess.run([SCRIPT, "fetch", cache_folder], capture_output=True, text=True)
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def what_is_missing() -> str | None:
    """Why no Prometheus can be started here; None when it can."""
    return None if programs() else "Debian's prometheus cannot be fetched; apt-get install prometheus"


@contextmanager
def started(folder: Path, lines: Sequence[str]) -> Iterator[str]:
    """The URL of a server that knows these lines of OpenMetrics, for as long as the block lasts."""
    where = programs()
    assert where is not None
    text, data, config = folder / "metrics.txt", folder / "data", folder / "prometheus.yml"
    text.write_text("\n".join([*lines, "# EOF\n"]))
    config.write_text("global: {scrape_interval: 1h}\n")
    made = [where / "promtool", "tsdb", "create-blocks-from", "openmetrics", text, data]
    subprocess.run(made, check=True, capture_output=True)
    port = free_port()
    server = subprocess.Popen(
        [
            where / "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(WAIT_S)


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        assert server.poll() is None, "Prometheus ended at once"
        try:
            if requests.get(f"{url}/-/ready", timeout=2).status_code == 200:
                return
        except requests.exceptions.RequestException:
            time.sleep(0.05)
    raise AssertionError("Prometheus is never ready")
