"""Fallback chains."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain_core.messages import HumanMessage

from argosy.agents.models.chain import Chain, Outages, members
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Reply, Role, Usage

KEY = CallKey(Role.DETECTION, 1, 1)
ASKED = [HumanMessage("?")]


class Said:
    """A speaker that answers its name, or raises."""

    def __init__(self, name, error=None, is_language_model=True):
        self.name, self.error, self.is_language_model = name, error, is_language_model
        self.parameters = {}
        self.asked = 0

    def ask(self, messages, key, form=None):
        self.asked += 1
        if self.error:
            raise self.error
        return Reply(self.name, Usage(calls=1))


def speaker(chain, switches):
    return chain.speaker(lambda each: each, lambda *switch: switches.append(switch))


def test_the_first_that_answers_is_asked():
    first, second, switches = Said("a"), Said("b"), []
    assert speaker(Chain([first, second], Outages()), switches).ask(ASKED, KEY).text == "a"
    assert (second.asked, switches) == (0, [])


def test_one_that_fails_is_left_out_from_then_on_and_told_once():
    first, second, third = Said("a", ModelUnavailable("a: gone")), Said("b"), Said("c")
    outages, switches = Outages(), []
    one = speaker(Chain([first, second], outages), switches)
    assert [one.ask(ASKED, KEY).text for _ in range(3)] == ["b"] * 3
    assert speaker(Chain([first, third], outages), switches).ask(ASKED, KEY).text == "c"
    assert first.asked == 1
    assert switches == [("a", "b", "a: gone")]


def test_a_reply_of_a_chain_says_who_answered():
    first, second = Said("a", ModelUnavailable("a: gone")), Said("b")
    one = speaker(Chain([first, second], Outages()), [])
    assert one.ask(ASKED, KEY).by == "b"
    assert speaker(Chain([second, first], Outages()), []).ask(ASKED, KEY).by == "b"
    assert members(one) == (first, second)
    assert members(first) == (first,)


def test_the_last_is_asked_though_it_failed_before():
    last, outages = Said("b", ModelUnavailable("b: gone")), Outages()
    one = speaker(Chain([Said("a", ModelUnavailable("a: gone")), last], outages), [])
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="b: gone"):
            one.ask(ASKED, KEY)
    last.error = None
    assert one.ask(ASKED, KEY).text == "b"


def test_a_spent_budget_is_no_outage():
    second = Said("b")
    one = speaker(Chain([Said("a", BudgetSpent("calls")), second], Outages()), [])
    with pytest.raises(BudgetSpent):
        one.ask(ASKED, KEY)
    assert second.asked == 0


def test_many_that_fail_at_once_switch_once():
    first, switches = Said("a", ModelUnavailable("gone")), []
    one = speaker(Chain([first, Said("b")], Outages()), switches)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: one.ask(ASKED, KEY).text, range(50))) == {"b"}
    assert len(switches) == 1


def test_a_chain_with_a_language_model_counts_as_one_whoever_answers():
    mixed = [Said("a", is_language_model=False), Said("b")]
    assert speaker(Chain(mixed, Outages()), []).is_language_model
    assert not speaker(Chain([Said("a", is_language_model=False)], Outages()), []).is_language_model
