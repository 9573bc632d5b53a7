"""The embedded author's stand-in for the review of outliers: it says what is rare, and drops nothing.

No language model: it repeats the counts that stand in the prompt, and knows nothing of the rules of a business.
"""

import json
import re

_EVIDENCE = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MOST_SAID = 3


def review_records(prompt: str, seed: int) -> str:  # noqa: ARG001  what stands in the evidence does not depend on chance
    """The answer about the batch in a prompt: every record kept, each with its rarest values."""
    found = _EVIDENCE.findall(prompt)
    records = json.loads(found[-1])["flagged"] if found else []
    said = [{"id": each["id"], "reason": _reason(each["unusual"])} for each in records]
    summary = "By the counts alone; nothing was dropped."
    return json.dumps({"outliers": [each["id"] for each in records], "reason": summary, "reasons": said})


def _reason(unusual: list[str]) -> str:
    if not unusual:
        return "No value alone is rare; their combination is."
    return "Rare for its group: " + "; ".join(unusual[:_MOST_SAID])
