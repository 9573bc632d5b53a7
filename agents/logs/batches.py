"""Batches of templates put to a model, and put again where numbers are missing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Event, Lock

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from argosy.agents.logs.answers import NumberedVerdict, read_answers
from argosy.agents.logs.entries import TemplateEntry, entry_line, whole_log
from argosy.agents.logs.strategies import AskingStyle
from argosy.agents.models.chat_speaker import estimate_tokens
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Pattern, Speaker, Usage
from argosy.prompts import render


@dataclass(frozen=True)
class Bounds:
    """How much is asked at once. `entry_tokens` bounds the lines of a prompt, estimated; `most_entries` the answers.

    `attempts` counts the first question too. `examples` is how many real lines stand beside a template.
    """

    entry_tokens: int = 2_000
    most_entries: int = 40
    attempts: int = 3
    at_once: int = 4
    examples: int = 1


@dataclass(eq=False)
class BatchVerdicts:
    """What came of it: `answers` by the place of the entry. The other places were `unanswered`, or never asked.

    `made_up` counts answers to numbers that nobody asked for; `why` says what stopped the asking, if something did.
    """

    answers: dict[int, NumberedVerdict] = field(default_factory=dict)
    unanswered: set[int] = field(default_factory=set)
    not_asked: set[int] = field(default_factory=set)
    made_up: int = 0
    asked_again: int = 0
    usage: Usage = field(default_factory=Usage)
    why: str = ""


Keep = Callable[[Mapping[int, NumberedVerdict]], None]
"""Takes the answers of a batch, by the place of the entry, as soon as they are there."""


def discard_verdicts(_answers: Mapping[int, NumberedVerdict]) -> None:
    """Keeps nothing."""


def never_interrupted() -> bool:
    """Nobody interrupts."""
    return False


def judge(
    entries: Sequence[TemplateEntry],
    speaker: Speaker,
    style: AskingStyle,
    bounds: Bounds,
    keep: Keep = discard_verdicts,
    interrupted: Callable[[], bool] = never_interrupted,
    candidate: int = 1,
    total: int | None = None,
) -> BatchVerdicts:
    """Asks about every entry, in batches, several at once; of each batch again for the numbers that are missing.

    `total` is how many lines the whole log has: those of the entries where it is not given.

    When the budget is spent, or somebody interrupts, what was answered until then stays and the rest was not asked.
    Raises ModelUnavailable; what `keep` was given stays.
    """
    total = sum(each.count for each in entries) if total is None else total
    turn = _Turn(entries, speaker, style, bounds, keep, interrupted, candidate, total)
    with ThreadPoolExecutor(max_workers=bounds.at_once) as pool:
        try:
            list(pool.map(turn.batch, count(1), batches(entries, bounds)))
        except BaseException as error:
            turn.end(str(error))  # those still waiting for their turn give up
            raise
    return turn.judged


def batches(entries: Sequence[TemplateEntry], bounds: Bounds) -> Sequence[range]:
    """Places of entries that go together, in their order. An entry that is too long alone goes alone."""
    found: list[range] = []
    start = tokens = 0
    for place, entry in enumerate(entries):
        size = estimate_tokens(entry_line(place, entry, bounds.examples)) + 1
        if place > start and (tokens + size > bounds.entry_tokens or place - start == bounds.most_entries):
            found.append(range(start, place))
            start, tokens = place, 0
        tokens += size
    if entries:
        found.append(range(start, len(entries)))
    return found


class _Turn:
    """One asking: what its batches share while they run side by side."""

    def __init__(
        self,
        entries: Sequence[TemplateEntry],
        speaker: Speaker,
        style: AskingStyle,
        bounds: Bounds,
        keep: Keep,
        interrupted: Callable[[], bool],
        candidate: int,
        total: int,
    ) -> None:
        self.judged = BatchVerdicts()
        self._entries, self._speaker, self._bounds = entries, speaker, bounds
        self._system = SystemMessage(style.system)
        self._keep, self._interrupted, self._candidate = keep, interrupted, candidate
        self._whole = whole_log(total)
        self._over = Event()
        self._lock = Lock()

    def end(self, why: str) -> None:
        """Nothing more is asked from now on."""
        with self._lock:
            self.judged.why = self.judged.why or why
        self._over.set()

    def batch(self, number: int, places: range) -> None:
        """Asks about one batch and notes what came of it."""
        found: dict[int, NumberedVerdict] = {}
        asked = False
        for attempt, messages in self._messages(places, found):
            if self._is_over():
                break
            try:
                reply = self._speaker.ask(messages, CallKey(Pattern.LOGS, number, self._candidate, attempt))
            except BudgetSpent as spent:
                self.end(str(spent))
                break
            except ModelUnavailable as gone:
                self.end(str(gone))
                raise
            asked = True
            answers = read_answers(reply.text, range(1, len(places) + 1))
            self._count(reply.usage, answers.made_up, attempt > 0)
            new = {number - 1: answer for number, answer in answers.found.items() if number - 1 not in found}
            found |= {at: replace(answer, by=reply.by) for at, answer in new.items()}
        self._note(places, found, asked)

    def _messages(self, places: range, found: Mapping[int, NumberedVerdict]) -> Iterator[tuple[int, list[BaseMessage]]]:
        """The question, and as long as numbers are missing the question for those; each with its attempt."""
        entries = [self._entries[place] for place in places]
        lines = [entry_line(at + 1, entry, self._bounds.examples) for at, entry in enumerate(entries)]
        question = HumanMessage(render("logs", "user", entries=lines, last=len(lines), total=self._whole))
        yield 0, [self._system, question]
        for attempt in range(1, self._bounds.attempts):
            missing = [at for at in range(len(lines)) if at not in found]
            if not missing:
                return
            numbers = ", ".join(str(at + 1) for at in missing)
            left = [lines[at] for at in missing]
            again = render("logs", "again", entries=left, numbers=numbers, total=self._whole)
            yield attempt, [self._system, HumanMessage(again)]

    def _is_over(self) -> bool:
        if not self._over.is_set() and self._interrupted():
            self.end("interrupted")
        return self._over.is_set()

    def _count(self, usage: Usage, made_up: int, again: bool) -> None:
        with self._lock:
            self.judged.usage += usage
            self.judged.made_up += made_up
            self.judged.asked_again += again

    def _note(self, places: range, found: Mapping[int, NumberedVerdict], asked: bool) -> None:
        answers = {places[at]: answer for at, answer in found.items()}
        missing = [place for place in places if place not in answers]
        with self._lock:
            self.judged.answers |= answers
            (self.judged.unanswered if asked else self.judged.not_asked).update(missing)
            if answers:
                self._keep(answers)
