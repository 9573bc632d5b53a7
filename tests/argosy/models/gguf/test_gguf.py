"""A model file served by a child process: started, reached with its own key, and never left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.speaker import ModelUnavailable
from argosy.models.gguf import serving, what_is_missing
from argosy.signals.errors import BadInput
from tests.argosy.inputs.tables.labelled import write_labelled_csv
from tests.places import ROOT
from tests.processes import alive

# In the place of llama.cpp, which the fast tests do without: the process, its pipes and its end are the real ones.
STAND_IN = """
import types
class CommonParams:
    def __init__(self):
        self.model = types.SimpleNamespace()
        self.cpuparams, self.cpuparams_batch = types.SimpleNamespace(), types.SimpleNamespace()
class Server:
    def __init__(self, params):
        asked = open(params.model.path, "rb").read()
        if b"broken" in asked:
            raise RuntimeError("tensor 'blk.0' is corrupted")
        threads = params.cpuparams.n_threads
        with open(params.model.path + ".seen", "w") as seen:
            print(params.hostnames, params.port, len(params.api_keys[0]), params.n_ctx, threads, file=seen)
        self.listening_address = "http://127.0.0.1:4711"
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that looks like a model, and a llama.cpp that looks at it."""
    (tmp_path / "xllamacpp.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF and more")
    return path


def is_gone(process_id: int, within_s: float = 5.0) -> bool:
    until = time.monotonic() + within_s
    while alive({process_id}):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.slow
def test_it_is_served_as_long_as_it_is_needed(model: Path) -> None:
    with serving(str(model), ModelFacts(context_tokens=512, threads=3)) as served:
        assert served.url == "http://127.0.0.1:4711/v1"
        assert not is_gone(served.process_id, 0.1)
        assert served.key not in repr(served)
    assert is_gone(served.process_id)
    assert model.with_suffix(".gguf.seen").read_text() == "['127.0.0.1'] 0 32 512 3\n"


HOST = """
import sys, time
from argosy.agents.models.catalog import ModelFacts
from argosy.models.gguf import serving
with serving(sys.argv[1], ModelFacts()) as served:
    print(served.process_id, flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_goes_with_its_host_however_that_ends(model: Path, number: signal.Signals) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(model)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": f"{model.parent}{os.pathsep}{ROOT}"},
    )
    assert host.stdout is not None
    with host.stdout:
        process_id = int(host.stdout.readline())
    assert not is_gone(process_id, 0.1)
    host.send_signal(number)
    host.wait(10)
    assert is_gone(process_id)


@pytest.mark.slow
def test_a_file_that_cannot_be_loaded_says_why(model: Path) -> None:
    model.write_bytes(b"GGUF broken")
    with (
        pytest.raises(ModelUnavailable, match=r"did not load it .*blk\.0.*models\.yaml"),
        serving(str(model), ModelFacts()),
    ):
        pass


def test_what_is_no_model_is_refused_before_anything_starts(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert what_is_missing(str(model)) is None
    with pytest.raises(BadInput, match="cannot be read"), serving("/no/such.gguf", ModelFacts()):
        pass
    other = model.with_name("notes.txt")
    other.write_text("hello")
    with pytest.raises(BadInput, match="is no GGUF file"), serving(str(other), ModelFacts()):
        pass
    monkeypatch.setattr("argosy.models.gguf.server.find_spec", lambda _: None)
    with (
        pytest.raises(BadInput, match=r"xllamacpp is not installed; .*argosy\[local\]"),
        serving(str(model), ModelFacts()),
    ):
        pass


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.docker
@pytest.mark.model
@pytest.mark.usefixtures("socket_enabled")
def test_a_short_session_with_a_real_model(tmp_path: Path) -> None:
    """From file to report by `argosy run --model gguf:…`, with at most four calls."""
    series = write_labelled_csv(tmp_path / "metric.csv")
    table = tmp_path / "models.yaml"
    table.write_text("'gguf:*': {context_tokens: 4096, max_output_tokens: 300, threads: 1}\n")
    argosy = str(Path(sys.executable).with_name("argosy"))
    command = [argosy, "run", str(series), "--model", f"gguf:{os.environ['ARGOSY_TEST_GGUF']}"]
    options = ["--base", "mine", "--rounds", "1", "--candidates", "1", "--rules", "flag", "--budget-calls", "4"]
    options += ["--prompt-tokens", "300", "--sandbox", "docker", "--json"]
    done = subprocess.run(
        command + options, capture_output=True, text=True, timeout=900, env=os.environ | {"ARGOSY_MODELS": str(table)}
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert 1 <= report["usage"]["calls"] <= 4
    assert report["usage"]["output_tokens"] > 0
    assert not report["usage"]["estimated"]
    assert report["usage"]["usd"] == 0
    assert report["outcome"] in ("fused", "base_only")
