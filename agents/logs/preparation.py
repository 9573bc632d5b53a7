"""What a strategy needs before the log is read: instructions ranked, or examples chosen, on labelled lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from argosy.agents.logs.batches import Bounds, never_interrupted
from argosy.agents.logs.entries import LabelledTemplate
from argosy.agents.logs.labelled_sample import MOST_EXAMPLES, chosen
from argosy.agents.logs.self_prompt import RankedTask, ranked_tasks
from argosy.agents.logs.strategies import TRAITS, AskingStyle, Strategy, style_of
from argosy.agents.models.speaker import Speaker
from argosy.signals.errors import BadInput


@dataclass(frozen=True)
class PreparedStrategy:
    """The style to ask in, and for self-prompt how the instructions did."""

    style: AskingStyle
    ranked: Sequence[RankedTask] = ()


def prepare_strategy(
    strategy: Strategy,
    sample: Sequence[LabelledTemplate],
    speaker: Speaker,
    bounds: Bounds,
    interrupted: Callable[[], bool] = never_interrupted,
) -> PreparedStrategy:
    """What the strategy needs before the log is read. Raises BadInput without the sample, and ModelUnavailable."""
    refuse_without_sample(strategy, sample)
    match strategy:
        case Strategy.SELF_PROMPT:
            ranked = ranked_tasks(sample, speaker, bounds, interrupted=interrupted)
            return PreparedStrategy(style_of(strategy, ranked[0].task), ranked)
        case Strategy.IN_CONTEXT:
            return PreparedStrategy(style_of(strategy, examples=chosen(sample, MOST_EXAMPLES)))
        case _:
            return PreparedStrategy(style_of(strategy))


def refuse_without_sample(strategy: Strategy, sample: Sequence[LabelledTemplate]) -> None:
    """Raises BadInput where the strategy needs labelled lines of both kinds and they are not there."""
    if not TRAITS[strategy].needs_sample:
        return
    mend = "give --sample FILE with a label for each line, or another --strategy"
    if not sample:
        raise BadInput(f"--strategy {strategy}", "needs labelled lines", mend)
    if len({each.abnormal for each in sample}) < 2:
        kind = "abnormal" if sample[0].abnormal else "normal"
        raise BadInput("--sample", f"every template in it is {kind}", "give labelled lines of both kinds")
