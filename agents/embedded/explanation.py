"""The embedded author's stand-in for explanation: sentences put together from the numbers in the prompt.

No language model: it says of every alert the same things in the same words, as far as the evidence has them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_JSON = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)


def explain_alert(prompt: str, seed: int) -> str:  # noqa: ARG001  what stands in the numbers does not depend on chance
    """The sentences about the last evidence in a prompt, in the form that it asks for."""
    found = _JSON.findall(prompt)
    try:
        evidence = json.loads(found[-1]) if found else {}
    except ValueError:
        evidence = {}
    return json.dumps({"sentences": list(_sentences(evidence)) if evidence.get("kind") == "explanation" else []})


def _sentences(evidence: Mapping[str, Any]) -> Iterator[str]:
    figures, moments = evidence["figures"], evidence["moments"]
    yield _values(figures, moments)
    yield _length(figures, moments)
    if figures.get("change"):
        yield _change(figures)
    yield from _firing(evidence, figures)


def _values(figures: Mapping[str, float], moments: Mapping[str, str]) -> str:
    if "farthest_from_usual" not in figures:
        return f"All values from {moments['start']} on are missing."
    value, when = f"{figures['farthest_from_usual']:.6g}", moments["farthest_from_usual"]
    if "usual_before" not in figures:
        return f"At {when} the value was {value}; nothing is known before."
    word = "rose" if figures["change"] > 0 else "fell" if figures["change"] < 0 else "stayed at"
    if word == "stayed at":
        return f"At {when} the value was {value}, which is the median before."
    return f"At {when} the value {word} to {value}, from a median of {figures['usual_before']:.6g} before."


def _length(figures: Mapping[str, float], moments: Mapping[str, str]) -> str:
    points = figures["points_in_alert"]
    if points == 1:
        return f"The alert began at {moments['start']} and lasted 1 point."
    return f"The alert began at {moments['start']} and lasted {points:.0f} points, until {moments['last']}."


def _change(figures: Mapping[str, float]) -> str:
    side = "above" if figures["change"] > 0 else "below"
    said = f"That is {abs(figures['change']):.6g} {side} the median before"
    if "spreads_from_usual" in figures:
        said += f", or {figures['spreads_from_usual']:.6g} spreads"
    return said + "."


def _firing(evidence: Mapping[str, Any], figures: Mapping[str, float]) -> Iterator[str]:
    yield f"The score was {figures['score']:.6g}, at or above its threshold of 1."
    if evidence["clauses"]:
        yield f"The clause that decided is `{evidence['clauses'][0]}`."
