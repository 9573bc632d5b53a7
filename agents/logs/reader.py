"""LogPrompt as a reader of logs: lines in, a verdict and a reason for each out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from argosy.agents.logs.answers import NumberedVerdict
from argosy.agents.logs.batches import BatchVerdicts, Bounds, judge, never_interrupted
from argosy.agents.logs.entries import TemplateEntry
from argosy.agents.logs.strategies import AskingStyle, Strategy, style_of
from argosy.agents.models.chain import members
from argosy.agents.models.speaker import Speaker
from argosy.detectors.logs.templates import OTHERS, Template, TemplateMiner
from argosy.signals.lines import Lines
from argosy.signals.scores import Scores

ABNORMAL, NORMAL = 1.0, 0.0
_LINES_A_BATCH = 8_192


class KnownVerdicts(Protocol):
    """Verdicts of earlier runs, by how was asked and what."""

    def find(self, asked_as: str, texts: Sequence[str]) -> Mapping[str, NumberedVerdict]: ...

    def keep(self, asked_as: str, answers: Mapping[str, NumberedVerdict]) -> None: ...


class NoKnownVerdicts:
    """Knows nothing and keeps nothing."""

    def find(self, asked_as: str, texts: Sequence[str]) -> Mapping[str, NumberedVerdict]:  # noqa: ARG002
        return {}

    def keep(self, asked_as: str, answers: Mapping[str, NumberedVerdict]) -> None:
        """Nothing is kept."""


class LogPrompt:
    """Judges lines by their templates (arXiv 2308.07610): a template is read once, and not at all where it is known.

    `done` is told, after each batch, how many templates have a verdict and how many there are. `last` says of the last
    run what was asked, `answered_by` how many of its templates each model gave a verdict on.

    Verdicts are kept under who gave them, and only those of the preferred model are known from earlier runs: what
    another said in its place is asked again. They are kept under how often the template was seen in how long a log,
    too, to the order of magnitude, as the question says both. What is no language model is asked anew each time: it
    costs nothing, and what it says rests on counts.
    """

    name = "logprompt"

    def __init__(
        self,
        speaker: Speaker,
        style: AskingStyle | None = None,
        bounds: Bounds | None = None,
        verdicts: KnownVerdicts | None = None,
        clean: Callable[[str], str] = lambda text: text,
        interrupted: Callable[[], bool] = never_interrupted,
        done: Callable[[int, int], None] = lambda _known, _all: None,
    ) -> None:
        self._speaker = speaker
        self._style = style or style_of(Strategy.SIMPLE)
        self._bounds = bounds or Bounds()
        self._verdicts: KnownVerdicts = verdicts or NoKnownVerdicts()
        self._clean, self._interrupted, self._done = clean, interrupted, done
        self.last = BatchVerdicts()
        self.recalled = 0
        self.answered_by = Counter[str]()

    @property
    def preferred(self) -> str:
        """The name of the model that answers where it can be asked."""
        return members(self._speaker)[0].name

    def asked_as(self, model: str) -> str:
        """Under what a model's verdicts are kept: its name, its parameters, strategy and the words of the prompt."""
        speaker = next(each for each in members(self._speaker) if each.name == model)
        parameters = ",".join(f"{name}={value}" for name, value in sorted(speaker.parameters.items()))
        return f"{speaker.name}({parameters}) {self._style.strategy} {self._style.version}"

    def score(self, lines: Lines) -> Scores:
        """1 for a line whose template was judged abnormal, 0 for normal, NaN where there is no verdict.

        Reasons by index, of abnormal lines alone. Raises what the speaker raises, save for a budget that is spent:
        then the rest has no verdict, and `last.why` says so.
        """
        miner = TemplateMiner()
        spans = range(0, len(lines), _LINES_A_BATCH)
        ids = [miner.add([str(each) for each in lines.texts[at : at + _LINES_A_BATCH]]) for at in spans]
        answers = self.read(miner.templates)
        values = np.full(len(lines), np.nan)
        reasons: dict[int, str] = {}
        for place, id in enumerate(np.concatenate(ids).tolist() if ids else []):
            answer = answers.get(id)
            if answer is not None:
                values[place] = ABNORMAL if answer.abnormal else NORMAL
                if answer.abnormal:
                    reasons[place] = answer.reason or "judged abnormal, without a reason"
        return Scores(values, reasons=reasons)

    def read(self, templates: Sequence[Template]) -> Mapping[int, NumberedVerdict]:
        """Verdicts by template id, those of earlier runs first; what has none is missing."""
        wanted = [each for each in templates if each.id != OTHERS]
        lines = sum(each.count for each in templates)
        answers = self._recalled(wanted, lines)
        self.recalled = len(answers)
        todo = [each for each in wanted if each.id not in answers]

        def keep(found: Mapping[int, NumberedVerdict]) -> None:
            found = {place: replace(answer, by=answer.by or self.preferred) for place, answer in found.items()}
            for model in {answer.by for answer in found.values()} & self._language_models:
                said = {_known_as(todo[place], lines): answer for place, answer in found.items() if answer.by == model}
                self._verdicts.keep(self.asked_as(model), said)
            answers.update({todo[place].id: answer for place, answer in found.items()})
            self._done(len(answers), len(wanted))

        self._done(len(answers), len(wanted))
        entries = [self._entry(each) for each in todo]
        self.last = judge(entries, self._speaker, self._style, self._bounds, keep, self._interrupted, total=lines)
        self.answered_by = Counter(answer.by for answer in answers.values())
        return answers

    @property
    def _language_models(self) -> set[str]:
        return {each.name for each in members(self._speaker) if each.is_language_model}

    def _recalled(self, templates: Sequence[Template], lines: int) -> dict[int, NumberedVerdict]:
        """The verdicts of earlier runs, by template id."""
        if self.preferred not in self._language_models:
            return {}
        names = {each.id: _known_as(each, lines) for each in templates}
        known = self._verdicts.find(self.asked_as(self.preferred), list(set(names.values())))
        return {id: replace(known[name], by=self.preferred) for id, name in names.items() if name in known}

    def _entry(self, template: Template) -> TemplateEntry:
        examples = tuple(self._clean(each) for each in template.examples[: self._bounds.examples])
        return TemplateEntry(self._clean(template.text), template.count, examples, template.severity)


def _known_as(template: Template, lines: int) -> str:
    """Under what its verdict is kept: the same words at another level, or far more often, are another message."""
    often = f"{len(str(template.count))}/{len(str(lines))}"  # how many digits each has
    return f"{often}\t{template.severity.name}\t{template.text}"
