"""Code as models write it, brought to the form of a rule; what it computes is checked by running it."""

import numpy as np
import pytest

from argosy.agents.rules.form import to_rule
from argosy.detectors.rules.rule import RuleUnreadable, read_rule

VALUES = np.array([1.0, 2.0, 4.0, 8.0])
SECONDS = np.arange(4) * 60


def scores(source: str, **params):
    names = {}
    exec(compile(source, "rule", "exec"), names)
    return list(names["detect"](VALUES, SECONDS, **(read_rule(source).defaults | params)))


def body(text: str, params: str = '{"k": (2.0, 0.5, 9.0)}', signature: str = "values, seconds") -> str:
    lines = "\n".join("    " + line for line in text.split("\n"))
    return f'"""Flags."""\nPARAMS = {params}\n\ndef detect({signature}):\n{lines}\n'


def test_a_rule_in_form_is_left_as_it_is():
    source = body("# why\nreturn values / k", signature="values, seconds, *, k")
    assert to_rule(source) == source


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ('return values / PARAMS["k"]', "values, seconds"),
        ('return values / PARAMS["k"]', "values, seconds, PARAMS"),
        ('return values / params["k"]', "values, seconds, params"),
        ('return values / p["k"]', "values, seconds, *, p"),
        ('return values / params["k"]', "values, seconds, **params"),
        ('return values / params["k"]', "values, seconds, params=PARAMS"),
        ('return values / config["k"]', "values, config"),
        ('return values / PARAMS["k"][0]', "values, seconds"),
        ('return values / PARAMS.get("k", 3)', "values, seconds"),
        ('k = PARAMS["k"]\nreturn values / k', "values, seconds"),
        ('k, low, high = PARAMS["k"]\nreturn values / k', "values, seconds"),
        ('k = float(PARAMS["k"])\nreturn values / k', "values, seconds"),
        ('k = PARAMS["k"]\nk = max(k, 1e-9)\nreturn values / k', "values, seconds"),
        ('k = PARAMS["k"] * 3\nreturn values / k * 3 * PARAMS["k"] / PARAMS["k"]', "values, seconds"),
        ("return values / k", "values, seconds"),
        ("return values / k", "values, seconds, k"),
        ("return values / k", "values, seconds, k=2.0"),
        ("return values / k", 'values, seconds, *, k=PARAMS["k"][0]'),
        ("return values / k", "values, *, k"),
        ("return values / k", "values"),
        ("return values / k", "seconds, values, *, k"),
        ("return x / k", "x, t, *, k"),
        ("return data / k", "data, timestamps, k"),
        ("return v / k", "v, /, seconds, *, k"),
        ('"""Says."""\nx = values\nreturn x / PARAMS["k"]', "values, seconds"),
        ("(k,) = PARAMS.values()\nreturn values / k", "values, seconds"),
        ('return [v / q for v in values for q in [PARAMS["k"]]]', "values, seconds"),
        ('for i in range(2):\n    k = PARAMS["k"] + i - i\nreturn values / k', "values, seconds"),
    ],
    ids=range(28),
)
def test_params_become_keywords_and_compute_the_same(text, signature):
    source = to_rule(body(text, signature=signature))
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]
    assert scores(source, k=4.0) == [0.25, 0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("written", "entry"),
    [
        ("2.0", (2.0, 0.2, 20.0)),
        ("4 * 60", (240, 24, 2400)),
        ("[2.0, 0.5, 9.0]", (2.0, 0.5, 9.0)),
        ("(0.5, 2.0, 9.0)", (2.0, 0.5, 9.0)),
        ("(0.5, 9.0)", (4.75, 0.5, 9.0)),
        ("(2.0, 0.5, 9.0, 0.1)", (2.0, 0.5, 9.0)),
        ('{"default": 2, "min": 1, "max": 9}', (2, 1, 9)),
        ("(2.0, 0.5, float(9))", None),
    ],
)
def test_entries_are_read_as_meant(written, entry):
    param = read_rule(to_rule(body("return values / k", f'{{"k": {written}}}', "values, seconds, *, k"))).params[0]
    assert (param.default, param.low, param.high) == (entry or (2.0, 0.5, 9.0))


def test_two_names_from_params_leave_no_trace():
    source = to_rule(body('k, m = PARAMS["k"], PARAMS["m"]\nreturn values / k + m', '{"k": 2.0, "m": 0.0}'))
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]
    assert "k, m =" not in source


def test_what_is_no_number_becomes_a_constant():
    source = to_rule(
        body("return values / k if robust else values", '{"k": 2.0, "robust": True}', "values, seconds, *, k, robust")
    )
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]
    assert list(read_rule(source).defaults) == ["k"]


