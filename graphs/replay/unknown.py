"""A call that a recording does not hold, told apart from the nearest one that it holds.

Exception
└── ModelUnavailable
    └── UnknownCall     nothing was asked
"""

import difflib
from collections.abc import Sequence

from argosy.agents.models.speaker import ModelUnavailable
from argosy.graphs.recording.events import ModelCall
from argosy.graphs.replay.recording import Question, Recording

_NEAREST = 8  # prompts of one role are long and alike; comparing more of them costs seconds and finds little
_SHOWN_CHARS = 160


class UnknownCall(ModelUnavailable):
    """A recording was asked what it does not hold; `diff` compares the call with the nearest known one."""

    def __init__(self, message: str, diff: str) -> None:
        super().__init__(message)
        self.diff = diff


def unknown_call(question: Question, prompt: str, recordings: Sequence[Recording], of: str) -> UnknownCall:
    """The error for a question, `prompt` being its text and `of` what the recording is called."""
    asked = _described(question)
    known = [(call, recording) for recording in recordings for call in recording.calls if call.role == question.role]
    if not known:
        return UnknownCall(f"{of} holds no reply for {asked}, and none at all to {question.role}", "")
    call, recording = _nearest(question, prompt, known)
    there = _described(call)
    before, after = _lines(there, recording.text(call.prompt)), _lines(asked, prompt)
    diff = list(difflib.unified_diff(before, after, f"known: {there}", f"asked: {asked}", n=1, lineterm=""))
    gone = next((line[1:] for line in diff[2:] if line.startswith("-")), "")
    new = next((line[1:] for line in diff[2:] if line.startswith("+")), "")
    return UnknownCall(
        f"{of} holds no reply for {asked}; the nearest known call has '{_short(gone)}' where this has '{_short(new)}'",
        "\n".join(diff),
    )


def _nearest(
    question: Question, prompt: str, known: Sequence[tuple[ModelCall, Recording]]
) -> tuple[ModelCall, Recording]:
    """Of the calls of the same place in the session, or else nearby, the one with the most alike prompt."""
    place, lines = _place(question), _lines("", prompt)
    same = [each for each in known if _place(each[0]) == place]

    def distance(each: tuple[ModelCall, Recording]) -> list[int]:
        return [abs(a - b) for a, b in zip(_place(each[0]), place, strict=True)]

    def likeness(each: tuple[ModelCall, Recording]) -> float:
        there = _lines("", each[1].text(each[0].prompt))
        return difflib.SequenceMatcher(None, there, lines, autojunk=False).ratio()

    return max(same or sorted(known, key=distance)[:_NEAREST], key=likeness)


def _place(call: ModelCall | Question) -> tuple[int, int, int]:
    return call.round, call.candidate, call.attempt


def _described(call: ModelCall | Question) -> str:
    return f"{call.role} c{call.round}.{call.candidate} attempt {call.attempt}"


def _lines(heading: str, prompt: str) -> list[str]:
    """The prompt by lines, of which those of JSON are long and are taken apart at their fields."""
    return [heading, *(part for line in prompt.splitlines() for part in _parts(line))]


def _parts(line: str) -> list[str]:
    return line.replace(',"', ',\n"').replace("},{", "},\n{").split("\n") if len(line) > _SHOWN_CHARS else [line]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + " …"
