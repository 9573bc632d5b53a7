"""What every sandbox does; the list that a new one must pass."""

import secrets
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from argosy.sandbox.protocol import Broke, Evaluation, Input, Job, Limits, Ran, Sandbox, TimedOut, TooBig
from tests.sandbox.jobs import QUICK, broke, job, outcome, ran, rule, series

GOOD = rule("return values / 50")


# -- what a good rule gets ------------------------------------------------------------------------------------------


def test_scores_come_back_exactly(sandbox: Sandbox) -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=1000) * 10.0 ** generator.integers(-300, 300, 1000)
    (only,) = sandbox.run(Job(rule("return values"), (Input(values, np.arange(1000)),), (Evaluation({}),), QUICK))
    assert ran(only).scores.tobytes() == values.tobytes()
    assert ran(only).scores.dtype == np.float64


def test_uneven_and_even_seconds_arrive_exactly(sandbox: Sandbox) -> None:
    uneven = np.array([3, 5, 1 << 60, (1 << 60) + 1])
    inputs = tuple(Input(np.zeros(len(seconds)), seconds) for seconds in (uneven, np.arange(7, 700, 60), uneven[:1]))
    source = rule("assert seconds.dtype == np.int64\nreturn (seconds - 2**60 * (seconds > 2**59)).astype(float)")
    outcomes = sandbox.run(Job(source, inputs, tuple(Evaluation({}, input=i) for i in range(3)), QUICK))
    assert [ran(each).scores.tolist() for each in outcomes] == [[3, 5, 0, 1], list(range(7, 700, 60)), [3]]


def test_many_evaluations_with_their_own_parameters_in_order(sandbox: Sandbox) -> None:
    evaluations = [Evaluation({"by": by, "whole": 3}) for by in (0.5, -2.0, 1e300)]
    source = rule("assert type(whole) is int\nreturn values * by + whole", ", *, by, whole")
    outcomes = sandbox.run(job(source, *evaluations))
    for asked, each in zip(evaluations, outcomes, strict=True):
        np.testing.assert_array_equal(ran(each).scores, np.arange(100.0) * asked.params["by"] + 3)


def test_numpy_numbers_are_parameters_too(sandbox: Sandbox) -> None:
    source = rule("assert (type(a), type(b)) == (int, float)\nreturn values", ", *, a, b")
    (only,) = sandbox.run(job(source, Evaluation({"a": np.int64(3), "b": np.float64(0.5)})))  # type: ignore[dict-item]
    assert len(ran(only).scores) == 100


def test_several_inputs(sandbox: Sandbox) -> None:
    evaluations = tuple(Evaluation({}, input=which) for which in (1, 0, 1))
    outcomes = sandbox.run(Job(GOOD, (series(10), series(20)), evaluations, QUICK))
    assert [len(ran(each).scores) for each in outcomes] == [20, 10, 20]


def test_stop_hides_the_future_and_keep_from_drops_the_past(sandbox: Sandbox) -> None:
    source = rule("return np.full(len(values), len(values) + seconds[-1] / 60)")
    first, second = sandbox.run(job(source, Evaluation({}, stop=40), Evaluation({}, stop=50, keep_from=45)))
    assert ran(first).scores.tolist() == [79.0] * 40
    assert ran(second).scores.tolist() == [99.0] * 5


@pytest.mark.parametrize(
    ("returned", "wanted"),
    [
        ("values > 97", [0.0, 1.0, 1.0]),
        ("(values > 97).astype(np.int8)", [0.0, 1.0, 1.0]),
        ("pd.Series(values) > 97", [0.0, 1.0, 1.0]),
        ("pd.Series(values, dtype='Float64').where(values > 97)", [np.nan, 98.0, 99.0]),
        ("pd.Series(values > 97, dtype='boolean')", [0.0, 1.0, 1.0]),
        ("values.astype(np.float32)[::-1][::-1]", [97.0, 98.0, 99.0]),
        ("np.where(values > 97, np.inf, np.nan)", [np.nan, np.inf, np.inf]),
    ],
)
def test_what_counts_as_scores(sandbox: Sandbox, returned: str, wanted: list[float]) -> None:
    np.testing.assert_array_equal(ran(outcome(sandbox, rule(f"return {returned}"))).scores[97:], wanted)


