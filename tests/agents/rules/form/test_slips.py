"""Replies with the slips that models make, one row a slip: read as meant, or refused with what the model is told."""

import numpy as np
import pytest

from argosy.agents.models.speaker import CallKey, Role
from argosy.agents.rules.ask import ask_for_rule
from argosy.agents.rules.read_code import Code, NoCode, read_code
from argosy.detectors.rules.rule import read_rule
from argosy.sandbox.vetting import vet
from tests.scripted import ScriptedModel, scripted_speaker

VALUES = np.array([1.0, 2.0, 4.0, 8.0, np.nan, 16.0])
SECONDS = np.arange(6) * 60
KEY = CallKey(Role.DETECTION, 1, 1)


def rule(
    body: str, params: str = '{"k": (2.0, 0.5, 9.0)}', head: str = "import numpy as np\nimport pandas as pd"
) -> str:
    lines = "\n".join("    " + line for line in body.split("\n"))
    return f'"""Flags."""\n{head}\n\nPARAMS = {params}\n\n\ndef detect(values, seconds, *, k):\n{lines}\n'


def fenced(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}```"


def scores(reply: str) -> list[float]:
    found = read_code(reply)
    assert isinstance(found, Code), found
    assert not vet(found.source), found.source
    names: dict[str, object] = {}
    exec(compile(found.source, "rule", "exec"), names)
    result = names["detect"](VALUES, SECONDS, **read_rule(found.source).defaults)  # type: ignore[operator]
    assert len(result) == len(VALUES)
    return [float(each) for each in np.asarray(result, dtype=float)]


STEPS = [np.nan, 1.0, 2.0, 4.0, np.nan, np.nan]
HALVES = [0.5, 1.0, 2.0, 4.0, np.nan, 8.0]
WHOLE = rule("return np.asarray(values) / k", head="import numpy as np")

SERIES = {
    "shift": ("return values - values.shift(1)", STEPS),
    "diff of the argument": ("return values.diff().to_numpy()", STEPS),
    "an array made of it": ("values = np.array(values)\nreturn values.diff()", STEPS),
    "an array under another name": ("x = np.asarray(values, dtype=float)\nreturn (x - x.shift(1)).to_numpy()", STEPS),
    "an alias": ("x = values\nreturn x.diff()", STEPS),
    "filled first": ("values = values.fillna(0.0)\nreturn values.diff()", [np.nan, 1, 2, 4, -8, 16]),
    "abs of a difference": ("gap = np.abs(values - 3 * k)\nreturn gap.abs() / 1.0", [5, 4, 2, 2, np.nan, 10]),
    "to_numpy of an array": ("size = np.abs(values)\nreturn (size / k).to_numpy()", HALVES),
    "values of an array": ("return (values / k).values", HALVES),
    "rolling": ("return values.rolling(1).mean() / k", HALVES),
    "ewm": ("return values.ewm(alpha=1.0).mean() / k", [0.5, 1, 2, 4, 4, 8]),
    "within a branch": ("if len(values) > 2:\n    return values.diff()\nreturn values", STEPS),
    "seconds too": ("return seconds.diff() / 60 * values", [np.nan, 2, 4, 8, np.nan, 16]),
    "indices stay positions": (
        "d = values.diff().to_numpy().copy()\nd[1:] = values[1:] - values[:-1]\nreturn d",
        STEPS,
    ),
    "a Series stays one": ("values = pd.Series(values)\nreturn values.shift(1).rsub(values)", STEPS),
}


@pytest.mark.parametrize(("body", "expected"), SERIES.values(), ids=SERIES)
def test_an_array_taken_for_a_series_is_made_one(body, expected):
    np.testing.assert_allclose(scores(fenced(rule(body))), expected)
    np.testing.assert_allclose(scores(fenced(rule(body, head="import numpy as np"))), expected)


@pytest.mark.parametrize(
    "body",
    [
        "x = pd.Series(values)\nreturn (x.diff() / k).to_numpy()",
        "x = values\nx = pd.Series(x)\nreturn x.diff().values / k",
        "for x in [pd.Series(values)]:\n    y = x.diff()\nreturn y.to_numpy() / k",
        "f = lambda values: values.diff()\nreturn f(pd.Series(values)).to_numpy() / k",
        "return np.abs(pd.Series(values) / k).diff().to_numpy()",
        "x = helper(values)\nreturn x.diff().to_numpy() / k",
        "x = pd.DataFrame({'v': values}).v\nx[0:1] = k\nreturn x.to_numpy()",
    ],
)
def test_a_rule_that_may_work_is_not_touched(body):
    source = rule(body, head="import pandas as pd" if "np." not in body else "import numpy as np\nimport pandas as pd")
    if "helper" in body:
        source += "\n\ndef helper(x):\n    return pd.Series(x)\n"
    found = read_code(fenced(source))
    assert isinstance(found, Code)
    assert found.source.strip() == source.strip()


NUMBERED = "".join(f"{at:>3} {line}\n" for at, line in enumerate(WHOLE.splitlines(), start=1))
WRAPPINGS = {
    "prose around": f"Certainly! Here is the rule:\n\n{fenced(WHOLE)}\n\nIt divides by `k`. Let me know!",
    "another language around": f"Voici la règle demandée :\n\n{fenced(WHOLE)}\n\n以上です。",
    "a title on the fence": f'```python title="rule.py"\n{WHOLE}```',
    "braces on the fence": f"```{{python}}\n{WHOLE}```",
    "capitals on the fence": fenced(WHOLE, "Python"),
    "no opening fence": f"{WHOLE}```\n\nThis rule divides.",
    "no closing fence": f"Here:\n```python\n{WHOLE}",
    "a chat token at the end": f"{fenced(WHOLE)}<|im_end|>\n<|endoftext|>",
    "a chat token in the fence": f"```python\n{WHOLE}```<|im_end|>",
    "end of sequence": f"{fenced(WHOLE)}</s>",
    "thoughts": f"<thinking>\nMaybe ```python\ndef detect(): pass\n```\n</thinking>\n{fenced(WHOLE)}",
    "thoughts that only end": f"Let me think. def detect…\n</think>\n{fenced(WHOLE)}",
    "in a list": "1. The rule:\n\n" + "".join(f"   {line}\n" for line in fenced(WHOLE).split("\n")),
    "in JSON": '{"rule": ' + __import__("json").dumps(WHOLE) + ', "why": "it divides"}',
    "in fenced JSON": "```json\n" + __import__("json").dumps({"code": WHOLE}) + "\n```\nDone.",
    "a session's prompts": fenced(
        "".join(f"{'...' if line[:1] == ' ' else '>>>'} {line}\n" for line in WHOLE.splitlines())
    ),
    "line numbers": fenced(NUMBERED),
    "prose within the fence": fenced(WHOLE + "\nThis rule divides the values by `k`, so that it's fine.\n"),
    "a shell line before": f"```bash\npip install pandas\n```\n{fenced(WHOLE)}",
    "an example of use after": f"{fenced(WHOLE)}\nUse it:\n```python\nprint(detect(values, seconds, k=2.0))\n```",
    "a main block": fenced(
        WHOLE + "\nif __name__ == '__main__':\n    print(detect(np.arange(5), np.arange(5), k=2))\n"
    ),
    "output after": f"{fenced(WHOLE)}\n```\narray([0.5, 1. ])\n```",
}


