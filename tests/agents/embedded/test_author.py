"""The embedded author: the form of its answers, that it mends, and that it goes by its evidence."""

import json
import re

import numpy as np
import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from argosy.agents.embedded import EmbeddedAuthor
from argosy.agents.embedded.clauses import ranked_clauses
from argosy.agents.embedded.recipe import ClauseSide, Quantity, read_recipe
from argosy.agents.rules.build_evidence import build_evidence
from argosy.agents.rules.evidence import DetectionEvidence, Exhibit, Pair, ParentRule, RepairEvidence, ReviewEvidence
from argosy.agents.rules.evidence_size import evidence_json
from argosy.agents.rules.statistic_bank import StatisticBank
from argosy.detectors.rules.rule import Direction, read_rule
from argosy.detectors.rules.search import tune
from argosy.detectors.rules.yardstick import Yardstick
from argosy.eval.objective import DEFAULT
from argosy.signals.series import Series

POINTS = 6000


def stuck_and_dropping(seed: int = 0) -> tuple[Series, np.ndarray]:
    """A daily wave (144 points) with noise, labelled drops of the short kind, and unlabelled rises as tall."""
    rng = np.random.default_rng(seed)
    values = 50 + 10 * np.sin(np.arange(POINTS) * 2 * np.pi / 144) + rng.normal(0, 0.5, POINTS)
    labels = np.zeros(POINTS, dtype=np.bool_)
    for start in range(300, POINTS, 250):
        values[start : start + 4] -= rng.uniform(4, 6)
        labels[start : start + 4] = True
        values[start + 100 : start + 104] += rng.uniform(5, 7)
    return Series("s", 600 * np.arange(POINTS, dtype=np.int64), values, 600), labels


SERIES, LABELS = stuck_and_dropping()
BANK = StatisticBank.of(SERIES, LABELS)
QUIET = np.zeros(POINTS)


def evidence(candidate: int = 1, **more) -> DetectionEvidence:
    return build_evidence(BANK, "given", QUIET, Direction.FLAG, round=1, candidate=candidate, candidates=5, **more)


def ask(block: DetectionEvidence | RepairEvidence | ReviewEvidence, source: str = "", seed: int = 0) -> str:
    code = f"```python\n{source}\n```\n\n" if source else ""
    example = "Reply with:\n\n```json\n{...}\n```\n"
    messages = [SystemMessage(example), HumanMessage(f"{code}```json\n{evidence_json(block)}\n```\n")]
    return EmbeddedAuthor(seed=seed).invoke(messages).text