def test_missing_values_reach_the_rule(sandbox: Sandbox) -> None:
    values = np.array([1.0, np.nan, 3.0])
    source = rule("return np.isnan(values)")
    (only,) = sandbox.run(Job(source, (Input(values, np.arange(3)),), (Evaluation({}),), QUICK))
    assert ran(only).scores.tolist() == [0.0, 1.0, 0.0]


def test_no_points_and_no_evaluations(sandbox: Sandbox) -> None:
    assert ran(outcome(sandbox, GOOD, points=0)).scores.shape == (0,)
    assert sandbox.run(Job(GOOD, (series(3),), (), QUICK)) == ()


def test_a_million_points(sandbox: Sandbox) -> None:
    scores = ran(outcome(sandbox, GOOD, points=1_000_000)).scores
    np.testing.assert_array_equal(scores, np.arange(1_000_000) / 50)


def test_the_processor_time_inside_detect_is_told(sandbox: Sandbox) -> None:
    source = rule("import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\nreturn values")
    assert 0.2 <= ran(outcome(sandbox, source)).seconds < 5.0


def test_processor_time_is_told_to_the_fraction_of_a_millisecond(sandbox: Sandbox) -> None:
    source = rule("sum(range(30_000))\nreturn values")
    outcomes = sandbox.run(Job(source, (series(3),), (Evaluation({}),) * 20, QUICK))
    assert all(ran(each).seconds > 0 for each in outcomes)  # the process's own clock goes by ticks


def test_warnings_of_numpy_are_silent(sandbox: Sandbox) -> None:
    assert np.isnan(ran(outcome(sandbox, rule("return values / 0 * 0"))).scores).all()


@pytest.mark.parametrize("imported", ["from scipy import signal, stats", "import scipy.ndimage", "import statistics"])
def test_the_libraries_that_rules_may_use(sandbox: Sandbox, imported: str) -> None:
    ran(outcome(sandbox, rule("return values", top=imported)))


# -- what a broken rule gets ----------------------------------------------------------------------------------------


def test_an_error_is_told_with_the_rules_own_lines(sandbox: Sandbox) -> None:
    source = rule("window = 3\nreturn helper(values, window)", top="def helper(v, w):\n    return v.reshape(w, w)\n")
    said = broke(outcome(sandbox, source))
    assert said.error == "line 5: ValueError: cannot reshape array of size 100 into shape (3,3)"
    assert 'File "rule.py", line 9, in detect\n    return helper(values, window)' in said.traceback
    assert 'File "rule.py", line 5, in helper\n    return v.reshape(w, w)' in said.traceback
    assert "harness" not in said.traceback


def test_an_error_inside_a_library_shows_only_the_rule(sandbox: Sandbox) -> None:
    said = broke(outcome(sandbox, rule("return pd.Series(values).rolling(-1).mean()")))
    assert said.error.startswith("line 6: ValueError")
    assert "pandas/" not in said.traceback


