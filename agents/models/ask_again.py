"""Asking once more, with the reason why an answer cannot be used."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import CallKey, Reply, Speaker
from argosy.prompts import render

_QUOTED_CHARS = 6_000

MOST_CALLS_AN_ANSWER = 2
"""An answer that cannot be used is asked for once more, with the reason."""


def ask_again(
    speaker: Speaker,
    messages: Sequence[BaseMessage],
    reply: Reply,
    key: CallKey,
    *,
    reason: str,
    form: ReplyForm | None = None,
) -> Reply:
    """Continues the conversation: what was answered, and why it cannot be used. Without a form, a rule is wanted."""
    said = reply.text[:_QUOTED_CHARS] or "(nothing)"
    more = [AIMessage(said), HumanMessage(render("shared", "again", reason=reason, code=form is None))]
    return speaker.ask([*messages, *more], replace(key, attempt=key.attempt + 1), form)
