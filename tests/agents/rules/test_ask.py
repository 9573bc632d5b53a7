"""Detection, Repair and Review, each against a scripted model."""

import json
import re
import time

import numpy as np
import pytest
from langchain_core.messages import AIMessage

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.speaker import BudgetSpent, CallKey, Role
from argosy.agents.open_model import open_model
from argosy.agents.rules.detection import propose
from argosy.agents.rules.evidence import DetectionEvidence, Pair, RepairEvidence, ReviewEvidence
from argosy.agents.rules.repair import ask_for_repair
from argosy.agents.rules.review import UNREADABLE_DECISION, ReviewDecision, review
from argosy.agents.rules.statistics import standard_statistics
from argosy.detectors.rules.rule import read_rule
from tests.agents.cases import (
    FENCED,
    LIKE,
    RULE,
    SPIKE,
    detection_evidence,
    detection_key,
    repair_evidence,
    review_evidence,
)
from tests.scripted import ScriptedModel, scripted_speaker

REPAIR_KEY = CallKey(Role.REPAIR, 1, 2)
REVIEW_KEY = CallKey(Role.REVIEW, 1, 2)


class Keys:
    """A speaker that notes the keys it is asked with."""

    def __init__(self, speaker):
        self.speaker, self.keys = speaker, []
        self.name, self.is_language_model = speaker.name, speaker.is_language_model

    def ask(self, messages, key, form=None):
        self.keys.append(key)
        return self.speaker.ask(messages, key, form)


def fences(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)


def test_a_rule_is_proposed_from_its_evidence_alone():
    model = ScriptedModel(answers=[FENCED])
    evidence = detection_evidence()
    proposal = propose(scripted_speaker(model), evidence, detection_key())
    assert (proposal.source, proposal.refusal) == (RULE, "")
    system, user = model.asked[0]
    (block,) = fences("json", user.text)
    assert DetectionEvidence.model_validate_json(block) == evidence
    assert not fences("json", system.text)
    assert "reviewer" not in user.text


@pytest.mark.parametrize(("missed", "said"), [(1, "misses these events"), (0, "flags only part of these events")])
def test_the_prompt_says_what_the_base_leaves_to_do(missed, said):
    model = ScriptedModel(answers=[FENCED])
    evidence = detection_evidence()
    base = evidence.base.model_copy(update={"missed": missed})
    propose(scripted_speaker(model), evidence.model_copy(update={"base": base}), detection_key())
    assert f"The detector in service {said}." in model.asked[0][1].text


def test_each_candidate_is_pointed_to_another_statistic_of_the_evidence():
    measures = {"level": 3.0, "dev_60_by_spread": 4.0, "change": -2.0, "flat": 1.0}
    like = LIKE.model_copy(update={"measures": {"dev_60_by_spread": 0.5, "level": 0.5, "change": 1.0, "flat": 3.0}})
    pairs = (Pair(event=SPIKE.model_copy(update={"measures": measures}), like=like),)
    told = []
    for candidate in range(1, 5):
        model = ScriptedModel(answers=[FENCED])
        propose(scripted_speaker(model), detection_evidence(pairs=pairs, candidate=candidate), detection_key())
        told.append(model.asked[0][1].text.rpartition("```json")[2].partition("\n```\n")[2])
    assert "`dev_60_by_spread` tells these events from their look-alikes best" in told[0]
    assert "rolling(60" in told[0]
    assert "size = r.abs()" in told[0]
    assert "they lie above" in told[0]
    assert "`level`" in told[1]
    assert "`change`" in told[2]
    assert "they lie below" in told[2]
    assert "r = -r" in told[2]
    assert told[3] == told[0], "what is rarer in look-alikes tells nothing"


@pytest.mark.parametrize("rise", [3.0, -3.0, 0.0])
def test_every_standard_statistic_is_sketched_as_a_rule_that_keeps_its_contract(rise):
    values = np.sin(np.arange(400) / 8) + np.random.default_rng(0).normal(size=400)
    for statistic in standard_statistics(values, np.zeros(400, dtype=bool), (50,)):
        events = [{statistic.name: rise + 3.0}, {statistic.name: rise - 3.0}]
        pairs = tuple(Pair(event=SPIKE.model_copy(update={"measures": each}), like=None) for each in events)
        model = ScriptedModel(answers=[FENCED])
        propose(scripted_speaker(model), detection_evidence(pairs=pairs, candidate=1), detection_key())
        (source,) = fences("python", model.asked[0][1].text)
        rule = read_rule(source)
        assert statistic.name in rule.summary
        names = {}
        exec(compile(source, "sketch", "exec"), names)
        whole = names["detect"](values, np.arange(400) * 60, **rule.defaults)
        assert whole.dtype == np.float64
        assert np.isfinite(whole[200:]).all(), statistic.name
        for end in (0, 1, 2, 300):
            early = names["detect"](values[:end], np.arange(end) * 60, **rule.defaults)
            assert np.array_equal(early, whole[:end], equal_nan=True), statistic.name


def test_evidence_without_pairs_points_to_nothing():
    model = ScriptedModel(answers=[FENCED])
    propose(scripted_speaker(model), detection_evidence(pairs=()), detection_key())
    assert "look-alikes best" not in model.asked[0][1].text


def test_each_direction_is_told_what_it_is_for():
    asked = {}
    for direction in ("flag", "clear"):
        model = ScriptedModel(answers=[FENCED])
        propose(scripted_speaker(model), detection_evidence(direction=direction), detection_key())
        asked[direction] = model.asked[0][1].text
    assert "misses" in asked["flag"]
    assert "false alarms" in asked["clear"]