def test_one_broken_evaluation_spares_the_others(sandbox: Sandbox) -> None:
    source = rule("return values / np.ones(100 // n)[0] if n else 1 // n", ", *, n")
    outcomes = sandbox.run(job(source, *(Evaluation({"n": n}) for n in (1, 0, 1))))
    assert [type(each) for each in outcomes] == [Ran, Broke, Ran]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("def detect(values, seconds:\n    return values", "line 1: SyntaxError: '(' was never closed"),
        ("x = 1\nreturn 3", "line 2: SyntaxError: 'return' outside function"),
        ("import tensorflow\n", "line 1: ModuleNotFoundError: No module named 'tensorflow'"),
        ("x = 1\n", "the rule defines no function detect"),
        ("detect = 3\n", "the rule defines no function detect"),
        ("\0", "ull byte"),
        ("x = '\ud800'", "UnicodeEncodeError"),
        ("(" * 5000, "SyntaxError: too many nested parentheses"),
        (
            "def detect(values):\n    return values\n",
            "TypeError: detect() takes 1 positional argument but 2 were given",
        ),
        (rule("return values", ", *, other"), "TypeError: detect() missing 1 required keyword-only argument: 'other'"),
        (rule("return detect(values, seconds)"), "RecursionError"),
        (rule("class E(Exception):\n    def __str__(self): raise self\nraise E"), "line 8: E"),
    ],
)
def test_a_rule_that_cannot_be_called(sandbox: Sandbox, source: str, wanted: str) -> None:
    said = broke(outcome(sandbox, source))
    assert wanted in said.error
    assert "\n" not in said.error


@pytest.mark.parametrize(
    ("returned", "wanted"),
    [
        ("None", "detect returned None"),
        ("values[1:]", "detect returned shape (99,) for 100 values"),
        ("values.reshape(10, 10)", "detect returned shape (10, 10) for 100 values"),
        ("np.float64(3)", "detect returned a float64"),
        ("list(values)", "detect returned a list"),
        ("values.astype(object)", "detect returned dtype object"),
        ("np.full(len(values), 10**400)", "detect returned dtype object"),
        ("np.ma.masked_greater(values, 1.0)", "detect returned a masked array"),
        ("values.astype(complex)", "detect returned dtype complex128"),
        ("values.astype(str)", "detect returned dtype <U32"),
        ("pd.Series(values).astype(str)", "detect returned dtype"),
        ("pd.to_datetime(seconds)", "detect returned a DatetimeIndex"),
        ("(values, seconds)", "detect returned a tuple"),
    ],
)
def test_what_is_no_scores(sandbox: Sandbox, returned: str, wanted: str) -> None:
    said = broke(outcome(sandbox, rule(f"return {returned}"))).error
    assert said.startswith(wanted)
    assert "return a numpy array of 100 float64 or bool scores" in said


def test_long_errors_are_cut_and_cleaned(sandbox: Sandbox) -> None:
    limits = replace(QUICK, message_bytes=1000)
    said = broke(outcome(sandbox, rule("raise ValueError('\\x1b[2J\\ud800é' * 100_000)"), limits=limits))
    assert len(said.traceback.encode()) <= 1010
    assert len(said.error) <= 500
    assert "\x1b" not in said.traceback + said.error


@pytest.mark.parametrize("way_out", ["raise SystemExit(3)", "raise KeyboardInterrupt", "__import__('sys').exit()"])
def test_leaving_by_exception_breaks(sandbox: Sandbox, way_out: str) -> None:
    assert broke(outcome(sandbox, rule(way_out))).error.startswith("line 6: ")


@pytest.mark.parametrize(
    ("act", "wanted"),
    [
        ("__import__('os')._exit(3)", "exit status 3"),
        ("__import__('os')._exit(0)", "exit status 0"),
        ("__import__('os').abort()", "SIG"),
    ],
)
def test_ending_the_process_breaks_the_rest(sandbox: Sandbox, act: str, wanted: str) -> None:
    source = rule(f"if n: {act}\nreturn values", ", *, n")
    first, second, third = sandbox.run(job(source, *(Evaluation({"n": n}) for n in (0, 1, 0))))
    assert isinstance(first, Ran)
    assert wanted in broke(second).error
    assert second == third


# -- what a rule cannot do ------------------------------------------------------------------------------------------


