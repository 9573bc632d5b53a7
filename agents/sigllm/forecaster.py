"""The detector: the model continues the digits of a window; large errors of its forecasts are anomalies."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from argosy.agents.models.speaker import Pattern, Speaker
from argosy.agents.sigllm.ask import AskOptions, WindowAnswers, ask_all
from argosy.agents.sigllm.digits import Digits, format_numbers
from argosy.agents.sigllm.findings import JUST_BELOW, Findings, Plan, Preparation, PreparedSeries, findings
from argosy.agents.sigllm.forecasts import align_forecasts, median_forecast, without_outliers
from argosy.agents.sigllm.reply_forms import NUMBERS
from argosy.agents.sigllm.thresholds import Thresholding, find_anomalies, lowest_thresholds, smoothed
from argosy.agents.sigllm.windows import forecast_starts
from argosy.prompts import render
from argosy.signals.arrays import Floats, Ints
from argosy.signals.errors import BadInput
from argosy.signals.scores import Scores
from argosy.signals.series import Series

_SPARE_TOKENS = 16


@dataclass(frozen=True)
class ForecasterOptions:
    """The published defaults. Window, step and horizon are in segments; `smoothing` is a share of the errors' length.

    `drop_outliers` leaves forecasts out that are far from all others, as the published pipeline for GPT does.
    """

    window: int = 140
    horizon: int = 5
    step: int = 1
    samples: int = 1
    smoothing: float = 0.01
    drop_outliers: bool = False
    thresholding: Thresholding = field(default_factory=Thresholding)
    preparation: Preparation = field(default_factory=Preparation)


class ForecastReader:
    """SigLLM's detector as a reader: not causal, nothing learned beforehand.

    Within an anomaly a score is 1 plus its severity, elsewhere the smoothed error over the lowest threshold of its
    windows, below 1. The first window, and what was not forecast, is NaN. Beyond what is published, windows may be any
    step apart up to the horizon, all forecast steps count, and a forecast that cannot be read spoils no median.
    """

    name = "sigllm detector"

    def __init__(self, speaker: Speaker, options: ForecasterOptions, ask_options: AskOptions | None = None) -> None:
        self._speaker, self._options, self._ask_options = speaker, options, ask_options or AskOptions()

    def score(self, series: Series) -> Scores:
        """Raises BadInput and ModelUnavailable; with a spent budget, points that were not forecast are NaN."""
        return self.read(plan(series, self._options)).scores

    def read(self, plan: Plan) -> Findings:
        """The same with intervals, and with how the asking went."""
        answers = ask_all(self._speaker, Pattern.FORECASTER, NUMBERS, plan.prompts, plan.samples, self._ask_options)
        return findings_of(plan, self._options, answers)


def plan(series: Series, options: ForecasterOptions) -> Plan:
    """Windows and prompts for a series. Raises BadInput for one that is too short or cannot be written in digits."""
    if options.step > options.horizon:
        mend = f"give a step of at most {options.horizon}, or a longer --horizon"
        raise BadInput(f"--step-size {options.step}", "leaves points out that no window forecasts", mend)
    prepared = PreparedSeries.of(series, options.preparation)
    numbers = prepared.numbers
    if len(numbers) <= options.window:
        problem = f"{len(numbers)} points leave nothing to forecast after a window of {options.window}"
        raise BadInput(f"series {series.id}", problem, "give more points, a shorter --window or a shorter --interval")
    starts = forecast_starts(len(numbers), options.window, options.step)
    digits = options.preparation.digits
    texts = [format_numbers(numbers[start : start + options.window].tolist(), digits) for start in starts.tolist()]
    each = max(len(format_numbers([number], digits)) for number in numbers.tolist()) + (
        3 if digits is Digits.SPACED else 1
    )
    reply_tokens = each * options.horizon + _SPARE_TOKENS
    prompts = [prompt(text, options.horizon, digits) for text in texts]
    return Plan(prepared, starts, prompts, options.samples, reply_tokens)


def prompt(sequence: str, horizon: int, digits: Digits) -> Sequence[BaseMessage]:
    """The messages about one window."""
    return (
        SystemMessage(render("sigllm", "forecaster_system", spaced=digits is Digits.SPACED)),
        HumanMessage(render("sigllm", "forecaster_user", sequence=sequence, horizon=horizon)),
    )


def findings_of(plan: Plan, options: ForecasterOptions, answers: WindowAnswers) -> Findings:
    """Scores and intervals from the answers, on the points that at least one of them forecasts."""
    values = plan.prepared.values
    table = align_forecasts(len(values), plan.starts + options.window, answers.windows, options.horizon)
    forecast = plan.prepared.scale.restored(
        median_forecast(without_outliers(table) if options.drop_outliers else table)
    )
    at = np.flatnonzero(~np.isnan(forecast))
    scores, why = np.full(len(values), np.nan), dict[int, str]()
    if len(at):
        errors = smoothed(np.abs(values[at] - forecast[at]), options.smoothing)
        scores[at], why = _scores(errors, at, values, forecast, options.thresholding)
    return findings(plan.prepared, scores, why, answers)


def _scores(
    errors: Floats, at: Ints, values: Floats, forecast: Floats, how: Thresholding
) -> tuple[Floats, dict[int, str]]:
    """Scores of the smoothed errors, and for each anomaly, by its first segment, what was expected at its peak."""
    limits = lowest_thresholds(errors, how)
    scores = np.divide(errors, limits, out=np.zeros(len(errors)), where=limits > 0)
    scores = np.minimum(scores, JUST_BELOW)
    reasons = {}
    for each in find_anomalies(errors, how):
        inside = slice(each.start, each.stop)
        scores[inside] = 1.0 + each.severity
        peak = int(at[each.start + int(np.argmax(errors[inside]))])
        expected = f"{values[peak]:g} where {forecast[peak]:g} was forecast"
        reasons[int(at[each.start])] = f"{expected}; smoothed error {errors[inside].max():g}"
    return scores, reasons
