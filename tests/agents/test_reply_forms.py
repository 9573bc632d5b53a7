"""The form of its reply comes with every call of an agent, also where it is asked again."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from langchain_core.messages import BaseMessage

from argosy.agents.claims.scene import Scene
from argosy.agents.direct import INDICES_FORM, DirectSettings, read_series
from argosy.agents.explanation import SENTENCES_FORM, explain
from argosy.agents.model_selector import ModelSelector
from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import CallKey, Pattern, Reply, Role, Speaker, Usage
from argosy.agents.outliers import OUTLIERS_FORM, FlaggedRecord, ReviewBatch
from argosy.agents.outliers import review as review_records
from argosy.agents.rules.detection import propose
from argosy.agents.rules.repair import ask_for_repair
from argosy.agents.rules.review import VERDICT_FORM, review
from argosy.agents.selection import SELECTION_FORM, select
from argosy.agents.sigllm.forecaster import ForecasterOptions, ForecastReader
from argosy.agents.sigllm.prompter import Prompter, PrompterOptions
from argosy.agents.sigllm.reply_forms import NUMBERS, NUMBERS_OR_NONE
from argosy.signals.profile import profile
from argosy.signals.series import Series
from tests.agents.cases import RULE, detection_evidence, repair_evidence, review_evidence

SERIES = Series("s", 60 * np.arange(600, dtype=np.int64), np.sin(np.arange(600) / 9.0) + np.arange(600) % 7, 60)
BATCH = ReviewBatch(
    group=None, compared_with="all", records=40, flagged=(FlaggedRecord(id=1, score=1.5, fields={"city": "Oslo"}),)
)


class Mumbler:
    """Answers nothing that can be read, and keeps the forms that it was asked for."""

    name, is_language_model = "mumbler", True
    parameters: dict[str, float | int | str | None] = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.forms: list[ReplyForm | None] = []

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        self.forms.append(form)
        return Reply("Well.", Usage(1))


def key(role: Role | Pattern) -> CallKey:
    return CallKey(role, 1, 1)


def choose(speaker: Speaker) -> object:
    brief = ModelSelector(speaker).brief(profile(SERIES), ("robust_z", "ewma"))
    return select(speaker, brief, key(Pattern.SELECTION))


AGENTS: dict[str, tuple[Callable[[Speaker], object], ReplyForm | None]] = {
    "detection": (lambda s: propose(s, detection_evidence(), key(Role.DETECTION)), None),
    "repair": (lambda s: ask_for_repair(s, RULE, repair_evidence(), key(Role.REPAIR)), None),
    "review": (lambda s: review(s, RULE, review_evidence(), key(Role.REVIEW)), VERDICT_FORM),
    "direct": (lambda s: read_series(s, SERIES, DirectSettings()), INDICES_FORM),
    "explanation": (
        lambda s: explain(s, Scene(SERIES, 300, 308, 1.8, ("ewma",)), key(Pattern.EXPLANATION)),
        SENTENCES_FORM,
    ),
    "outliers": (lambda s: review_records(s, BATCH, key(Pattern.OUTLIERS)), OUTLIERS_FORM),
    "selection": (choose, SELECTION_FORM),
    "prompter": (lambda s: Prompter(s, PrompterOptions(100, 50, 1)).score(SERIES), NUMBERS_OR_NONE),
    "forecaster": (lambda s: ForecastReader(s, ForecasterOptions()).score(SERIES), NUMBERS),
}


@pytest.mark.parametrize("agent", AGENTS)
def test_every_call_says_the_form_of_its_reply(agent: str) -> None:
    ask, form = AGENTS[agent]
    speaker = Mumbler()
    ask(speaker)
    assert len(speaker.forms) > 1
    assert set(map(id, speaker.forms)) == {id(form)}
