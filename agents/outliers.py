"""Outliers: a model reviews the records that a detector flagged, and no others; it keeps or drops each with a reason.

The form {outliers, reason} is that of "Anomaly detection using embeddings and GenAI" (Databricks, 2024), here with a
reason for each record beside it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from argosy.agents.models.ask_again import ask_again
from argosy.agents.models.replies import read_object, whole_number
from argosy.agents.models.reply_form import JsonForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Reply, Speaker
from argosy.agents.rules.evidence_size import estimated_tokens
from argosy.prompts import render

OUTLIERS_FORM = JsonForm(
    {
        "title": "outliers",
        "description": "Which flagged records are real outliers, and why.",
        "type": "object",
        "properties": {
            "outliers": {"type": "array", "items": {"type": "integer"}},
            "reason": {"type": "string"},
            "reasons": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": {"type": "integer"}, "reason": {"type": "string"}},
                    "required": ["id", "reason"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["outliers", "reason", "reasons"],
        "additionalProperties": False,
    }
)
"""The form of an answer, for servers that can be held to one."""

MOST_IN_PROMPT = 10
PROMPT_TOKENS = 2_500
_REASON_CHARS = 400
_LAST_COMMA = re.compile(r",(\s*[}\]])")


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FlaggedRecord(_Block):
    """A record to decide on. `unusual` are sentences on how rarely its values occur."""

    id: int
    score: float
    fields: Mapping[str, str | int | float | bool | None]
    unusual: tuple[str, ...] = ()


class ReviewBatch(_Block):
    """What one prompt is about: flagged records of one group, with the ordinary ones beside them.

    `records` counts what they were compared with: their group, or all records where it is too small.
    """

    group: str | None
    compared_with: str
    records: int
    flagged: tuple[FlaggedRecord, ...]
    ordinary: tuple[Mapping[str, str | int | float | bool | None], ...] = ()


class RecordDecision(StrEnum):
    """What became of a flagged record."""

    KEPT = "kept"
    DROPPED = "dropped"
    UNREAD = "unread"
    """No usable answer came: the record stays flagged."""
    UNASKED = "unasked"
    """The budget was spent before it: the record stays flagged."""


@dataclass(frozen=True)
class RecordVerdict:
    """What became of one flagged record, and why in the model's words; a record that is not dropped stays flagged."""

    ruling: RecordDecision
    reason: str


@dataclass(frozen=True)
class BatchReview:
    """The verdicts on one batch, by id. `made_up` counts ids in the answer that were not asked about."""

    verdicts: Mapping[int, RecordVerdict]
    summary: str = ""
    made_up: int = 0


def review_all(speaker: Speaker, review_batches: Sequence[ReviewBatch], rules: str = "") -> Iterator[BatchReview]:
    """Asks about one batch after the other; once the budget is spent, the rest stays unasked.

    `rules` are those of the business, as text. Raises ModelUnavailable.
    """
    spent = ""
    for number, batch in enumerate(review_batches, start=1):
        if not spent:
            try:
                yield review(speaker, batch, CallKey(Pattern.OUTLIERS, number, 1), rules)
                continue
            except BudgetSpent as error:
                spent = str(error)
        yield BatchReview({each.id: RecordVerdict(RecordDecision.UNASKED, spent) for each in batch.flagged})


def review(speaker: Speaker, batch: ReviewBatch, key: CallKey, rules: str = "") -> BatchReview:
    """Asks about one batch, once more where the answer cannot be read. Raises what the speaker raises."""
    system = SystemMessage(render("outliers", "system", rules=rules.strip()))
    messages = [system, HumanMessage(render("outliers", "user", evidence=batch_json(batch)))]
    reply = speaker.ask(messages, key, OUTLIERS_FORM)
    found = read_review(reply, batch)
    if isinstance(found, str):
        second = ask_again(speaker, messages, reply, key, reason=found, form=OUTLIERS_FORM)
        found = read_review(second, batch)
    if isinstance(found, str):
        return BatchReview({each.id: RecordVerdict(RecordDecision.UNREAD, found) for each in batch.flagged})
    return found


def batch_json(batch: ReviewBatch) -> str:
    """The batch as compact JSON. Backticks are escaped, so that nothing in it can close the fence around it."""
    return batch.model_dump_json().replace("`", "\\u0060")


def read_review(reply: Reply, batch: ReviewBatch) -> BatchReview | str:
    """The verdicts in a reply, or what is wrong with it as a clause for the model."""
    found = read_object(reply.text)
    if found is None or "outliers" not in found:
        found = read_object(_LAST_COMMA.sub(r"\1", reply.text))
    if found is None:
        return "it was cut off before its JSON was complete" if reply.cut else "it holds no JSON object"
    listed = found.get("outliers")
    if not isinstance(listed, list):
        return 'its JSON has no list "outliers"'
    named = [_id(each) for each in listed]
    if None in named:
        return '"outliers" holds something other than ids'
    asked = {each.id for each in batch.flagged}
    summary = _text(found.get("reason"))
    reasons = {**_reasons(listed), **_reasons(found.get("reasons"))}
    verdicts = {
        each: RecordVerdict(
            RecordDecision.KEPT if each in named else RecordDecision.DROPPED, reasons.get(each) or summary
        )
        for each in sorted(asked)
    }
    return BatchReview(verdicts, summary, made_up=len({each for each in named if each not in asked}))


def _id(value: object) -> int | None:
    """An id, also as "3", "r3", 3.0 or {"id": 3}."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if value.is_integer():
            return int(value)
        case str():
            return whole_number(value.strip().lstrip("#rR"))
        case {"id": inner}:
            return _id(inner)
    return None


def _reasons(value: object) -> dict[int, str]:
    """Reasons by id: a list of {id, reason}, or an object from id to reason."""
    if isinstance(value, dict):
        value = [{"id": id, "reason": reason} for id, reason in value.items()]
    found: dict[int, str] = {}
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict) and (id := _id(each.get("id"))) is not None:
            found[id] = _text(each.get("reason"))
    return found


def _text(value: object) -> str:
    return " ".join(value.split())[:_REASON_CHARS] if isinstance(value, str) else ""


def review_batches(
    flagged: Mapping[str | None, Sequence[FlaggedRecord]],
    about: Mapping[str | None, tuple[str, int, Sequence[Mapping[str, str | int | float | bool | None]]]],
    tokens: int = PROMPT_TOKENS,
) -> list[ReviewBatch]:
    """Flagged records by group as batches of at most ten, and of about so many tokens; a long record stands alone.

    `about` says for each group what it was compared with, how many records that are, and some ordinary ones.
    """
    made: list[ReviewBatch] = []
    for group, records in flagged.items():
        compared_with, size, ordinary = about[group]
        empty = ReviewBatch(
            group=group, compared_with=compared_with, records=size, flagged=(), ordinary=tuple(ordinary)
        )
        batches = _batches(records, tokens - estimated_tokens(batch_json(empty)))
        made += [empty.model_copy(update={"flagged": tuple(batch)}) for batch in batches]
    return made


def _batches(records: Sequence[FlaggedRecord], tokens: int) -> Iterator[list[FlaggedRecord]]:
    batch: list[FlaggedRecord] = []
    taken = 0
    for record in records:
        cost = estimated_tokens(record.model_dump_json())
        if batch and (len(batch) == MOST_IN_PROMPT or taken + cost > tokens):
            yield batch
            batch, taken = [], 0
        batch.append(record)
        taken += cost
    if batch:
        yield batch
