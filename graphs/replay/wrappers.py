"""The wrappers that answer from a record: round a speaker, a sandbox, and where a session records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import repeat

from langchain_core.messages import BaseMessage

from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Parameter, Reply, Speaker, Usage
from argosy.graphs.recording.events import Decision, Event
from argosy.graphs.recording.recorder import Clock, Recorder, encoded, prompt_text
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.recording import NOT_ASKED, Question, Recording
from argosy.graphs.replay.unknown import unknown_call
from argosy.sandbox.protocol import Job, Outcome, Ran, Sandbox, TimedOut

PATIENCE = 10.0
"""A job that was done in time on record gets so many times its limit: this machine may be slower, or busy."""


class RememberingSpeaker:
    """A speaker that is asked only what is not on record; a call that the budget refused is refused again."""

    def __init__(self, live: Speaker, past: Past, recorder: Recorder, span: str, clock: Clock) -> None:
        self.name = live.name
        self.is_language_model = live.is_language_model or past.tainted
        self.parameters = live.parameters
        self._live, self._past, self._recorder, self._span, self._clock = live, past, recorder, span, clock

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        """Raises what the speaker raises, and UnknownCall before the step up to which all must be on record."""
        prompt = prompt_text(messages)
        question = _question(key, self._recorder.blob(encoded(prompt)))
        answer = self._past.answer(question)
        if answer is not None:
            self._recorder.append(answer.call.model_copy(update={"at": self._clock(), "span": self._span}))
            return answer.reply
        refused = self._past.refusal(question)
        if refused is not None:
            self._refuse(question, refused)
            raise BudgetSpent(refused)
        if self._past.before_its_turn:
            raise unknown_call(question, prompt, self._past.recordings, "the recording")
        return self._ask(messages, key, form, question)

    def _ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None, question: Question) -> Reply:
        self._past.go_on()
        try:
            reply = self._live.ask(messages, key, form)
        except BudgetSpent as spent:
            self._refuse(question, str(spent))
            raise
        return replace(reply, text=self._past.clean(reply.text))

    def _refuse(self, question: Question, why: str) -> None:
        """Which of several calls the budget reaches depends on which are done first, so it is put on record."""
        self._recorder.append(
            Decision(
                at=self._clock(),
                span=self._span,
                subject=f"c{question.round}.{question.candidate}",
                verdict=NOT_ASKED,
                why=why,
                facts=asdict(question),
            )
        )


class RecordingSpeaker:
    """Speaks from a recording, and can say nothing else. `digest` names a text as the recording names its blobs."""

    parameters: Mapping[str, Parameter] = {}

    def __init__(
        self, name: str, is_language_model: bool, recording: Recording, digest: Callable[[bytes], str]
    ) -> None:
        self.name, self.is_language_model = name, is_language_model
        self._recording, self._digest = recording, digest

    def ask(
        self,
        messages: Sequence[BaseMessage],
        key: CallKey,
        form: ReplyForm | None = None,  # noqa: ARG002
    ) -> Reply:
        """Raises UnknownCall."""
        prompt = prompt_text(messages)
        question = _question(key, self._digest(encoded(prompt)))
        answer = self._recording.answer(question)
        if answer is None:
            raise unknown_call(question, prompt, [self._recording], self.name)
        return Reply(answer.text, Usage(), answer.call.cut)


def _question(key: CallKey, prompt: str) -> Question:
    return Question(key.role.value, key.round, key.candidate, key.attempt, prompt)


class PatientSandbox:
    """A sandbox in which rules take the time that they took on record, and run out of it only where they did so."""

    def __init__(self, sandbox: Sandbox, past: Past, span: str, purpose: str) -> None:
        self.name, self.sealed = sandbox.name, sandbox.sealed
        self._sandbox, self._past, self._span, self._purpose = sandbox, past, span, purpose

    def run(self, job: Job) -> tuple[Outcome, ...]:
        """Raises SandboxUnavailable."""
        recorded = self._past.job(self._span, self._purpose)
        if recorded is None or recorded.evaluations != len(job.evaluations):
            return self._sandbox.run(job)
        limits = replace(job.limits, job_s=PATIENCE * job.limits.job_s)
        in_time = recorded.evaluations if recorded.in_time is None else recorded.in_time
        done = self._sandbox.run(replace(job, limits=limits, evaluations=job.evaluations[:in_time]))
        late = repeat(TimedOut(job.limits.job_s), recorded.evaluations - in_time)
        return (*map(_timed, done, recorded.spent_s or repeat(None)), *late)

    def close(self) -> None:
        self._sandbox.close()


class ResumingRecorder:
    """Keeps what is not on record yet; `as_kept` makes an event what it is when it has been kept."""

    def __init__(self, recorder: Recorder, past: Past, as_kept: Callable[[Event], Event]) -> None:
        self._recorder, self._past, self._as_kept = recorder, past, as_kept

    def append(self, event: Event) -> None:
        if not self._past.observe(self._as_kept(event)):
            self._recorder.append(event)

    def blob(self, data: bytes) -> str:
        return self._recorder.blob(data)


def _timed(outcome: Outcome, spent_s: float | None) -> Outcome:
    """With the time on record: gates judge by it how a rule's time grows with its input."""
    return outcome if spent_s is None or not isinstance(outcome, Ran) else replace(outcome, seconds=spent_s)
