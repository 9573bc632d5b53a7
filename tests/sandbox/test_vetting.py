"""What vetting finds, what it lets pass, and that no text makes it fail."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.sandbox.listing import ALLOWED
from argosy.sandbox.vetting import LINES, barred, complexity, vet

HEAD = '"""A rule."""\nimport numpy as np\nimport pandas as pd\n\nPARAMS = {"window": (60, 10, 720)}\n\n'
GOOD = (
    HEAD
    + '''def spread(x, w=3):
    return pd.Series(x).rolling(w, min_periods=1).std().to_numpy()


def detect(values, seconds, *, window):
    """Scores."""
    from numpy.lib.stride_tricks import sliding_window_view
    from scipy import signal, stats
    hour = (seconds // 3600) % 24
    rows = []
    for w in (3, 5):
        rows.append(spread(values, w))
    score = np.max(rows, axis=0) / np.nanmedian(rows)
    score[: min(window, len(score))] = np.nan
    score += pd.to_numeric(pd.Series(hour)).to_numpy()
    print(len(score))
    return score
'''
)


def inside(line: str) -> str:
    return f"{HEAD}def detect(values, seconds, *, window):\n    {line}\n    return values\n"


def test_an_ordinary_rule_passes() -> None:
    assert vet(GOOD) == ()
    assert vet("from __future__ import annotations\nimport math, statistics, collections, itertools, functools\n") == ()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import os", "import of os"),
        ("import numpy.random", "import of numpy.random"),
        ("from sklearn.cluster import DBSCAN", "import of sklearn.cluster"),
        ("import scipy.io as sio", "import of scipy.io"),
        ("from . import other", "a relative import"),
        ("from numpy import *", "from numpy import *"),
        ("from numpy import load", ".load"),
        ("from numpy._core import umath", "import of numpy._core"),
        ("eval('1')", "eval"),
        ("exec('1')", "exec"),
        ("open('x')", "open"),
        ("input()", "input"),
        ("globals()", "globals"),
        ("__import__('os')", "__import__"),
        ("getattr(np, 'lo' + 'ad')", "getattr with a computed name"),
        ("getattr(np, 'load')", ".load"),
        ("getattr(np, '_core')", "._core"),
        ("getattr(*[np, 'load'])", "getattr with a computed name"),
        ("hasattr(np, *['load'])", "hasattr with a computed name"),
        ("read = getattr", "getattr under another name"),
        ("list(map(getattr, [np], ['load']))", "getattr under another name"),
        ("getattr((i for i in 'a'), 'cr_frame')", ".cr_frame"),
        ("values.__class__", ".__class__"),
        ("'{0.__class__}'.format(values)", "a string that names Python's internals"),
        ("'{0.gi_frame.f_back}'.format(i for i in values)", "a string that names Python's internals"),
        ("pd._libs", "._libs"),
        ("np.load('x')", ".load"),
        ("np.fromfile('x')", ".fromfile"),
        ("np.memmap('x')", ".memmap"),
        ("np.genfromtxt('x')", ".genfromtxt"),
        ("values.tofile('x')", ".tofile"),
        ("pd.read_csv('x')", ".read_csv"),
        ("pd.Series(values).to_csv('x')", ".to_csv"),
        ("pd.eval('1')", ".eval"),
        ("pd.DataFrame().query('a > 1')", ".query"),
        ("np.random.rand(3)", ".random"),
        ("pd.Timestamp.now()", ".now"),
        ("np.datetime64('now')", "the time of day, 'now'"),
        ("statistics.sys", ".sys"),
        ("global COUNT", "global"),
        ("np.seen = 1", "an assignment to an attribute"),
        ("np.seen += 1", "an assignment to an attribute"),
        ("def f(x, seen=[]): return x", "a mutable default argument"),
        ("f = lambda x, seen={}: x", "a mutable default argument"),
        ("class Memory: pass", "a class"),
        ("raise SystemExit", "SystemExit"),
        ("np.nanmedain(values)", "numpy.nanmedain"),
        ("np.linalg.nrom(values)", "numpy.linalg.nrom"),
        ("np.show_config()", ".show_config"),
        ("pd.Series(values).rolling_median(3)", ".rolling_median"),
        ("from scipy.signal import medfit", "scipy.signal.medfit"),
        ("from scipy import constants", "scipy.constants"),
    ],
)
def test_each_kind_is_found_on_its_line(line: str, what: str) -> None:
    found = vet(inside(line))
    assert [(each.line, each.what) for each in found] == [(8, what)]
    assert found[0].instead
    assert str(found[0]) == f"line 8: {what}; {found[0].instead}"


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        (HEAD + "SEEN = []\n", 7, "a mutable value at module level"),
        (HEAD + "SEEN: dict[str, int] = dict()\n", 7, "a mutable value at module level"),
        (HEAD + "import functools\n@functools.lru_cache\ndef f(x): return x\n", 9, "a cached function"),
        (HEAD + "def f():\n    n = 0\n    def g():\n        nonlocal n\n    return g\n", 10, "nonlocal"),
        (HEAD + "for i in range(3): pass\n", 7, "a statement at module level"),
        (HEAD + "if __name__ == 'x': pass\n", 7, "__name__"),
        (HEAD + "async def f(): pass\n", 7, "async code"),
        ("x = (\n", 1, "not Python: '(' was never closed"),
        ("x = '\ud800'", 1, "not Python: "),
        ("x = 1\n" * (LINES + 1), LINES, f"{LINES + 1} lines"),
        ("x = " + "-" * 90 + "1", 1, "expressions nested 92 deep"),
        (f"x = [{'1, ' * 3000}]", 1, "3006 syntax nodes"),
    ],
)
def test_what_concerns_the_whole_module(source: str, line: int, what: str) -> None:
    assert any(each.line == line and each.what.startswith(what) for each in vet(source)), vet(source)


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("object(gi_frame=f)", ".gi_frame"),
        ("[*_, object(f_back=f)]", ".f_back"),
        ("{'a': object(f_locals={'job': f})}", ".f_locals"),
        ("int() | object(tb_next=f)", ".tb_next"),
        ("object(__globals__=f)", ".__globals__"),
        ("object(base=object(_mgr=f))", "._mgr"),
        ("object(gi_running=f)", ".gi_running"),
        ("object(numpy_of_the_probe=f)", ".numpy_of_the_probe"),
        ("__loader__", "__loader__"),
        ("[*__spec__]", "__spec__"),
        ("{**__builtins__}", "__builtins__"),
        ("np.load", ".load"),
        ("pd.io.common()", ".io"),
    ],
)
def test_what_a_pattern_reads_is_read(pattern: str, what: str) -> None:
    found = vet(
        f"{HEAD}def detect(values, seconds, *, window):\n    match values:\n        case {pattern}:\n            pass\n"
    )
    assert (9, what) in [(each.line, each.what) for each in found]


@pytest.mark.parametrize(
    "pattern", ["int(real=r)", "[first, *rest]", "{'low': low, **others}", "np.ndarray(shape=(n,))"]
)
def test_patterns_of_plain_values_pass(pattern: str) -> None:
    source = (
        f"{HEAD}def detect(values, seconds, *, window):\n    match values:\n        case {pattern}:\n            pass\n"
    )
    assert vet(source) == ()


def test_a_name_that_is_not_there_brings_the_nearest_one() -> None:
    (found,) = vet(inside("np.nanmedain(values)"))
    assert found.instead == "did you mean nanmedian?"
    (found,) = vet(inside("pd.Series(values).rolling(3).meen()"))
    assert found.instead.startswith("did you mean ")


@pytest.mark.parametrize(
    "line",
    [
        "import scipy.stats as st; st.norm.fit(values)",
        "import scipy; scipy.signal.find_peaks(values)[0].astype(float).clip(0, 1)",
        "from scipy.interpolate import UnivariateSpline as U; U(seconds, values).derivative(2)",
        "from scipy import stats; stats.linregress(seconds, values).slope",
        "from collections import namedtuple; P = namedtuple('P', 'low high'); P(1, 2).low",
        "pd.to_datetime(seconds, unit='s').hour.to_numpy()",
        "pd.DataFrame({'v': values}).groupby('v')['v'].transform('median').fillna(0.0).iloc[3:]",
        "np.lib.stride_tricks.sliding_window_view(values, 3).mean(axis=1)",
    ],
)
def test_the_public_numeric_parts_pass(line: str) -> None:
    assert vet(inside(line)) == ()


def test_every_listed_name_is_one_that_rules_may_use() -> None:
    listed = json.loads(ALLOWED.read_text())
    assert {"numpy", "pandas", "scipy.signal", "scipy.stats", ""} <= listed.keys()
    assert not [name for names in listed.values() for name in names if barred(name) is not None]


def test_findings_come_by_line_and_all_at_once() -> None:
    found = vet(inside("np.load(open('x'))\n    import os"))
    assert [(each.line, each.what) for each in found] == [(8, ".load"), (8, "open"), (9, "import of os")]


def test_complexity_counts_detect_without_docstrings() -> None:
    bare = "def detect(values, seconds):\n    return values\n"
    nodes = sum(1 for _ in ast.walk(ast.parse(bare).body[0]))
    assert complexity(bare) == nodes
    assert complexity(bare.replace("return", '"""What it does."""\n    return')) == nodes
    assert complexity(f'"""A rule."""\nimport numpy as np\nPARAMS = {{}}\n{bare}') == nodes
    assert complexity(bare.replace("return values", "return values + 1")) > nodes


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert all(each.line >= 1 and each.what for each in vet(text))


WORDS = (
    "def detect ( ) : , = [ ] { } . import from as np pd lambda class x y 'a' f'{x}' 1 __ global return if else # \\ \0"
)
TOKENS = st.lists(st.sampled_from([*WORDS.split(), "\n", "\n    "]), max_size=25)


@given(TOKENS)
def test_no_heap_of_tokens_makes_it_fail(tokens: list[str]) -> None:
    assert all(each.line >= 1 and each.what for each in vet(" ".join(tokens)))


@pytest.mark.parametrize(
    "text", ["(" * 10_000, "-" * 100_000 + "1", "x" + ".a" * 50_000, "[" * 150 + "]" * 150, "\0", ""]
)
def test_deep_and_odd_text(text: str) -> None:
    assert isinstance(vet(text), tuple)
