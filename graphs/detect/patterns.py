"""The patterns that can judge a signal: one row each, with what it reads and which agents it asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from argosy.agents.direct import DirectSettings, read_series
from argosy.agents.logs.reader import LogPrompt
from argosy.agents.models.speaker import BudgetSpent, Pattern, Speaker
from argosy.agents.sigllm import forecaster, prompter
from argosy.agents.sigllm.digits import digits_for
from argosy.agents.sigllm.findings import Findings, Plan, Preparation
from argosy.agents.sigllm.forecaster import ForecasterOptions, ForecastReader
from argosy.agents.sigllm.prompter import Prompter, PrompterOptions
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.calibration import BUDGET_WORDS
from argosy.detectors.records import readers
from argosy.eval.objective import OBJECTIVES
from argosy.signals.arrays import Bools
from argosy.signals.lines import Lines
from argosy.signals.records import Records
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Signal


class SignalKind(StrEnum):
    """What a signal is."""

    SERIES = "series"
    LINES = "lines"
    RECORDS = "records"


TYPES: Mapping[SignalKind, type[Signal]] = {
    SignalKind.SERIES: Series,
    SignalKind.LINES: Lines,
    SignalKind.RECORDS: Records,
}


def kind_of(signal: Signal) -> SignalKind:
    """What a signal is."""
    return next(kind for kind, type_ in TYPES.items() if isinstance(signal, type_))


@dataclass(frozen=True, eq=False)
class PatternInput:
    """What a pattern may use. Points before `learn_stop` are what it may learn from, with their `labels`, shape (n,).

    `clean` takes secrets out of texts before a model sees them.
    """

    speaker: Speaker
    learn_stop: int = 0
    labels: Bools | None = None
    seed: int = 0
    direct: DirectSettings = field(default_factory=DirectSettings)
    clean: Callable[[str], str] = lambda text: text


@dataclass(frozen=True, eq=False)
class PatternScores:
    """A pattern's scores, with what should be known of how it came to them."""

    scores: Scores
    notes: tuple[str, ...] = ()


Judge = Callable[[Signal, PatternInput], PatternScores]
S = TypeVar("S", Series, Lines, Records)


@dataclass(frozen=True)
class PatternRow:
    """A pattern: its name, the kind of signal that it reads, how it judges, and the agents that it asks.

    `judge` raises ModelUnavailable where the model cannot be asked, and BadInput for a signal that it cannot judge.
    """

    name: str
    kind: SignalKind
    judge: Judge
    asks: tuple[Pattern, ...] = ()

    @property
    def needs_model(self) -> bool:
        return bool(self.asks)


def rows() -> tuple[PatternRow, ...]:
    """All patterns; a name may stand once for each kind of signal."""
    baselines = [PatternRow(name, SignalKind.SERIES, _only(Series, _baseline(name))) for name in BASELINES]
    return (
        *baselines,
        PatternRow("direct", SignalKind.SERIES, _only(Series, _direct), (Pattern.DIRECT,)),
        PatternRow("sigllm-prompter", SignalKind.SERIES, _only(Series, _prompter), (Pattern.PROMPTER,)),
        PatternRow("sigllm-detector", SignalKind.SERIES, _only(Series, _forecaster), (Pattern.FORECASTER,)),
        PatternRow(readers.NAME, SignalKind.SERIES, _only(Series, _windows)),
        PatternRow("logprompt", SignalKind.LINES, _only(Lines, _logprompt), (Pattern.LOGS,)),
        PatternRow(readers.NAME, SignalKind.LINES, _only(Lines, _lines)),
        PatternRow(readers.NAME, SignalKind.RECORDS, _only(Records, _records)),
    )


def of_kind(kind: SignalKind) -> Mapping[str, PatternRow]:
    """The patterns that read signals of a kind, by name."""
    return {row.name: row for row in rows() if row.kind is kind}


def _only(type_: type[S], judge: Callable[[S, PatternInput], PatternScores]) -> Judge:
    """A judge of one type of signal as one of any, which refuses the others."""

    def checked(signal: Signal, tools: PatternInput) -> PatternScores:
        if not isinstance(signal, type_):
            raise TypeError(f"a pattern for {type_.__name__} was given {type(signal).__name__}")
        return judge(signal, tools)

    return checked


def _baseline(name: str) -> Callable[[Series, PatternInput], PatternScores]:
    def judge(series: Series, tools: PatternInput) -> PatternScores:
        stop = tools.learn_stop or len(series)
        labels = None if tools.labels is None else tools.labels[:stop]
        detector = BASELINES[name](OBJECTIVES["default"], tools.seed).fit(series.part(0, stop), labels)
        if detector.chosen is None:
            return PatternScores(detector.score(series), (f"{stop:,} points say too little to learn from: no opinion",))
        by = "by labels" if labels is not None and labels.any() else f"for {BUDGET_WORDS}"
        return PatternScores(detector.score(series), (f"fitted on the first {stop:,} points, its threshold {by}",))

    return judge


def _direct(series: Series, tools: PatternInput) -> PatternScores:
    read = read_series(tools.speaker, series, tools.direct)
    return PatternScores(read.scores, (f"{len(read.windows)} windows asked about", *read.notes))


def _prompter(series: Series, tools: PatternInput) -> PatternScores:
    form = Preparation(digits=digits_for(tools.speaker.name))
    # The embedded author gives one answer however often it is asked.
    options = PrompterOptions(preparation=form, samples=PrompterOptions().samples if _is_model(tools) else 1)
    plan = prompter.plan(series, options)
    return _found(plan, Prompter(tools.speaker, options).read(plan))


def _forecaster(series: Series, tools: PatternInput) -> PatternScores:
    options = ForecasterOptions(preparation=Preparation(digits=digits_for(tools.speaker.name)))
    plan = forecaster.plan(series, options)
    return _found(plan, ForecastReader(tools.speaker, options).read(plan))


def _is_model(tools: PatternInput) -> bool:
    return tools.speaker.is_language_model


def _found(plan: Plan, found: Findings) -> PatternScores:
    answers = found.answers
    if answers.left_out and not answers.asked:
        raise BudgetSpent(answers.why)
    notes = [f"{answers.asked} answers on {len(plan.prompts)} windows, {answers.unreadable} unreadable"]
    notes += [f"{answers.left_out} answers were not asked for: {answers.why}"] if answers.left_out else []
    return PatternScores(found.scores, tuple(notes))


def _logprompt(lines: Lines, tools: PatternInput) -> PatternScores:
    reader = LogPrompt(tools.speaker, clean=tools.clean)
    scores, judged = reader.score(lines), reader.last
    if judged.not_asked and not judged.answers:
        raise BudgetSpent(judged.why)
    notes = [f"{len(judged.answers)} templates judged"]
    notes += [f"{len(judged.unanswered)} got no usable answer"] if judged.unanswered else []
    notes += [f"{len(judged.not_asked)} were not asked about: {judged.why}"] if judged.not_asked else []
    return PatternScores(scores, tuple(notes))


def _windows(series: Series, tools: PatternInput) -> PatternScores:
    return PatternScores(readers.SeriesReader(learn=tools.learn_stop or None).score(series))


def _lines(lines: Lines, tools: PatternInput) -> PatternScores:
    return PatternScores(readers.LinesReader(learn=tools.learn_stop or None).score(lines))


def _records(records: Records, tools: PatternInput) -> PatternScores:
    reader = readers.RecordsReader(learn=tools.learn_stop or None)
    return PatternScores(reader.score(records), reader.detector.notes)
