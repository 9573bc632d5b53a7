"""The embedded author's stand-in for selection: the best match of the cards, with the reasons that the cards give.

No language model: it weighs nothing beyond the points that stand in the prompt.
"""

import json
import re

_JSON = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)


def choose_detector(prompt: str, seed: int) -> str:  # noqa: ARG001  what stands in the numbers does not depend on chance
    """The choice among the candidates in the prompt, in the form that it asks for."""
    found = _JSON.findall(prompt)
    try:
        evidence = json.loads(found[0]) if found else {}
    except ValueError:
        evidence = {}
    candidates = evidence.get("candidates", []) if evidence.get("kind") == "selection" else []
    if not candidates:
        return "I see no candidates that I can read, so I have nothing to choose from."
    ranked = sorted(candidates, key=lambda each: -each["score"])
    names = [each["name"] for each in ranked]
    reason = "; ".join(ranked[0]["reasons"])
    if len(ranked) > 1:
        reason += f". Next is {names[1]}, by {ranked[0]['score'] - ranked[1]['score']:.2f} points"
    return json.dumps({"choice": names[0], "others": names[1:4], "reason": reason}, ensure_ascii=False)
