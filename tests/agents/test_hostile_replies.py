"""Every reader of replies against texts that nobody means well by: it answers, and in proportion to their length."""

import json
import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from argosy.agents.checked_explanation import read_sentences
from argosy.agents.direct import read_answer
from argosy.agents.logs.answers import NumberedVerdicts, read_answers
from argosy.agents.logs.self_prompt import read_tasks
from argosy.agents.models.replies import read_object
from argosy.agents.models.speaker import Reply, Usage
from argosy.agents.outliers import FlaggedRecord, ReviewBatch, read_review
from argosy.agents.rules.form import MOST_NODES
from argosy.agents.rules.read_code import Code, NoCode, read_code
from argosy.agents.rules.review import read_verdict
from argosy.agents.selection import read_selection
from argosy.agents.sigllm.read_numbers import read_numbers
from argosy.cli.show import _parts, _reply
from argosy.detectors.rules.rule import read_rule
from argosy.sandbox import listing
from argosy.sandbox.vetting import complexity, vet

BATCH = ReviewBatch(
    group=None, compared_with="all", records=40, flagged=(FlaggedRecord(id=1, score=1.5, fields={"city": "Oslo"}),)
)


def said(text: str) -> Reply:
    return Reply(text, Usage(1, 1))


def rule_in(text: str) -> object:
    """What is read as a rule is one, and can be vetted and measured."""
    for cut in (False, True):
        match read_code(text, cut=cut):
            case Code(source=source):
                read_rule(source)
                assert isinstance(vet(source), tuple)
                assert complexity(source) > 0
            case NoCode(reason=reason):
                assert reason
    return True


READERS: dict[str, Callable[[str], object]] = {
    "a rule": rule_in,
    "vetting": vet,
    "an object": read_object,
    "a verdict": lambda text: read_verdict(said(text)),
    "a choice": lambda text: read_selection(said(text), ["iforest", "ewma"]),
    "indices": lambda text: read_answer(said(text), 50),
    "records": lambda text: read_review(said(text), BATCH),
    "numbered": lambda text: read_answers(text, range(1, 20)),
    "tasks": read_tasks,
    "sentences": read_sentences,
    "numbers": lambda text: read_numbers(said(text)),
    "a transcript": lambda text: list(_reply(text)),
}

HEAD = '"""A rule."""\nimport numpy as np\nPARAMS = {"a": (1.0, 0.1, 9.0)}\n'
TAKES_TABLE, TAKES_A = "def detect(values, seconds, PARAMS):\n", "def detect(values, seconds, *, a):\n"


def fenced(body: str, signature: str = TAKES_A) -> str:
    return f"```python\n{HEAD}{signature}{body}\n    return values\n```\n"


def lines(pattern: str, count: int) -> str:
    return "".join(f"    {pattern.format(number)}\n" for number in range(count))


LONG: dict[str, Callable[[int], str]] = {
    "attributes of attributes": lambda n: fenced("    x = values" + ".T" * n),
    "calls of calls": lambda n: fenced("    x = values" + ".copy()" * n),
    "sums of sums": lambda n: fenced("    x = 1" + " + a" * n),
    "one negation more": lambda n: fenced("    x = " + "not " * n + "a"),
    "lists of lists": lambda n: fenced("    x = " + "[" * n + "]" * n),
    "parameters one by one": lambda n: fenced(lines('x{} = PARAMS["a"]', n), TAKES_TABLE),
    "parameters under their own name": lambda n: fenced(lines('a = PARAMS["a"]', n), TAKES_TABLE),
    "parameters in a list": lambda n: fenced("    x = [" + 'PARAMS["a"], ' * n + "]", TAKES_TABLE),
    "names on no list": lambda n: fenced(lines("np.unheard_of_{}", n)),
    "imports on no list": lambda n: fenced("    from numpy import " + ", ".join(f"unheard_of_{i}" for i in range(n))),
    "arrays taken for series": lambda n: fenced(lines("values.rolling({})", n)),
    "prints": lambda n: fenced(lines("print({})", n)),
    "statements of nobody": lambda n: (
        f"```python\n{lines('x{0} = {0}', n).replace('    ', '')}{HEAD}{TAKES_A}    pass\n```"
    ),
    "formatted text": lambda n: fenced("    x = f'" + "{a}" * n + "'"),
    "annotations": lambda n: fenced("    from typing import Any\n" + lines("x{}: Any = 1", n)),
    "fences": lambda n: "```python\ndef f():\n```\n" * n,
    "fences without an end of line": lambda n: "``` " * n,
    "backticks": lambda n: "`" * n,
    "braces": lambda n: '{"a": ' * n,
    "brackets": lambda n: "[" * n,
    "objects": lambda n: '{"a": 1}' * n,
    "an object in a list in an object": lambda n: '{"verdict": ' + "[" * n + "1" + "]" * n + "}",
    "ids of ids": lambda n: '{"outliers": [' + '{"id": ' * n + "1" + "}" * n + "]}",
    "digits": lambda n: "1" * n,
    "indices of digits": lambda n: f'{{"indices": ["{"9" * n}"], "outliers": ["{"9" * n}"], "{"8" * n}": "normal"}}',
    "a number of digits": lambda n: f'[{{"n": {"9" * n}, "verdict": "normal"}}]',
    "thoughts": lambda n: "<think>" * n,
    "thoughts that end": lambda n: "</think>\n" * n,
    "prompts": lambda n: ">>> \n" * n,
    "numbered lines": lambda n: "1: def \n" * n,
    "items": lambda n: "- a\n" * n,
    "quotes": lambda n: '"' * n,
    "line ends of old": lambda n: "a\r" * n,
    "zeros": lambda n: "\0" * n,
    "half a character": lambda n: "\ud800" * n,
}


