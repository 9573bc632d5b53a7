"""What a run of the detect graph is given: the signal, settings, models, and where it records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from argosy.agents.direct import DirectSettings
from argosy.agents.explanation import CheckedExplanation
from argosy.agents.models.speaker import Speaker
from argosy.detectors.fusion.blend import Blend
from argosy.graphs.detect.patterns import Kind, PatternInput, PatternRow, PatternScores, kind_of
from argosy.graphs.recording.events import Decision
from argosy.graphs.recording.recorder import Clock, Recorder
from argosy.signals.arrays import Bools
from argosy.signals.scores import Scores
from argosy.signals.shapes import Selector, Signal


@dataclass(frozen=True)
class DetectSettings:
    """Which patterns judge (or are offered to the selector, which takes at most `most_selected`), and how they agree.

    `explain` is how many alerts are explained at most; 0 for none.
    """

    patterns: tuple[str, ...]
    how: Blend = Blend.ANY
    weights: Mapping[str, float] = field(default_factory=dict)
    most_selected: int = 3
    explain: int = 0
    seed: int = 0
    workers: int = 2
    direct: DirectSettings = field(default_factory=DirectSettings)


class DetectData:
    """The arrays of one run. Points before `learn_stop` may be learned from, with `labels`, shape (n,), if any."""

    def __init__(
        self, signal: Signal, labels: Bools | None = None, learn_stop: int = 0, *, times_known: bool = True
    ) -> None:
        self.signal, self.labels, self.learn_stop = signal, labels, learn_stop
        self.times_known = times_known
        self.said: dict[str, PatternScores] = {}
        self.fused: Scores | None = None
        self.explained: dict[int, CheckedExplanation] = {}

    @property
    def kind(self) -> Kind:
        return kind_of(self.signal)


@dataclass(frozen=True)
class DetectContext:
    """Everything a run needs from outside. `speaker` gives the model, recorded under a span's mark.

    `rows` are the patterns that may be named. `selector` is made with the speaker that it asks; None to take all.
    `clean` takes secrets out of texts.
    """

    settings: DetectSettings
    slate: DetectData
    rows: Mapping[str, PatternRow]
    speaker: Callable[[str], Speaker]
    recorder: Recorder
    clock: Clock
    selector: Callable[[Speaker], Selector] | None = None
    clean: Callable[[str], str] = lambda text: text


@dataclass(frozen=True)
class Desk:
    """A node's view of the context: whatever it asks or decides is recorded under its span."""

    context: DetectContext
    span: str

    @property
    def slate(self) -> DetectData:
        return self.context.slate

    @property
    def settings(self) -> DetectSettings:
        return self.context.settings

    @property
    def speaker(self) -> Speaker:
        return self.context.speaker(self.span)

    def tools(self) -> PatternInput:
        """What a pattern is given under this desk's span."""
        slate, settings = self.slate, self.settings
        return PatternInput(
            self.speaker, slate.learn_stop, slate.labels, settings.seed, settings.direct, self.context.clean
        )

    def decide(self, subject: str, verdict: str, why: str = "", **facts: float | int | str | bool | None) -> None:
        c = self.context
        c.recorder.append(
            Decision(at=c.clock(), span=self.span, subject=subject, verdict=verdict, why=why, facts=facts)
        )
