"""The one fake: a chat model that says what it is told to say."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.chat_speaker import ChatSpeaker

Answer = str | AIMessage | Exception


class ScriptedModel(BaseChatModel):
    """Answers from a list, in order, or by a function of the messages; an exception among the answers is raised.

    `asked` holds the messages of each call. Safe to call from several threads at once.
    """

    answers: Sequence[Answer] | Callable[[list[BaseMessage]], Answer]

    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _lock: Any = PrivateAttr(default_factory=Lock)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return self._asked

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._lock:
            at = len(self._asked)
            self._asked.append(messages)
        if not callable(self.answers):
            assert at < len(self.answers), f"asked {at + 1} times, with {len(self.answers)} answers"
        answer = self.answers(messages) if callable(self.answers) else self.answers[at]
        if isinstance(answer, Exception):
            raise answer
        message = AIMessage(answer) if isinstance(answer, str) else answer
        return ChatResult(generations=[ChatGeneration(message=message)])


def scripted_speaker(model: ScriptedModel, *, is_language_model: bool = True, caps: Caps | None = None) -> ChatSpeaker:
    """A speaker for a scripted model: no price, a clock that stands still."""
    return ChatSpeaker(
        lambda _task, _form: model,
        "scripted",
        is_language_model=is_language_model,
        price=None,
        budget=Budget(caps or Caps(), lambda: 0.0),
        parameters={},
        max_output_tokens=1_000,
    )
