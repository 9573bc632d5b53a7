"""The embedded author: a chat model without a language model, which composes rules from a grammar of known detectors.

It gets the same prompts as any model and answers in the same form, reading nothing but the evidence block and the
source in them. Its token counts are estimates.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import TypeAdapter, ValidationError

from argosy.agents.embedded.detection import propose_recipe
from argosy.agents.embedded.grammar import compose, summary
from argosy.agents.embedded.repair import repair_rule
from argosy.agents.embedded.review import review_rule
from argosy.agents.embedded.standins import STANDINS
from argosy.agents.models.speaker import Pattern
from argosy.agents.rules.evidence import DetectionEvidence, Evidence, RepairEvidence, ReviewEvidence

CHARACTERS_A_TOKEN = 3.0
_EVIDENCE: TypeAdapter[DetectionEvidence | RepairEvidence | ReviewEvidence] = TypeAdapter(Evidence)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


class EmbeddedAuthor(BaseChatModel):
    """Composes, mends and reviews rules; deterministic for a seed and a prompt.

    >>> EmbeddedAuthor(seed=0)._llm_type
    'embedded'
    """

    seed: int = 0

    @property
    def _llm_type(self) -> str:
        return "embedded"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": "embedded", "seed": self.seed}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        pattern: str | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        prompt = "\n\n".join(str(message.text) for message in messages)
        text = answer(prompt, self.seed) if pattern is None else STANDINS[Pattern(pattern)](prompt, self.seed)
        usage = UsageMetadata(
            input_tokens=_tokens(prompt), output_tokens=_tokens(text), total_tokens=_tokens(prompt) + _tokens(text)
        )
        reply = AIMessage(
            content=text,
            usage_metadata=usage,
            response_metadata={"model_name": "embedded", "finish_reason": "stop", "estimated": True},
        )
        return ChatResult(generations=[ChatGeneration(message=reply)])


def answer(prompt: str, seed: int) -> str:
    """The reply to a prompt: it goes by the last evidence block in it, and by the last Python source."""
    evidence = _evidence_in(prompt)
    source = _last_fence(prompt, "python")
    match evidence:
        case DetectionEvidence():
            recipe = propose_recipe(evidence, _mixed(seed, evidence))
            return f"{summary(recipe)}\n\n```python\n{compose(recipe)}```\n"
        case RepairEvidence():
            source = repair_rule(source or "", evidence)
            if source is None:
                return "I cannot mend this rule: I did not write it, and the failure is not one I know a mend for."
            return f"Mended: {evidence.failure}.\n\n```python\n{source.rstrip()}\n```\n"
        case ReviewEvidence():
            return f"```json\n{review_rule(evidence)}\n```\n"
    return "I see no evidence block that I can read, so I have nothing to say."


def _evidence_in(prompt: str) -> DetectionEvidence | RepairEvidence | ReviewEvidence | None:
    for text in reversed(_fences(prompt, "json")):
        try:
            return _EVIDENCE.validate_json(text)
        except ValidationError:
            continue
    return None


def _fences(prompt: str, language: str) -> Sequence[str]:
    return [body for tag, body in _FENCE.findall(prompt) if tag == language]


def _last_fence(prompt: str, language: str) -> str | None:
    found = _fences(prompt, language)
    return found[-1] if found else None


def _mixed(seed: int, evidence: DetectionEvidence) -> int:
    """A seed of its own for every round and piece of evidence."""
    text = f"{seed}|{evidence.model_dump_json(exclude={'candidate'})}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _tokens(text: str) -> int:
    return int(len(text) / CHARACTERS_A_TOKEN) + 1
