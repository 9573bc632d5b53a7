"""What a run of the detect graph needs from outside, and what its nodes see of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from argosy.agents.checked_explanation import CheckedExplanation
from argosy.agents.direct import DirectSettings
from argosy.agents.models.chain import Chain
from argosy.agents.models.speaker import Speaker
from argosy.detectors.fusion.blend import Blend
from argosy.graphs.detect.patterns import PatternInput, PatternRow, PatternScores, SignalKind, kind_of
from argosy.graphs.recording.node_context import NodeContext
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
        self.pattern_scores: dict[str, PatternScores] = {}
        self.fused: Scores | None = None
        self.explained: dict[int, CheckedExplanation] = {}

    @property
    def kind(self) -> SignalKind:
        return kind_of(self.signal)


@dataclass(frozen=True)
class DetectContext:
    """Everything a run needs from outside.

    `rows` are the patterns that may be named. `selector` is made with the speaker that it asks; None to take all.
    `clean` takes secrets out of texts.
    """

    settings: DetectSettings
    data: DetectData
    rows: Mapping[str, PatternRow]
    model: Speaker | Chain
    recorder: Recorder
    clock: Clock
    selector: Callable[[Speaker], Selector] | None = None
    clean: Callable[[str], str] = lambda text: text


class DetectNodeContext(NodeContext[DetectContext]):
    """With the model, each call of which is recorded."""

    @property
    def data(self) -> DetectData:
        return self.context.data

    @property
    def settings(self) -> DetectSettings:
        return self.context.settings

    @property
    def speaker(self) -> Speaker:
        return self.recorded_speaker(self.context.model)

    def tools(self) -> PatternInput:
        """What a pattern is given under this span."""
        data, settings = self.data, self.settings
        return PatternInput(
            self.speaker, data.learn_stop, data.labels, settings.seed, settings.direct, self.context.clean
        )