@pytest.mark.parametrize("length", [150, *(pytest.param(each, marks=pytest.mark.slow) for each in (1_100, 6_000))])
@pytest.mark.parametrize("name", LONG)
def test_no_length_and_no_depth_makes_a_reader_fail(name: str, length: int) -> None:
    for read in READERS.values():
        read(LONG[name](length))


def calls(read: Callable[[str], object], text: str) -> int:
    """How many functions are called to read a text."""
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(text)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_twice_the_length_is_about_twice_the_work(name: str) -> None:
    for reader in ("a rule", "vetting", "numbered", "a transcript"):
        read, text = READERS[reader], LONG[name]
        once, twice = (calls(read, text(length)) for length in (150, 300))
        assert twice < 3 * once + 2_000, (reader, once, twice)


def test_the_nearest_name_is_sought_for_a_few_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = []
    monkeypatch.setattr(listing.difflib, "get_close_matches", lambda name, *_, **__: sought.append(name) or [])
    source = HEAD + TAKES_A + lines("np.unheard_of_{}", 300) + "    return values\n"
    assert sum("unheard_of" in each.what for each in vet(source)) == 300
    assert len(sought) == listing.NEAREST


def test_more_code_than_can_be_looked_through_is_refused() -> None:
    found = read_code(fenced(lines("x = [{0}, {0}, {0}, {0}, {0}, {0}]", MOST_NODES // 8)))
    assert isinstance(found, NoCode)
    assert "syntax nodes" in found.reason


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from(["accept", "1", "--3", "²", "r2", "normal"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["indices", "outliers", "id", "n", "verdict", "reason", "choice", "others", "sentences", "3"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
@example({"indices": ["--3"]})
@example({"indices": ["9" * 5_000], "outliers": ["9" * 5_000]})
@example([{"n": "9" * 5_000, "verdict": "normal"}])
@example({"9" * 5_000: "normal"})
def test_no_json_makes_a_reader_fail(value: object) -> None:
    for text in (json.dumps(value), repr(value), f"Here it is:\n```json\n{json.dumps(value)}\n```"):
        for read in READERS.values():
            read(text)


PIECES = [
    *('"""A rule."""\n', "import numpy as np\n", 'PARAMS = {"a": (1.0, 0.1, 9.0)}\n', "PARAMS = {'class': 1}\n"),
    *("params = dict(a=3, b=1.5 * 2 // 0)\n", "PARAMS = {'a': 1e308 * 10, 'b': None}\n", "PARAMS = {1: 2, **x}\n"),
    *("def detect(values, seconds, *, a):\n", "def detect(x, params):\n", "def score(v, t, b=(1, 2, 3), /, **kw):\n"),
    *("@np.x\n", "async def detect(v): pass\n", "class A: pass\n", "from __future__ import annotations\n"),
    *(
        '    a = PARAMS["a"]\n',
        '    q = PARAMS["a"][-5]\n',
        '    x, y, z = params["a"]\n',
        "    for a in PARAMS: pass\n",
    ),
    *(
        "    return values\n",
        "    return values.rolling(a).mean()\n",
        "    print(a)\n",
        '    """Doc"""\n',
        "    pass\n",
    ),
    *(
        "    match a:\n",
        "        case object(gi_frame=f) | [*_]: return f\n",
        "    x: int = getattr\n",
        "    global a\n",
    ),
    *(
        "    return f'{a!r:>{b}}'\n",
        "    return (a := 1)\n",
        "```python\n",
        "```",
        "~~~\n",
        "&#13;",
        "\r",
        "\f\n",
        ">>> x\n",
    ),
    *(
        "\0",
        "\ud800",
        "\u2028",
        "“a”",
        "{",
        "}",
        "(",
        ")",
        "[",
        "'",
        '"',
        "\\",
        "\n",
        "    ",
        "\t",
        "#",
        ":",
        "é",
        "1. ",
    ),
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=20).map("".join))
@example('```python\n"""A rule."""\nPARAMS = {"a": 1}\ndef detect(values, seconds, PARAMS):\n    a = PARAMS["a"]\n```')
def test_no_heap_of_pieces_makes_a_reader_fail(text: str) -> None:
    for read in READERS.values():
        read(text)


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_fail(data: bytes) -> None:
    for text in (data.decode("latin-1"), data.decode("utf-8", "surrogateescape"), data.decode("utf-8", "replace")):
        for read in READERS.values():
            read(text)


FENCE = re.compile(r"```[ \t]*(\w*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)


@given(st.lists(st.sampled_from(["```", "`", "\n", " ", "Python", "x", "\t"]), max_size=14).map("".join))
def test_a_transcript_is_cut_at_its_fences(reply: str) -> None:
    parts = list(_parts(reply))
    assert [(language, code) for _, language, code in parts[:-1]] == [
        (language.lower(), code) for language, code in FENCE.findall(reply)
    ]
    assert "".join(prose for prose, _, _ in parts) == FENCE.sub("", reply)


def test_answers_are_verdicts_whatever_stands_there() -> None:
    assert (
        read_answers('[{"n": 3, "verdict": "normal"}, {"n": "²", "verdict": "normal"}]', [3]).found[3].abnormal is False
    )
    assert read_answers("{" * 500, [1]) == NumberedVerdicts({}, 0)
