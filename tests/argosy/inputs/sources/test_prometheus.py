"""A Prometheus as a source: Debian's own, on blocks that its promtool made; and servers that are down, slow or odd."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from argosy.inputs.sources.errors import NoData, SourceUnavailable
from argosy.inputs.sources.prometheus import PAGE_POINTS, PrometheusSource, refuse_counter
from argosy.inputs.sources.source import Stretch
from argosy.inputs.sources.spec import SourceSpec, open_feed
from argosy.signals.errors import BadInput
from argosy.signals.gap_policy import GapPolicy
from tests.prometheus import server

STEP_S = 60
FIRST = 1_790_000_040 // STEP_S * STEP_S
POINTS = 1_000


def lines() -> list[str]:
    """A gauge of 1,000 minutes with a silent hour, two hosts, and a counter that starts again twice."""
    found = ["# TYPE temperature gauge"]
    found += [f"temperature {n} {FIRST + n * STEP_S}" for n in range(POINTS) if not 500 <= n < 560]
    found.append("# TYPE load gauge")
    for host in ("a", "b"):
        found += [f'load{{host="{host}"}} {n % 7} {FIRST + n * STEP_S}' for n in range(300)]
    found.append("# TYPE requests counter")
    total = 0
    for n in range(600):
        total = 0 if n in (200, 400) else total + 5
        found.append(f"requests_total {total} {FIRST + n * STEP_S}")
    found.append("# TYPE served gauge")
    total = 0
    for n in range(600):
        total = 0 if n in (200, 400) else total + 5
        found.append(f"served {total} {FIRST + n * STEP_S}")
    found.append("# TYPE ratio gauge")
    found += [f"ratio {n % 2} {FIRST + n * STEP_S}" for n in range(100)]
    return found


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import pytest_socket

    pytest_socket.enable_socket()
    with server.started(tmp_path_factory.mktemp("prometheus"), lines()) as url:
        yield url


def source(url: str, query: str, **more: Any) -> PrometheusSource:
    return PrometheusSource(url, query, STEP_S, **more)


def whole(points: int) -> Stretch:
    return Stretch(FIRST, FIRST + (points - 1) * STEP_S)


real = [pytest.mark.prometheus, pytest.mark.slow]


class TestReal:
    """What only a real server can show."""

    pytestmark = real

    def test_a_stretch_longer_than_two_pages_is_whole(self, prometheus: str, socket_enabled: None) -> None:
        points = 2 * PAGE_POINTS + 5_001
        loaded = PrometheusSource(prometheus, "temperature", 1).load(Stretch(FIRST, FIRST + points - 1))
        assert loaded.series.seconds.tolist() == list(range(FIRST, FIRST + points))
        assert (loaded.series.values == (loaded.series.seconds - FIRST) // STEP_S).all()

    def test_what_is_stale_is_a_gap_and_the_policy_says_what_it_means(
        self, prometheus: str, socket_enabled: None
    ) -> None:
        data = {"kind": "prometheus", "url": prometheus, "query": "temperature", "step_s": STEP_S}
        spec = SourceSpec.model_validate({"data": data, "gaps": "anomaly", "lookback_days": 0})
        loaded = open_feed(spec, None, {}).load(FIRST, FIRST + 999 * STEP_S)
        assert len(loaded.series) == 1_000
        (gap,) = loaded.incidents
        assert (gap.kind, (gap.end - gap.start) // STEP_S) == ("gap", 55)
        held = open_feed(spec.model_copy(update={"gaps": GapPolicy.HOLD}), None, {}).load(FIRST, FIRST + 999 * STEP_S)
        assert not np.isnan(held.series.values).any()

    def test_an_offset_start_falls_on_the_same_grid(self, prometheus: str, socket_enabled: None) -> None:
        loaded = source(prometheus, "temperature").load(Stretch(FIRST + 17, FIRST + 600))
        assert loaded.series.seconds.tolist() == [FIRST + n * STEP_S for n in range(1, 11)]

    def test_several_series_are_listed(self, prometheus: str, socket_enabled: None) -> None:
        with pytest.raises(BadInput, match=r'gives 2 series: .*"host": "a".*"host": "b".*sum\('):
            source(prometheus, "load").load(whole(300))
        assert len(source(prometheus, 'load{host="a"}').load(whole(300)).series) == 300

    def test_resets_of_a_counter_are_refused_raw_and_gone_in_its_rate(
        self, prometheus: str, socket_enabled: None
    ) -> None:
        with pytest.raises(BadInput, match=r"ask for rate\(served\[5m\]\)"):
            source(prometheus, "served").load(whole(600))
        rates = source(prometheus, "rate(requests_total[5m])").load(whole(600)).series.values
        assert rates.min() >= 0
        assert abs(np.median(rates) - 5 / STEP_S) < 1e-9

    def test_no_number_is_missing(self, prometheus: str, socket_enabled: None) -> None:
        loaded = source(prometheus, "1 / ratio").load(whole(100))
        assert int(np.isnan(loaded.series.values).sum()) == 50
        assert loaded.notes == ("infinite or absurd values, taken as missing: 50",)

    def test_the_bases_scores_come_beside(self, prometheus: str, socket_enabled: None) -> None:
        asked = source(prometheus, "temperature", base_query="ratio", base="mine")
        loaded = asked.load(whole(200))
        assert loaded.base is not None
        assert not loaded.base.alarms
        assert loaded.base.verdicts[:4].tolist() == [0.0, 1.0, 0.0, 1.0]
        assert np.isnan(loaded.base.verdicts[110:]).all()

    def test_nothing_there_is_no_data_and_nonsense_is_refused(self, prometheus: str, socket_enabled: None) -> None:
        with pytest.raises(NoData, match="has no point from"):
            source(prometheus, "temperature").load(Stretch(1_000_000, 1_100_000))
        with pytest.raises(NoData, match="has no point from"):
            source(prometheus, "nothing_called_so").load(whole(10))
        with pytest.raises(BadInput, match="parse error"):
            source(prometheus, "sum(").load(whole(10))


@contextmanager
def answering(status: int, body: bytes, wait_s: float = 0.0) -> Iterator[str]:
    """A server that answers everything so, after a while that its own end cuts short."""
    ending = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if ending.wait(wait_s):
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        ending.set()
        running.shutdown()
        running.server_close()
        thread.join()


network = pytest.mark.network


@network
def test_a_server_that_is_down_is_unavailable(socket_enabled: None) -> None:
    with pytest.raises(SourceUnavailable, match="does not answer; start it"):
        source("http://127.0.0.1:1", "up").load(whole(10))


@network
def test_a_slow_server_is_unavailable_within_its_time(socket_enabled: None) -> None:
    with answering(200, b"{}", wait_s=20.0) as url:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"no answer within 0\.3 s"):
            source(url, "up", timeout_s=0.3).load(whole(10))
        assert time.monotonic() - began < 15


@network
@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{"]
)
def test_a_server_that_drips_is_unavailable_within_its_time(socket_enabled: None, head: bytes) -> None:
    with dripping(head) as url, pytest.raises(SourceUnavailable, match=r"no answer within 0\.5 s"):
        source(url, "up", timeout_s=0.5).load(whole(10))


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """A server that sends this, and then a byte every twentieth of a second, without end."""
    ending = threading.Event()

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                connection.sendall(head)
                while not ending.wait(0.05):
                    connection.sendall(b"H")

    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ending.set()
        thread.join()
        listening.close()


def matrix(result: str) -> bytes:
    return f'{{"status": "success", "data": {{"resultType": "matrix", "result": {result}}}}}'.encode()


@network
@pytest.mark.parametrize(
    "body",
    [
        matrix("null"),
        matrix("[7]"),
        matrix('[{"metric": {}}]'),
        matrix('[{"metric": null, "values": []}]'),
        matrix('[{"metric": {"a": 7}, "values": [[1, "1"]]}]'),
        matrix('[{"metric": {}, "values": [[1]]}]'),
        matrix('[{"metric": {}, "values": [[1, "2", 3]]}]'),
        matrix('[{"metric": {}, "values": [["then", "1"]]}]'),
        matrix('[{"metric": {}, "values": [["NaN", "1"]]}]'),
        matrix('[{"metric": {}, "values": [[1e300, "1"]]}]'),
        matrix('[{"metric": {}, "values": [[' + "9" * 400 + ', "1"]]}]'),
        matrix('[{"metric": {}, "values": [[1, "many"]]}]'),
        matrix('[{"metric": {}, "values": [[1, {}]]}]'),
        matrix("[" * 100_000),
        b'{"status": "success", "data": []}',
        b'{"status": "success", "data": {"resultType": "matrix", "result": []}, "warnings": 7}',
        b'{"status": "success", "data": {"resultType": "matrix", "result": []}, "warnings": [{}]}',
        b"\xff\xfe\x00",
        b"",
    ],
    ids=range(19),
)
def test_an_answer_that_is_none_is_one_line(socket_enabled: None, body: bytes) -> None:
    with answering(200, body) as url, pytest.raises(SourceUnavailable) as raised:
        source(url, "up").load(whole(10))
    assert len(str(raised.value)) < 400
    assert str(raised.value).isprintable()


@network
def test_what_a_server_says_reaches_a_terminal_on_one_line_without_commands(socket_enabled: None) -> None:
    said = failed("bad_data", "parse\nerror \x1b[2J" + "x" * 9_999)
    with answering(400, said) as url, pytest.raises(BadInput, match="parse error") as raised:
        source(url, "up").load(whole(10))
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400


@network
def test_a_value_beyond_all_bounds_is_missing(socket_enabled: None) -> None:
    many = '[{"metric": {}, "values": [[1790000040, "' + "9" * 400 + '"], [1790000100, "1"]]}]'
    with answering(200, matrix(many)) as url:
        loaded = source(url, "up").load(whole(10))
    assert np.isnan(loaded.series.values[0])
    assert "infinite or absurd values" in loaded.notes[0]


def failed(kind: str, text: str) -> bytes:
    return json.dumps({"status": "error", "errorType": kind, "error": text}).encode()


@network
@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (503, b"busy", SourceUnavailable, "HTTP 503"),
        (503, failed("timeout", "query timed out"), SourceUnavailable, "query timed out"),
        (422, failed("execution", "too many samples"), BadInput, "too many samples"),
        (200, b"<html>", SourceUnavailable, "HTTP 200"),
        (200, b'{"status": "success", "data": {"resultType": "vector", "result": []}}', SourceUnavailable, "no matrix"),
        (302, b"", BadInput, "is no Prometheus"),
        (401, b"", BadInput, r"refuses \(HTTP 401\)"),
    ],
)
def test_odd_answers_have_clear_outcomes(
    socket_enabled: None, status: int, body: bytes, error: type[Exception], said: str
) -> None:
    with answering(status, body) as url, pytest.raises(error, match=said):
        source(url, "up").load(whole(10))


@pytest.mark.parametrize("query", ["http_requests_total", 'x_count{a="b"}', " latency_sum "])
def test_a_counter_is_known_by_its_name(query: str) -> None:
    with pytest.raises(BadInput, match=r"rate\("):
        refuse_counter(query)


@pytest.mark.parametrize("query", ["rate(http_requests_total[5m])", "temperature", "x_count + 0"])
def test_other_queries_are_no_counters(query: str) -> None:
    refuse_counter(query)


def test_a_page_is_within_what_prometheus_answers() -> None:
    assert PAGE_POINTS <= 11_000
    assert Path(server.SCRIPT).is_file()