def test_a_flood_of_output_goes_nowhere(sandbox: Sandbox) -> None:
    flood = "import sys, os\nfor _ in range(2000): print('x' * 10_000); os.write(1, b'y' * 10_000)"
    err = "for _ in range(2000): sys.stderr.write('z' * 10_000); os.write(2, b'w' * 10_000)"
    np.testing.assert_array_equal(
        ran(outcome(sandbox, rule(f"{flood}\n{err}\nreturn values"))).scores, np.arange(100.0)
    )


def test_standard_input_is_empty(sandbox: Sandbox) -> None:
    ran(outcome(sandbox, rule("import sys\nassert sys.stdin.read() == ''\nreturn values")))


@pytest.mark.parametrize("noise", ["b'x' * 100_000", "b'\\xff' * 64", "b'\\x02\\0\\0\\0{}'", "b'\\x02\\0\\0\\0[]'"])
def test_forged_answers_harm_only_the_forger(sandbox: Sandbox, noise: str) -> None:
    forge = (
        f"import os\nfor fd in range(3, 30):\n    try: os.write(fd, {noise})\n    except OSError: pass\nreturn values"
    )
    assert not isinstance(outcome(sandbox, rule(forge), limits=replace(QUICK, job_s=3.0)), Ran)
    ran(outcome(sandbox, GOOD))


def test_an_endless_loop_times_out_and_the_next_job_runs(sandbox: Sandbox) -> None:
    source = rule("while n: pass\nreturn values", ", *, n")
    limits = Limits(job_s=4.0)
    began = time.monotonic()
    outcomes = sandbox.run(job(source, *(Evaluation({"n": n}) for n in (0, 1, 0)), limits=limits))
    assert time.monotonic() - began < 60.0
    assert isinstance(outcomes[0], Ran)
    assert outcomes[1:] == (TimedOut(4.0), TimedOut(4.0))
    assert isinstance(sandbox.run(job(source, Evaluation({"n": 0})))[0], Ran)


def test_memory_is_bounded_and_the_next_evaluation_runs(sandbox: Sandbox) -> None:
    source = rule("big = np.ones(n)\nreturn values + big[0]", ", *, n")
    limits = replace(QUICK, memory_bytes=300 << 20)
    outcomes = sandbox.run(job(source, *(Evaluation({"n": n}) for n in (1, 1 << 27, 1)), limits=limits))
    assert isinstance(outcomes[0], Ran)
    assert outcomes[1] == TooBig("memory", 300 << 20)
    assert isinstance(outcomes[2], Ran)


def test_memory_grown_bit_by_bit_is_bounded(sandbox: Sandbox) -> None:
    limits = replace(QUICK, memory_bytes=200 << 20)
    hoard = rule("kept = []\nwhile True: kept.append(bytearray(1 << 20))")
    assert outcome(sandbox, hoard, limits=limits) == TooBig("memory", 200 << 20)
    ran(outcome(sandbox, GOOD))


@pytest.mark.parametrize("start", ["os.fork()", "_thread.start_new_thread(print, ())", "os.execv('/bin/true', ['x'])"])
def test_a_rule_starts_no_process_and_no_thread(sandbox: Sandbox, start: str) -> None:
    said = broke(outcome(sandbox, rule(f"import os, _thread\n{start}\nreturn values"))).error
    assert said.startswith(("line 7: PermissionError", "line 7: RuntimeError: can't start new thread"))
    ran(outcome(sandbox, GOOD))


def test_changed_inputs_hurt_no_later_evaluation(sandbox: Sandbox) -> None:
    source = rule("values[:] = -1\nseconds[:] = 0\nreturn values")
    first, second = sandbox.run(job(source, Evaluation({}, stop=10), Evaluation({}, stop=20)))
    assert ran(first).scores.tolist() == [-1.0] * 10
    given = series(20)
    source = rule("values *= 2\nreturn values")
    outcomes = sandbox.run(Job(source, (given,), (Evaluation({}),) * 3, QUICK))
    assert all(ran(each).scores.tolist() == [2.0 * i for i in range(20)] for each in outcomes)
    assert given.values.tolist() == list(range(20))
    assert len(ran(second).scores) == 20


