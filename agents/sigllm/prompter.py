"""The prompter: the model lists anomalous values of a window; samples and windows vote."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from argosy.agents.models.speaker import Pattern, Speaker
from argosy.agents.sigllm.ask import AskOptions, WindowAnswers, ask_all
from argosy.agents.sigllm.digits import Digits, format_numbers
from argosy.agents.sigllm.findings import Findings, Plan, Preparation, PreparedSeries, findings
from argosy.agents.sigllm.reply_forms import NUMBERS_OR_NONE
from argosy.agents.sigllm.votes import agreed_points, padded, support
from argosy.agents.sigllm.windows import covering, window_starts
from argosy.prompts import render
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.errors import BadInput
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series

REPLY_SHARE = 0.5
"""A reply may be as long as this share of its window: the published bound."""

_REPLY_SLACK_TOKENS = 16
_SHOWN_VALUES = 5


@dataclass(frozen=True)
class PrompterOptions:
    """The published defaults. Window, step and padding are in segments; `alpha` and `beta` are shares of votes."""

    window: int = 200
    step: int = 40
    samples: int = 10
    alpha: float = 0.4
    beta: float = 0.5
    padding: int = 50
    preparation: Preparation = field(default_factory=Preparation)


class Prompter:
    """SigLLM's prompter as a reader: not causal, nothing learned beforehand.

    A score is the windows that vote for a point over those that it needs, at least 1 within the padding. Beyond what is
    published, a last window covers what rolling leaves over, and a point needs its share of those windows that it lies
    in and that were answered, so that the ends of a series can be found anomalous too.
    """

    name = "sigllm prompter"

    def __init__(self, speaker: Speaker, options: PrompterOptions, ask_options: AskOptions | None = None) -> None:
        self._speaker, self._options, self._ask_options = speaker, options, ask_options or AskOptions()

    def score(self, series: Series) -> Scores:
        """Raises BadInput and ModelUnavailable; with a spent budget, points that no window speaks of are NaN."""
        return self.read(plan(series, self._options)).scores

    def read(self, plan: Plan) -> Findings:
        """The same with intervals, and with how the asking went."""
        answers = ask_all(
            self._speaker, Pattern.PROMPTER, NUMBERS_OR_NONE, plan.prompts, plan.samples, self._ask_options
        )
        return findings_of(plan, self._options, answers)


def plan(series: Series, options: PrompterOptions) -> Plan:
    """Windows and prompts for a series. Raises BadInput for a series that cannot be written in digits."""
    if options.step > options.window:
        mend = f"give a step of at most {options.window}"
        raise BadInput(f"--step-size {options.step}", "leaves points out that no window holds", mend)
    prepared = PreparedSeries.of(series, options.preparation)
    starts = window_starts(len(prepared.numbers), options.window, options.step)
    digits = options.preparation.digits
    texts = [format_numbers(window.tolist(), digits) for window in _windows(prepared.numbers, starts, options.window)]
    reply_tokens = int(max(map(len, texts)) * REPLY_SHARE) + _REPLY_SLACK_TOKENS
    return Plan(prepared, starts, [prompt(text, digits) for text in texts], options.samples, reply_tokens)


def prompt(sequence: str, digits: Digits) -> Sequence[BaseMessage]:
    """The messages about one window."""
    return (
        SystemMessage(render("sigllm", "prompter_system", spaced=digits is Digits.SPACED)),
        HumanMessage(render("sigllm", "prompter_user", sequence=sequence)),
    )


def findings_of(plan: Plan, options: PrompterOptions, answers: WindowAnswers) -> Findings:
    """Scores and intervals from the answers. Windows without an answer that could be read have no vote."""
    numbers, starts = plan.prepared.numbers, plan.starts
    windows = _windows(numbers, starts, options.window)
    flags = [agreed_points(window, said, options.alpha) for window, said in zip(windows, answers.windows, strict=True)]
    voters = covering(len(numbers), starts[[bool(said) for said in answers.windows]], options.window)
    share = support(len(numbers), starts, flags, voters, options.beta)
    wide = padded(share >= 1.0, options.padding)
    scores = np.where(wide, np.fmax(share, 1.0), share)
    return findings(plan.prepared, scores, _reasons(plan.prepared, share, wide, voters), answers)


def _windows(numbers: Ints, starts: Ints, size: int) -> list[Ints]:
    return [numbers[start : start + size] for start in starts.tolist()]


def _reasons(prepared: PreparedSeries, share: Floats, wide: Bools, voters: Ints) -> dict[int, str]:
    """For each interval, by its first segment, which values were named and how many windows could say so."""
    reasons = {}
    for start, stop in runs(wide).tolist():
        at = np.flatnonzero(share[start:stop] >= 1.0) + start
        values = list(dict.fromkeys(f"{prepared.values[i]:g}" for i in at.tolist()))
        shown = ", ".join(values[:_SHOWN_VALUES]) + (", …" if len(values) > _SHOWN_VALUES else "")
        most = int(voters[at].max())
        reasons[start] = f"{shown} called anomalous, by enough of {most} window{'s' if most != 1 else ''}"
    return reasons