def test_feedback_is_passed_on_and_cannot_open_a_fence():
    model = ScriptedModel(answers=[FENCED])
    propose(scripted_speaker(model), detection_evidence(), detection_key(), feedback="Use\n```json\n{}\n``` instead")
    assert "Use '''json {} ''' instead" in model.asked[0][1].text
    assert len(fences("json", model.asked[0][1].text)) == 1


def test_a_reply_without_a_rule_is_asked_again_with_the_reason():
    model = ScriptedModel(answers=["I think a threshold is best.", FENCED])
    speaker = Keys(scripted_speaker(model))
    proposal = propose(speaker, detection_evidence(), detection_key(4))
    assert proposal.source == RULE
    assert proposal.reply.usage.calls == 2
    assert [key.attempt for key in speaker.keys] == [4, 5]
    first, second = model.asked
    assert second[:2] == first
    assert second[2].text == "I think a threshold is best."
    assert "no Python rule" in second[3].text


def test_a_model_that_never_writes_a_rule_is_a_value():
    model = ScriptedModel(answers=["", "x" * 200_000])
    proposal = propose(scripted_speaker(model), detection_evidence(), detection_key())
    assert proposal.source is None
    assert "200000 characters" in proposal.refusal
    assert len(model.asked) == 2


def test_a_cut_reply_is_asked_again():
    cut = AIMessage(FENCED.rstrip("`\n"), response_metadata={"finish_reason": "length"})
    model = ScriptedModel(answers=[cut, FENCED])
    assert propose(scripted_speaker(model), detection_evidence(), detection_key()).source == RULE
    assert "cut off" in model.asked[1][3].text


def test_spent_budgets_pass_through():
    with pytest.raises(BudgetSpent):
        propose(scripted_speaker(ScriptedModel(answers=[]), caps=Caps(calls=0)), detection_evidence(), detection_key())


def test_two_proposals_share_no_conversation():
    model = ScriptedModel(answers=[FENCED, FENCED])
    for _ in range(2):
        propose(scripted_speaker(model), detection_evidence(), detection_key())
    assert model.asked[0] == model.asked[1]


def test_repair_shows_the_rule_and_what_went_wrong():
    model = ScriptedModel(answers=[FENCED])
    broken = RULE.replace("mean", "mode")
    evidence = repair_evidence()
    assert ask_for_repair(scripted_speaker(model), broken, evidence, REPAIR_KEY).source == RULE
    system, user = model.asked[0]
    assert fences("python", user.text) == [broken.rstrip("\n")]
    (block,) = fences("json", user.text)
    assert RepairEvidence.model_validate_json(block) == evidence
    assert "```python\n" not in system.text


@pytest.mark.parametrize(
    ("answer", "ruling"),
    [
        ('{"verdict": "accept", "reason": "better"}', ReviewDecision.ACCEPT),
        ('```json\n{"verdict": "Revise", "reason": "r", "feedback": "f"}\n```', ReviewDecision.REVISE),
        ("{'verdict': 'REPAIR'}", ReviewDecision.REPAIR),
        ('{"Verdict": "discard."}', ReviewDecision.DISCARD),
        ('{"verdict": "reject"}', ReviewDecision.DISCARD),
        ('{"verdict": "revise", "feedback": "use {window}"}', ReviewDecision.REVISE),
        ('{"verdict": "revise", "feedback": "a "quoted" word"}', ReviewDecision.REVISE),
        ("**Verdict:** discard\nIt fits noise.", ReviewDecision.DISCARD),
        ("Accept.", ReviewDecision.ACCEPT),
    ],
)
def test_verdicts_are_read_however_they_are_written(answer, ruling):
    model = ScriptedModel(answers=[answer])
    assert review(scripted_speaker(model), RULE, review_evidence(), REVIEW_KEY).decision is ruling


def test_review_shows_the_rule_and_its_numbers():
    model = ScriptedModel(
        answers=[json.dumps({"verdict": "revise", "reason": "worse", "feedback": "add\na condition"})]
    )
    verdict = review(scripted_speaker(model), RULE, review_evidence(), REVIEW_KEY)
    assert (verdict.decision, verdict.reason, verdict.feedback) == (ReviewDecision.REVISE, "worse", "add a condition")
    system, user = model.asked[0]
    assert fences("python", user.text) == [RULE.rstrip("\n")]
    (block,) = fences("json", user.text)
    assert ReviewEvidence.model_validate_json(block) == review_evidence()
    assert "```" not in system.text


def test_a_verdict_that_cannot_be_read_twice_leaves_it_to_the_gates():
    model = ScriptedModel(answers=["It depends.", '{"verdict": "maybe"}'])
    verdict = review(scripted_speaker(model), RULE, review_evidence(), REVIEW_KEY)
    assert verdict.decision is UNREADABLE_DECISION
    assert verdict.reply.usage.calls == 2
    assert "verdict" in model.asked[1][3].text


def test_the_embedded_author_is_asked_through_the_same_doors():
    speaker = open_model("embedded", ModelFacts(), key=None, budget=Budget(Caps(), time.monotonic), seed=3)
    proposal = propose(speaker, detection_evidence(), detection_key())
    assert proposal.source is not None, proposal.refusal
    verdict = review(speaker, proposal.source, review_evidence(), REVIEW_KEY)
    assert verdict.reply.usage.calls == 1, "a verdict that is read at once"
    assert verdict.reply.usage.estimated
    assert not speaker.is_language_model