@pytest.mark.parametrize("reply", WRAPPINGS.values(), ids=WRAPPINGS)
def test_the_rule_is_found_however_it_is_wrapped(reply):
    np.testing.assert_allclose(scores(reply), HALVES)


SLIPS = {
    "plain numbers": rule("return values / k", '{"k": 2.0}'),
    "PARAMS by index": rule("return values / PARAMS['k']", '{"k": 2.0}').replace(", *, k", ""),
    "the default of a triple": rule("return values / PARAMS['k'][0]").replace(", *, k", ""),
    "no numpy": rule("return np.asarray(values) / k", head=""),
    "no pandas": rule("return (pd.Series(values) / k).to_numpy()", head=""),
    "prints": rule("print('k', k)\nx = values / k\nprint(x)\nreturn x"),
    "no docstring": rule("return values / k").replace('"""Flags."""\n', ""),
    "another name": rule("return values / k").replace("detect", "detect_anomalies"),
    "types": rule("return values / k", head="import numpy as np\nfrom typing import Any").replace(
        "(values, seconds, *, k)", "(values: np.ndarray, seconds: np.ndarray, *, k: Any = 2.0) -> np.ndarray"
    ),
    "defaults in the signature": rule("return values / k").replace("*, k", "k=2.0"),
    "a dict of params": rule("return values / params['k']").replace("*, k", "params"),
    "only values": rule("return values / k").replace("seconds, *, k", "k=2.0"),
    "a warning filter": rule(
        "return values / k", head="import warnings\nwarnings.filterwarnings('ignore')\nimport numpy as np"
    ),
    "a plot": rule("return values / k", head="import matplotlib.pyplot as plt") + "\nplt.plot(detect([], [], k=2))\n",
}


