"""What the model server of the pages answers: what the embedded author would, by what the prompt asks for."""

import json
from typing import Any

from argosy.agents.embedded.author import answer
from argosy.agents.embedded.standins import STANDINS
from argosy.agents.models.speaker import Pattern

_OPENINGS = {
    "log of a computer system": Pattern.LOGS,
    "engineer on call for a computer system": Pattern.LOGS,
    "find anomalous points in one window": Pattern.DIRECT,
    "explain to an engineer on call": Pattern.EXPLANATION,
    "review records that a statistical detector found": Pattern.OUTLIERS,
    "choose an anomaly detector": Pattern.SELECTION,
    "continue time series": Pattern.FORECASTER,
    "find anomalies in time series": Pattern.PROMPTER,
}
"""Words of the first lines of a system prompt, and what is asked for there."""

_CARD = {
    "summary": "How few points lie near a value.",
    "standing": 1,
    "strengths": {"smooth": {"weight": 1, "why": "values that are rare stand out"}},
    "weaknesses": {"seasonal": {"weight": 2, "why": "it does not know the hour"}},
}


def reply(body: dict[str, Any]) -> str:
    """The text that answers a request for a chat completion."""
    texts = [_text(message["content"]) for message in body["messages"]]
    opening, prompt = texts[0][:400], "\n\n".join(texts)
    if "write a card for an anomaly detector" in opening:
        return json.dumps(_CARD)
    for words, pattern in _OPENINGS.items():
        if words in opening:
            return STANDINS[pattern](prompt, 0)
    return answer(prompt, 0)


def _text(content: str | list[dict[str, str]]) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