def test_who_is_asked_about_a_beginning_holds_nothing_else(sandbox: Sandbox) -> None:
    """A rule that reads every frame above it, every object there is and what its arrays are part of."""
    source = rule(
        "import gc, sys\n"
        "assert values.base is None and seconds.base is None and values.flags.owndata\n"
        "frame, held = sys._getframe(), []\n"
        "while frame: held += list(frame.f_locals.values()); frame = frame.f_back\n"
        "held += gc.get_objects()\n"
        "inputs = [each['inputs'] for each in held if type(each) is dict and 'evaluations' in each]\n"
        "arrays = [a for pairs in inputs for pair in pairs for a in pair]\n"
        "arrays += [each for each in held if type(each) is np.ndarray]\n"
        "return values * 0 + max(a[-1] for a in arrays if a.shape and a.dtype == values.dtype and len(a))"
    )
    asked = (Evaluation({}, stop=40), Evaluation({}), Evaluation({}, input=1), Evaluation({}, stop=50, keep_from=45))
    inputs = (series(100), series(300))
    outcomes = sandbox.run(Job(source, inputs, asked, QUICK))
    assert [(len(ran(each).scores), ran(each).scores[-1]) for each in outcomes] == [
        (40, 39.0),
        (100, 299.0),
        (300, 299.0),
        (5, 49.0),
    ]


def test_what_ends_a_process_ends_the_rest_of_its_job(sandbox: Sandbox) -> None:
    source = rule("import os\nif len(values) == 30: os._exit(3)\nreturn values")
    stops = (20, 30, 40, None)
    outcomes = sandbox.run(job(source, *(Evaluation({}, stop=stop) for stop in stops)))
    assert [type(each) for each in outcomes] == [Ran, Broke, Broke, Ran]
    late = rule("import time\nend = time.monotonic() + n\nwhile time.monotonic() < end: pass\nreturn values", ", *, n")
    evaluations = [Evaluation({"n": n}, stop=20 + place) for place, n in enumerate((0, 20, 0))]
    outcomes = sandbox.run(job(late, *evaluations, limits=replace(QUICK, job_s=1.0)))
    assert [type(each) for each in outcomes] == [Ran, TimedOut, TimedOut]
    assert outcomes[1] == TimedOut(1.0)


def test_nothing_is_remembered(sandbox: Sandbox) -> None:
    source = rule(
        "COUNT.append(1)\nnp.seen = getattr(np, 'seen', 0) + n\nreturn values * 0 + len(COUNT) + np.seen",
        ", *, n",
        "COUNT = []",
    )
    first, second = sandbox.run(job(source, Evaluation({"n": 0}), Evaluation({"n": 1})))
    (later,) = sandbox.run(job(source, Evaluation({"n": 0})))
    assert [ran(each).scores[0] for each in (first, second, later)] == [1.0, 2.0, 1.0]


def test_no_job_finds_the_word_that_ends_it(sandbox: Sandbox) -> None:
    search = (
        "import ctypes\n"
        "class Heap(ctypes.Structure): _fields_ = [(letter, ctypes.c_size_t) for letter in 'abcdefghij']\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.mallinfo2.restype = Heap\n"
        "libc.sbrk.restype, libc.sbrk.argtypes = ctypes.c_void_p, [ctypes.c_ssize_t]\n"
        "size = libc.mallinfo2().a\n"
        "heap = ctypes.string_at(libc.sbrk(0) - size, size)\n"
        "return values * 0 + heap.count(sought.to_bytes(16, 'big').hex().encode())"
    )
    with pytest.MonkeyPatch.context() as patched:
        for last, library in enumerate(("scipy.signal", "numpy", "scipy.stats")):  # a new one means a new process
            word = "5a" * 15 + f"{last:02x}"
            patched.setattr(secrets, "token_hex", lambda _, word=word: word)
            source = rule(search, ", *, sought", f"import {library}")
            (seen,) = sandbox.run(job(source, Evaluation({"sought": int(word, 16)})))
            assert ran(seen).scores[0] == 0, library


