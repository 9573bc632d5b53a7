"""What a worker tells while it works: JSON lines, and counters as Prometheus reads them."""

import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
    write_to_textfile,
)

from argosy.graphs.recording.redaction import Redaction
from argosy.scheduling.rows import Outcome, RunResult, RunRow, ScheduleRow, ScheduleState
from argosy.signals.errors import BadInput

_SECONDS = (1, 5, 15, 60, 300, 900, 3600, 10800)


class Log:
    """Writes one JSON object a line: `at` in UTC, `worker`, `event`, and what belongs to it. None writes nothing."""

    def __init__(self, stream: IO[str] | None, worker: str, redaction: Redaction, clock: Callable[[], float]) -> None:
        self._stream, self._worker, self._redaction, self._clock = stream, worker, redaction, clock
        self._lock = threading.Lock()

    def write(self, event: str, **facts: float | int | str | bool | None) -> None:
        """Appends a line at once; one that a full disk does not take is lost, and what it tells of goes on."""
        if self._stream is None:
            return
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "worker": self._worker, "event": event, **facts}
        with self._lock, suppress(OSError):
            self._stream.write(json.dumps(self._redaction.tree(line), ensure_ascii=False) + "\n")
            self._stream.flush()


class LogHandler(logging.Handler):
    """Writes a library's log records as lines of ours."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """As the event `library`, one line a record, without its traceback."""
        said = record.getMessage().strip().partition("\n")[0]
        self._log.write("library", library=record.name, level=record.levelname.lower(), message=said)


@dataclass
class Metrics:
    """Counters since this worker began, and gauges of what the store says, to be read at `file` and `port`."""

    file: Path | None = None
    port: int | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each counter, which nobody asked for
        registry = self.registry
        self.runs = Counter("argosy_runs", "Runs that ended here.", ["outcome"], registry=registry)
        self.retries = Counter("argosy_run_retries", "Runs that wait for another attempt.", registry=registry)
        self.seconds = Histogram(
            "argosy_run_seconds", "How long a run took.", ["outcome"], buckets=_SECONDS, registry=registry
        )
        self.refreshes = Counter("argosy_refreshes", "Refreshes.", ["decision", "state"], registry=registry)
        self.calls = Counter("argosy_model_calls", "Model calls of refreshes.", registry=registry)
        self.tokens = Counter("argosy_model_tokens", "Tokens, input and output.", registry=registry)
        self.usd = Counter("argosy_model_cost_usd", "Dollars for model calls.", registry=registry)
        self.taken_over = Counter("argosy_workers_taken_over", "Dead workers whose runs went on.", registry=registry)
        self.errors = Counter("argosy_worker_errors", "Times the store was out of reach.", registry=registry)
        self.running = Gauge("argosy_runs_running", "Runs under way here.", registry=registry)
        self.beat = Gauge("argosy_worker_beat_timestamp_seconds", "When this worker last beat.", registry=registry)
        self.schedules = Gauge("argosy_schedules", "Schedules.", ["state"], registry=registry)
        self.workers = Gauge("argosy_workers_alive", "Workers that beat within their lease.", registry=registry)
        self.waiting = Gauge("argosy_runs_waiting", "Runs that wait, here or elsewhere.", registry=registry)
        self.overdue = Gauge(
            "argosy_schedule_overdue_seconds", "How late a schedule is.", ["schedule"], registry=registry
        )

    @property
    def wanted(self) -> bool:
        """Whether anybody can read them."""
        return self.file is not None or self.port is not None

    def serve(self) -> Callable[[], None]:
        """Opens the port, where one is wanted, on loopback; call what it gives to close it. Raises BadInput."""
        if self.port is None:
            return lambda: None
        try:
            server, thread = start_http_server(self.port, "127.0.0.1", self.registry)
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise BadInput(f"--metrics-port {self.port}", problem, "name a free port") from error

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close

    def write(self) -> None:
        """Replaces the file, where one is wanted. Raises BadInput."""
        if self.file is None:
            return
        try:
            write_to_textfile(str(self.file), self.registry)
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise BadInput(f"--metrics {self.file}", problem, "name a file in a folder of yours") from error

    def ended(self, ended: RunResult, took_s: float, final: bool) -> None:
        """Counts a run that ended, or that will be tried again."""
        if not final:
            self.retries.inc()
            return
        self.runs.labels(ended.outcome.value).inc()
        self.seconds.labels(ended.outcome.value).observe(took_s)
        facts = ended.facts
        if ended.outcome is Outcome.REFRESHED:
            self.refreshes.labels(str(facts.get("decision")), str(facts.get("state"))).inc()
        for name, counter in (("calls", self.calls), ("tokens", self.tokens), ("usd", self.usd)):
            amount = facts.get(name)
            if isinstance(amount, int | float) and amount > 0:
                counter.inc(amount)

    def look(self, schedules: tuple[ScheduleRow, ...], open_runs: tuple[RunRow, ...], now: float) -> None:
        """Sets the gauges from what the store says."""
        for state in ScheduleState:
            self.schedules.labels(state.value).set(sum(each.state is state for each in schedules))
        self.waiting.set(sum(run.claim is None for run in open_runs))
        self.overdue.clear()
        for each in schedules:
            if each.state is ScheduleState.ACTIVE:
                self.overdue.labels(each.id).set(max(0.0, now - each.next))
