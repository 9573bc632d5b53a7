"""What is on record is done again as it was: replies, refusals, stops, time-outs."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Reply, Role, Speaker, Usage
from argosy.graphs.recording.events import Decision, Event, ModelCall, SpanBegin
from argosy.graphs.recording.recorder import RecordedSandbox, RecordedSpeaker, call_key
from argosy.graphs.replay.past import EarlierSettings, NodeRun, Past, steps
from argosy.graphs.replay.recording import NOT_ASKED, STOPPED, Recording
from argosy.graphs.replay.unknown import UnknownCall
from argosy.graphs.replay.wrappers import PatientSandbox, RecordingSpeaker, RememberingSpeaker, ResumingRecorder
from argosy.sandbox.protocol import Evaluation, Input, Job, Outcome, Ran, TimedOut
from tests.graphs.refine.session_data import MemoryRecorder

KEY = CallKey(Role.DETECTION, 1, 2, 0)


def asked(words: str = "Write a rule.") -> list[BaseMessage]:
    return [HumanMessage(words)]


class Voice:
    """Answers with its list; an exception among the answers is raised. Counts what it was asked."""

    name = "voice"
    is_language_model = True

    def __init__(self, *answers: str | Exception, **parameters: float) -> None:
        self.parameters = parameters
        self.answers = list(answers)
        self.asked = 0

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer, Usage(1, 30, 20, 0.25), cut=answer.endswith("…"))


def wired(voice: Voice, past: Past, recorder: MemoryRecorder, span: str = "propose#1") -> Speaker:
    """As a node wires it."""
    inner = RecordedSpeaker(voice, recorder, span, lambda: 1.0)
    return RememberingSpeaker(inner, past, ResumingRecorder(recorder, past, lambda event: event), span, lambda: 2.0)


def recording(recorder: MemoryRecorder, **options: bool) -> Recording:
    return Recording(recorder.events, lambda name: recorder.blobs[name].decode(), **options)


@pytest.fixture
def recorded() -> MemoryRecorder:
    """Two calls on record, of which the second was refused, and a third that was asked after it."""
    recorder, past = MemoryRecorder(), Past()
    speaker = wired(Voice("a rule …", BudgetSpent("no more"), "another"), past, recorder)
    speaker.ask(asked(), KEY)
    with pytest.raises(BudgetSpent):
        speaker.ask(asked(), CallKey(Role.DETECTION, 1, 3))
    speaker.ask(asked("Mend it."), CallKey(Role.REPAIR, 1, 2))
    return recorder


PLACES = {
    "model": lambda: call_key("other", {"seed": 1}, "ab", KEY),
    "parameters": lambda: call_key("m", {"seed": 2}, "ab", KEY),
    "messages": lambda: call_key("m", {"seed": 1}, "cd", KEY),
    "role": lambda: call_key("m", {"seed": 1}, "ab", CallKey(Role.REVIEW, 1, 2)),
    "round": lambda: call_key("m", {"seed": 1}, "ab", CallKey(Role.DETECTION, 2, 2)),
    "candidate": lambda: call_key("m", {"seed": 1}, "ab", CallKey(Role.DETECTION, 1, 3)),
    "attempt": lambda: call_key("m", {"seed": 1}, "ab", CallKey(Role.DETECTION, 1, 2, 1)),
}


@pytest.mark.parametrize("part", PLACES)
def test_every_part_of_a_call_is_in_its_key(part: str) -> None:
    key = call_key("m", {"seed": 1}, "ab", KEY)
    assert key == call_key("m", {"seed": 1}, "ab", KEY)
    assert PLACES[part]() != key


def test_a_call_is_recorded_under_its_key_and_with_its_parameters() -> None:
    recorder = MemoryRecorder()
    wired(Voice("a rule", temperature=0.5), Past(), recorder).ask(asked(), KEY)
    (call,) = recorder.calls(Role.DETECTION)
    assert call.key == call_key("voice", {"temperature": 0.5}, call.prompt, KEY)
    assert call.parameters == {"temperature": 0.5}


def test_a_recorded_reply_is_not_asked_for_again_nor_recorded_twice(recorded: MemoryRecorder) -> None:
    before, voice = list(recorded.events), Voice()
    reply = wired(voice, Past(recording(recorded)), recorded).ask(asked(), KEY)
    assert reply == Reply("a rule …", Usage(1, 30, 20, 0.25), cut=True)
    assert voice.asked == 0
    assert recorded.events == before


def test_a_call_that_the_budget_refused_is_refused_again(recorded: MemoryRecorder) -> None:
    (refused,) = recorded.decisions(NOT_ASKED)
    assert refused.subject == "c1.3"
    before, voice = list(recorded.events), Voice("now there would be a reply")
    with pytest.raises(BudgetSpent, match="no more"):
        wired(voice, Past(recording(recorded)), recorded).ask(asked(), CallKey(Role.DETECTION, 1, 3))
    assert voice.asked == 0
    assert recorded.events == before


@pytest.mark.parametrize(
    ("words", "key"),
    [("Write another rule.", KEY), ("Write a rule.", CallKey(Role.DETECTION, 1, 2, 1))],
)
def test_what_is_not_on_record_is_asked_for(recorded: MemoryRecorder, words: str, key: CallKey) -> None:
    voice = Voice("fresh")
    past = Past(recording(recorded))
    assert not past.caught_up
    assert wired(voice, past, recorded).ask(asked(words), key).text == "fresh"
    assert past.caught_up, "the present has begun"
    assert voice.asked == 1


def test_a_question_that_was_asked_twice_gets_both_replies_in_their_order() -> None:
    recorder = MemoryRecorder()
    for text in ("first", "second"):
        RecordedSpeaker(Voice(text), recorder, "propose#1", lambda: 1.0).ask(asked(), KEY)
    speaker = wired(Voice(), Past(recording(recorder)), recorder)
    assert [speaker.ask(asked(), KEY).text for _ in range(2)] == ["first", "second"]
    assert len(recorder.calls(Role.DETECTION)) == 2


def test_a_reply_is_used_as_it_was_recorded() -> None:
    past = Past(clean=lambda text: text.replace("secret", "[removed]"))
    assert wired(Voice("a secret"), past, MemoryRecorder()).ask(asked(), KEY).text == "a [removed]"


def test_a_fork_copies_replies_at_no_cost_and_asks_nobody_before_its_step(recorded: MemoryRecorder) -> None:
    step, copy = NodeRun("propose#2"), MemoryRecorder()
    past = Past(None, recording(recorded, borrowed=True), step)
    voice = Voice("live")
    speaker = wired(voice, past, copy)
    assert speaker.ask(asked(), KEY).usage == Usage()
    (call,) = copy.calls(Role.DETECTION)
    assert (call.replayed, call.usd, call.input_tokens, call.cut) == (True, 0.0, 0, True)
    with pytest.raises(UnknownCall):
        speaker.ask(asked("unheard of"), KEY)
    assert not past.caught_up
    past.observe(SpanBegin(at=1.0, span="propose#2", node="propose", round=2))
    assert speaker.ask(asked("unheard of"), KEY).text == "live"
    assert past.caught_up
    assert voice.asked == 1


def test_a_language_models_replies_taint_whoever_is_asked_now() -> None:
    voice = Voice()
    voice.is_language_model = False
    assert wired(voice, Past(tainted=True), MemoryRecorder()).is_language_model
    assert not wired(voice, Past(), MemoryRecorder()).is_language_model


def test_an_unknown_call_is_told_apart_from_the_nearest_known_one(recorded: MemoryRecorder) -> None:
    speaker = RecordingSpeaker("replay:s-1", True, recording(recorded), recorded.blob)
    assert speaker.ask(asked(), KEY).text == "a rule …"
    with pytest.raises(UnknownCall) as raised:
        speaker.ask(asked("Write two rules."), KEY)
    assert isinstance(raised.value, ModelUnavailable)
    assert "replay:s-1 holds no reply for detection c1.2 attempt 0" in str(raised.value)
    assert "'Write a rule.' where this has 'Write two rules.'" in str(raised.value)
    assert "-Write a rule.\n+Write two rules." in raised.value.diff
    with pytest.raises(UnknownCall, match="none at all to review"):
        speaker.ask(asked(), CallKey(Role.REVIEW, 1, 2))


def test_long_evidence_is_compared_field_by_field() -> None:
    recorder = MemoryRecorder()
    evidence = '{"version":1,' + ",".join(f'"f{i}":{i}' for i in range(200)) + "}"
    RecordedSpeaker(Voice("a rule"), recorder, "propose#1", lambda: 1.0).ask(asked(evidence), KEY)
    speaker = RecordingSpeaker("replay:s-1", True, recording(recorder), recorder.blob)
    with pytest.raises(UnknownCall) as raised:
        speaker.ask(asked(evidence.replace('"f77":77', '"f77":78')), KEY)
    assert len(raised.value.diff.splitlines()) < 10
    assert '-"f77":77,\n+"f77":78,' in raised.value.diff


class Slow:
    """A sandbox whose rules are done in so many seconds each, and whose jobs run out of time."""

    name, sealed = "slow", True

    def __init__(self, each_s: float) -> None:
        self.each_s = each_s
        self.limits: list[float] = []

    def run(self, job: Job) -> tuple[Outcome, ...]:
        self.limits.append(job.limits.job_s)
        done = [(number + 1) * self.each_s <= job.limits.job_s for number in range(len(job.evaluations))]
        return tuple(Ran(np.zeros(2), self.each_s) if ran else TimedOut(job.limits.job_s) for ran in done)

    def close(self) -> None: ...


JOB = Job("source", (Input(np.zeros(2), np.arange(2)),), (Evaluation({}),) * 3)


@pytest.mark.parametrize(("then_s", "done"), [(1.0, 3), (25.0, 2), (70.0, 0)])
@pytest.mark.parametrize("now_s", [0.5, 100.0])
def test_a_job_runs_out_of_time_where_it_did_on_record_and_nowhere_else(then_s: float, done: int, now_s: float) -> None:
    recorder = MemoryRecorder()
    first = RecordedSandbox(Slow(then_s), recorder, "tune#1", "tune c1.1", lambda: 1.0).run(JOB)
    past = Past(recording(recorder))
    again = PatientSandbox(Slow(now_s), past, "tune#1", "tune c1.1").run(JOB)
    assert [type(each) for each in again] == [type(each) for each in first]
    assert sum(isinstance(each, Ran) for each in again) == done
    assert [each.seconds for each in again if isinstance(each, Ran)] == [then_s] * done
    assert [each.limit_s for each in again if isinstance(each, TimedOut)] == [60.0] * (3 - done)
    fresh = Slow(now_s)
    PatientSandbox(fresh, past, "tune#1", "tune c1.1").run(JOB)
    assert fresh.limits == [60.0], "what is not on record keeps its own limit"


def stops(past: Past, live: Callable[[], str | None], times: int = 3) -> list[str | None]:
    return [past.stop("tune#1", "item 1", live)[0] for _ in range(times)]


def test_a_gate_stops_where_it_did_on_record_whatever_the_clock_says() -> None:
    facts: dict[str, float | int | str | bool | None] = {"ending": "interrupted", "asked": 2}
    stop = Decision(at=1.0, span="tune#1", subject="item 1", verdict=STOPPED, why="", facts=facts)
    other = SpanBegin(at=1.0, span="tune#1", node="tune", round=1)
    past = Past(Recording([other, stop], str))
    assert stops(past, lambda: "budget_spent") == [None, "interrupted", None]
    past = Past(Recording([other, stop], str))
    assert past.observe(other)
    assert past.observe(stop)
    assert stops(past, lambda: "budget_spent") == ["budget_spent", "interrupted", "budget_spent"]
    past = Past(Recording([], str), finished=True)
    assert stops(past, lambda: "budget_spent") == [None] * 3


def test_each_recorded_event_is_met_once_whenever_it_happened() -> None:
    one = SpanBegin(at=1.0, span="vet#1", node="vet", round=1)
    past = Past(Recording([one, one], str))
    again: list[Event] = [one.model_copy(update={"at": 9.0}) for _ in range(3)]
    assert [past.observe(event) for event in again] == [True, True, False]
    assert past.left() == ()
    assert past.caught_up


def test_settings_turn_when_their_step_begins() -> None:
    turns = [EarlierSettings(NodeRun("target#1"), "first"), EarlierSettings(NodeRun("repair#1", 2), "second")]
    past = Past(turns=turns)
    seen = [past.settings("now")]
    for span in ("target#1", "repair#1", "repair#1"):
        past.observe(SpanBegin(at=1.0, span=span, node=span[:-2], round=1))
        seen.append(past.settings("now"))
    assert seen == ["first", "second", "second", "now"]


def test_steps_are_the_runs_of_nodes_and_where_they_begin() -> None:
    def begin(span: str) -> Event:
        return SpanBegin(at=1.0, span=span, node=span[:-2], round=1)

    found = steps([begin("vet#1"), begin("repair#1"), begin("vet#1"), begin("vet#2")])
    assert {str(step): place for step, place in found.items()} == {"vet#1": 0, "repair#1": 1, "vet#1.2": 2, "vet#2": 3}


def test_a_recording_without_keys_still_answers() -> None:
    recorder = MemoryRecorder()
    RecordedSpeaker(Voice("a rule"), recorder, "propose#1", lambda: 1.0).ask(asked(), KEY)
    (call,) = recorder.calls(Role.DETECTION)
    older = ModelCall.model_validate(call.model_dump(exclude={"key", "parameters", "replayed"}))
    past = Past(Recording([older], lambda name: recorder.blobs[name].decode()))
    assert wired(Voice(), past, recorder).ask(asked(), KEY).text == "a rule"