def test_the_environment_is_empty(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOSY_SECRET", "told to nobody")
    source = rule(
        "import ctypes, os\nshown = ctypes.c_void_p.in_dll(ctypes.CDLL(None), 'environ')\n"
        "first = ctypes.cast(shown.value, ctypes.POINTER(ctypes.c_char_p))[0] if shown.value else None\n"
        "assert not os.environ and first is None, (os.environ, first)\nreturn values"
    )
    ran(outcome(sandbox, source))


def test_there_is_no_network(sandbox: Sandbox) -> None:
    for call in ("socket.socket()", "socket.socketpair()", "socket.if_nameindex()"):
        said = broke(outcome(sandbox, rule(f"import socket\n{call}\nreturn values"))).error
        assert said == "line 7: PermissionError: [Errno 1] Operation not permitted"


def test_files_other_than_the_libraries_are_out_of_reach(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("secret") / "key.txt"
    secret.write_text("told to nobody")
    places = [
        str(secret),
        str(Path.home() / ".bashrc"),
        "/etc/shadow",
        "/etc/passwd",
        "/proc/1/cmdline",
        "/proc",
        "/sys",
    ]
    source = rule(
        f"import os\nfor path in {[*places, '/proc/self/mounts', '/door', '/']!r}:\n"
        "    for reach in (os.listdir, open):\n"
        "        try: reach(path)\n"
        "        except OSError: continue\n"
        "        raise AssertionError(path)\n"
        "import numpy.testing\n"
        "return values"
    )
    ran(outcome(sandbox, source))


def test_the_host_has_no_name(sandbox: Sandbox) -> None:
    ran(outcome(sandbox, rule(f"import os\nassert os.uname().nodename != {socket.gethostname()!r}\nreturn values")))


def test_there_is_nothing_to_write_on(sandbox: Sandbox) -> None:
    source = rule(
        "import os\n"
        "for folder in ('/', '/tmp', '/dev/shm', '/dev/mqueue', '/dev', '/run', '/var/tmp', '.', '/proc/self'):\n"
        "    for make in (lambda p: open(p, 'w'), os.mkdir, os.mkfifo, lambda p: os.symlink('/', p)):\n"
        "        try: make(os.path.join(folder, 'left'))\n"
        "        except OSError: continue\n"
        "        raise AssertionError(folder)\n"
        "return values"
    )
    ran(outcome(sandbox, source))


def test_the_harness_cannot_be_stopped(sandbox: Sandbox) -> None:
    source = rule(
        "import os, signal\n"
        "for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGTERM):\n"
        "    for pid in (1, os.getppid(), -1, 0):\n"
        "        try: os.kill(pid, number)\n"
        "        except OSError: continue\n"
        "        raise AssertionError(pid)\n"
        "return values"
    )
    ran(outcome(sandbox, source))
    ran(outcome(sandbox, source))


# -- how it is used -------------------------------------------------------------------------------------------------


def test_several_threads_at_once(sandbox: Sandbox) -> None:
    results: dict[int, object] = {}

    def work(n: int) -> None:
        results[n] = outcome(sandbox, rule(f"return values * {n}"), points=5_000)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in range(4):
        np.testing.assert_array_equal(ran(results[n]).scores, np.arange(5_000.0) * n)


def test_the_same_candidate_from_two_threads(sandbox: Sandbox) -> None:
    source = rule("import time\nend = time.perf_counter() + 0.3\nwhile time.perf_counter() < end: pass\nreturn values")
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(outcome(sandbox, source))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(each) for each in results] == [Ran, Ran]