def rule_in(text: str) -> str:
    (source,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return source


def worth(source: str) -> float:
    """The steady objective of a rule on the series, with its numbers searched."""
    scope: dict[str, object] = {}
    exec(source, scope)
    judge = Yardstick.of(LABELS, QUIET, Direction.FLAG, DEFAULT)
    found = tune(read_rule(source), lambda batch: [scope["detect"](SERIES.values, SERIES.seconds, **p) for p in batch],
                 judge, budget=12)  # fmt: skip
    return found.value


def repair(failure: str = "broke", error: str = "IndexError: index 0 is out of bounds") -> RepairEvidence:
    return RepairEvidence(direction="flag", failure=failure, error=error)


def review(train: float, validation: float | None, **more) -> ReviewEvidence:
    known = {} if validation is None else {"objective": validation}
    before = {} if validation is None else {"objective": 0.5}
    counts = {"events_gained": 1, "events_lost": 0, "false_points_added": 0, "false_points_removed": 0}
    return ReviewEvidence(
        train={"objective": train}, train_before={"objective": 0.5}, validation=known, validation_before=before,
        complexity=4, **({"direction": "flag"} | counts | more),
    )  # fmt: skip


def test_it_answers_detection_with_one_rule_and_says_what_it_is():
    message = EmbeddedAuthor().invoke([HumanMessage(f"```json\n{evidence_json(evidence())}\n```")])
    rule = read_rule(rule_in(message.text))
    assert message.text.startswith(rule.summary)
    assert message.response_metadata["estimated"] is True
    assert message.usage_metadata["input_tokens"] > message.usage_metadata["output_tokens"] > 20


def test_the_same_prompt_and_seed_give_the_same_answer():
    assert ask(evidence(), seed=3) == ask(evidence(), seed=3)


def test_the_best_ranked_clause_is_about_what_sets_events_apart():
    best = ranked_clauses(evidence())[0].clause
    assert best.side is ClauseSide.DOWN
    assert best.kind is not Quantity.LEVEL


def test_the_candidates_of_a_round_differ_and_avoid_what_was_tried():
    first = [rule_in(ask(evidence(candidate))) for candidate in range(1, 6)]
    summaries = [read_rule(source).summary for source in first]
    assert len(set(summaries)) == 5
    again = [read_rule(rule_in(ask(evidence(candidate, tried=summaries)))).summary for candidate in range(1, 6)]
    assert not set(again) & set(summaries)


def test_a_parent_is_built_upon():
    source = rule_in(ask(evidence()))
    parent = ParentRule(id="p", summary=read_rule(source).summary, source=source, params={}, train=0.6, validation=0.6)
    child = read_recipe(rule_in(ask(evidence(2, parents=[parent], tried=[parent.summary]))))
    assert child != read_recipe(source)
    assert child.clauses[0].kind is read_recipe(source).clauses[0].kind


def swapped(evidence: DetectionEvidence) -> DetectionEvidence:
    """Events for look-alikes and the other way round."""
    pairs = tuple(Pair(event=pair.like, like=pair.event) for pair in evidence.pairs)
    return evidence.model_copy(update={"pairs": pairs})


def renamed(evidence: DetectionEvidence) -> DetectionEvidence:
    """Every measure under the name of another, with its sign turned."""
    names = sorted({name for pair in evidence.pairs for name in (*pair.event.measures, *pair.like.measures)})
    other = dict(zip(names, [*names[1:], names[0]], strict=True))

    def relabelled(exhibit: Exhibit) -> Exhibit:
        return exhibit.model_copy(update={"measures": {other[k]: -v for k, v in exhibit.measures.items()}})

    pairs = tuple(Pair(event=relabelled(pair.event), like=relabelled(pair.like)) for pair in evidence.pairs)
    return evidence.model_copy(update={"pairs": pairs})


def mean_worth(block: DetectionEvidence) -> float:
    rules = [rule_in(ask(block.model_copy(update={"candidate": number}))) for number in (1, 2, 3, 4, 5)]
    return float(np.mean([worth(rule) for rule in rules]))


def test_shuffled_evidence_gives_worse_rules():
    honest = mean_worth(evidence())
    assert worth(rule_in(ask(evidence()))) > 0.9
    assert mean_worth(swapped(evidence())) < honest - 0.1
    assert mean_worth(renamed(evidence())) < honest - 0.1


BREAKAGES = {
    "syntax": lambda source: source.replace("def detect(", "def detect(("),
    "signature": lambda source: re.sub(r"def detect\(.*\):", "def detect(series):", source),
    "length": lambda source: source.replace(".to_numpy(dtype=float)", ".to_numpy(dtype=float)[1:]"),
    "dtype": lambda source: source.replace(".to_numpy(dtype=float)", ".astype(str).to_numpy()"),
    "short series": lambda source: source.replace("x = pd.Series(values)", "x = pd.Series(values) - values[100]"),
    "endless loop": lambda source: source.replace("    x = ", "    while True:\n        pass\n    x = "),
    "look-ahead": lambda source: source.replace("x = pd.Series(values)", "x = pd.Series(values - values.mean())"),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_its_own_rules_come_back_whole(breakage):
    source = rule_in(ask(evidence()))
    broken = BREAKAGES[breakage](source)
    assert broken != source
    assert rule_in(ask(repair(), broken)) == source


FOREIGN = '''"""Flags high values."""
import numpy as np

PARAMS = {"threshold": (3.0, 1.0, 9.0)}


def detect(values, seconds, *, threshold):
    return BODY
'''


@pytest.mark.parametrize(
    ("failure", "body"),
    [
        ("looked_ahead", "np.abs(values - np.nanmean(values)) / threshold"),
        ("looked_ahead", "np.gradient(values) / threshold"),
        ("broke", "np.abs(np.diff(values)) / threshold"),
        ("broke", "(values > values[20] + threshold)"),
    ],
)
def test_others_rules_are_mended_where_a_mend_is_known(failure, body):
    source = rule_in(ask(repair(failure), FOREIGN.replace("BODY", body)))
    scope: dict[str, object] = {}
    exec(source, scope)
    values = np.random.default_rng(0).normal(0, 1, 200)
    whole = scope["detect"](values, np.arange(200), threshold=3.0)
    assert read_rule(source)
    assert (whole.shape, whole.dtype) == ((200,), np.float64)
    for stop in (0, 1, 3, 50, 199):
        part = scope["detect"](values[:stop], np.arange(stop), threshold=3.0)
        np.testing.assert_allclose(part, whole[:stop])


def test_it_says_so_when_it_knows_no_mend():
    answer = ask(repair("timed_out", "not done within 20 s"), FOREIGN.replace("BODY", "slow(values)"))
    assert "```" not in answer
    assert "cannot mend" in answer


@pytest.mark.parametrize(
    ("block", "verdict"),
    [
        (review(0.6, 0.6), "accept"),
        (review(0.6, None), "accept"),
        (review(0.6, 0.4), "revise"),
        (review(0.4, 0.6), "discard"),
        (review(0.6, 0.6, direction="clear", events_lost=2), "revise"),
    ],
)
def test_a_review_is_a_verdict_with_its_reason(block, verdict):
    (text,) = re.findall(r"^```json\n(.*?)^```", ask(block, "pass"), re.MULTILINE | re.DOTALL)
    found = json.loads(text)
    assert (found["verdict"], set(found)) == (verdict, {"verdict", "reason", "feedback"})
    assert found["reason"]


def test_a_prompt_without_evidence_gets_no_rule():
    assert "```" not in EmbeddedAuthor().invoke("Write me a rule, please.").text