def test_a_missing_table_is_made_of_the_defaults():
    source = to_rule('"""Flags."""\n# now\ndef detect(values, seconds, *, k=2.0, how="up"):\n    return values / k\n')
    assert read_rule(source).defaults == {"k": 2.0}
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]


def test_defaults_may_be_written_as_ranges():
    source = to_rule('"""Flags."""\ndef detect(values, seconds, k=(2.0, 0.5, 9.0)):\n    return values / k\n')
    assert read_rule(source).params[0].high == 9.0
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]


def test_a_number_that_nothing_reads_is_not_searched():
    source = to_rule(body("return values / k", '{"k": 2.0, "unused": 3}', "values, seconds, *, k"))
    assert list(read_rule(source).defaults) == ["k"]


def test_what_does_not_belong_goes_and_what_misses_comes():
    source = to_rule("""
import matplotlib.pyplot as plt
from typing import Dict, List
import warnings
warnings.filterwarnings("ignore")

SCALE = 2.0
OTHER = 3
PARAMS: Dict[str, float] = {"k": 1.0}  # numbers

# Flags large values.
def spread(x: List[float]) -> float:
    return float(np.std(x)) * SCALE

def detect(values: "List[float]", seconds, *, k: float) -> List[float]:
    print("running")
    if k > 3:
        print("large")
    s = pd.Series(values)  # a series
    return (s / s / k / math.sqrt(1)).tolist() if spread(values) else values

def plot(values):
    plt.plot(values)

print(detect)
if __name__ == "__main__":
    values = np.arange(5)
    scores = detect(values, values, k=1)
    plt.plot(scores)
""")
    assert scores(source) == [1.0, 1.0, 1.0, 1.0]
    for gone in ("plt", "typing", "warnings", "print", "plot", "__main__", "OTHER", "List", "Dict"):
        assert gone not in source
    for kept in ("SCALE = 2.0", "# numbers", "# a series", "import numpy as np", "import pandas as pd", "import math"):
        assert kept in source
    assert read_rule(source).summary == "Flags large values."


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        (
            'PARAMS = {}\ndef detect(values, seconds):\n    """Flags a step.\n\n    More."""\n    return values\n',
            "Flags a step.",
        ),
        (
            'import math\n"""Flags a drop."""\nPARAMS = {}\ndef detect(values, seconds):\n    return values\n',
            "Flags a drop.",
        ),
        ('""""""\n# Flags "x".\nPARAMS = {}\ndef detect(values, seconds):\n    return values\n', "Flags 'x'."),
        ('PARAMS = {"k": 1.0}\ndef detect(values, seconds, *, k):\n    return values * k\n', "A rule over k."),
    ],
)
def test_a_missing_docstring_is_made(source, summary):
    assert read_rule(to_rule(source)).summary == summary


def test_the_one_function_there_is_is_meant():
    source = to_rule(
        '"""Flags."""\nPARAMS = {"k": 2.0}\ndef detect_anomalies(values, seconds, k):\n    return values / k\n'
    )
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]


def test_the_last_of_two_definitions_counts():
    source = to_rule(
        '"""Flags."""\nPARAMS = {"k": 1.0}\ndef detect(values, seconds, *, k):\n    return values\n'
        'PARAMS = {"k": 2.0}\ndef detect(values, seconds, *, k):\n    return values / k\n'
    )
    assert scores(source) == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (body("return values / PARAMS['z']"), "no entry 'z'"),
        (body("return values / z", signature="values, seconds, z"), "takes z"),
        (body("return values", signature="values, *more"), r"takes \*more"),
        (body("return values", signature="t, s"), "must begin"),
        (body("return values", '{"k": (1, float("inf"), 3)}'), "PARAMS"),
        (body("return values", '{"k": np.pi}'), "np.pi"),
        (body("return values", '{"k k": 1}'), "k k"),
        (body("return values", "[1, 2]"), "not a dict"),
        (body("return f(values)") + "def f(x):\n    return x / PARAMS['k']\n", "PARAMS is read in f"),
        ("def f(x):\n    return x\ndef g(x):\n    return x\n", "no function detect"),
        ("async def detect(values, seconds):\n    return values\n", "no function detect"),
        ("x = 1\n", "no function detect"),
        ("def detect(values, seconds, seconds):\n    return values\n", "duplicate|not Python"),
    ],
)
def test_what_is_not_clear_is_refused_with_a_reason(source, said):
    with pytest.raises(RuleUnreadable, match=said):
        to_rule(source)