@pytest.mark.parametrize("source", SLIPS.values(), ids=SLIPS)
def test_a_slip_whose_meaning_is_clear_is_put_right(source):
    np.testing.assert_allclose(scores(fenced(source)), HALVES)


REFUSED = {
    "empty": ("", "empty"),
    "only a chat token": ("<|im_end|>", "empty"),
    "a refusal": ("I'm sorry, but I can't help with writing detection rules.", "no Python rule"),
    "a question": ("Could you tell me which columns the data has?", "no Python rule"),
    "a description": ("Flag a point when it is 3 sigma above the mean of the last 60 points.", "no Python rule"),
    "another language": (
        fenced("function detect(values) { return values.map(v => v / 2); }\n", "javascript"),
        "javascript",
    ),
    "SQL": (fenced("SELECT * FROM t WHERE value > 3\n", "sql"), "the reply holds sql, not Python"),
    "R": (fenced("detect <- function(values) values / 2\n", "r"), "the reply holds r, not Python"),
    "JSON": ('{"threshold": 3}', "JSON"),
    "a class": (
        fenced("class Rule:\n    def detect(self, values, seconds):\n        return values\n"),
        "line 1: Rule is a class; write a plain function detect",
    ),
    "a lambda": (fenced("detect = lambda values, seconds: values / 2\n"), "holds no Python rule"),
    "a lambda beside a helper": (
        fenced("def f(x):\n    return x\ndef g(x):\n    return x\ndetect = lambda values, seconds: f(values)\n"),
        "line 5: detect is a variable",
    ),
    "async": (fenced("async def detect(values, seconds):\n    return values\n"), "detect is async"),
    "two helpers and no detect": (fenced("def f(x):\n    return x\ndef g(x):\n    return x\n"), "no function detect"),
    "a wrong signature": (
        fenced("PARAMS = {}\ndef detect(df, window):\n    return df * window\n"),
        "detect takes window",
    ),
    "one argument too many": (
        rule("return values / k").replace("*, k", "*, k, window"),
        "window, which PARAMS does not hold",
    ),
    "an unknown entry": (rule("return values / PARAMS['z']"), "no entry 'z'"),
    "half a function": ("```python\ndef detect(values, seconds:\n    return values\n```", "line 1: not Python"),
    "a call that never closes": (fenced(rule("return np.abs(values / k")), "not Python"),
    "200 kB": ("x = 1\n" * 40_000, "240000 characters"),
    "200 kB of fences": ("```\n" * 50_000, "200000 characters"),
}


@pytest.mark.parametrize(("reply", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_clear_goes_back_to_the_model_once_with_the_reason(reply, said):
    found = read_code(reply)
    assert isinstance(found, NoCode)
    assert said in found.reason
    if found.draft:
        return
    model = ScriptedModel(answers=[reply, fenced(WHOLE)])
    proposal = ask_for_rule(scripted_speaker(model), [], KEY)
    assert proposal.source == WHOLE
    assert found.reason in model.asked[1][-1].text
    assert len(model.asked[1][-2].text) <= 6_000


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\n{WHOLE}"[:-20],
        f"```python\n{WHOLE}",
        WHOLE[:-20],
        '{"rule": "import numpy as np\\ndef detect(',
        "<think>",
    ],
)
def test_a_reply_at_its_length_limit_is_never_run_half(reply):
    found = read_code(reply, cut=True)
    assert isinstance(found, NoCode)
    assert "cut off" in found.reason
    assert not found.draft


@pytest.mark.parametrize("reply", [f"{fenced(WHOLE)}\nAs you can s", f"{WHOLE}```\nThis rule divi"])
def test_a_reply_cut_after_its_rule_is_used(reply):
    assert isinstance(read_code(reply, cut=True), Code)
