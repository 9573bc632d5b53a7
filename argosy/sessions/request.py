"""What a session is asked to do, as a value, and as the JSON by which it can be done again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import pydantic

from argosy.agents.models.budget import Caps
from argosy.eval.shares import LOCKBOX, VALIDATION
from argosy.graphs.refine import Settings
from argosy.graphs.refine.graph import Node
from argosy.graphs.refine.offers import Library
from argosy.graphs.refine.shortlist_settings import ShortlistSettings
from argosy.graphs.replay.past import EarlierSettings, NodeRun
from argosy.inputs.tables.read_series import TableRequest
from argosy.sandboxes import SandboxChoice
from argosy.sessions.in_service import InService
from argosy.signals.errors import BadInput
from argosy.store.rows import SessionRow
from argosy.store.sessions import PATTERN


@dataclass(frozen=True)
class Fork:
    """Which session a fork goes on from, at which step, and the place of its beginning among that session's events.

    `by_language_model` says whether one could be asked there: what it wrote may come along.
    """

    of: str
    at: NodeRun
    stop: int
    by_language_model: bool


@dataclass(frozen=True)
class SessionRequest:
    """What one session is asked to do; the defaults are those of `argosy run`.

    `instead` replaces nodes of the graph by name, for the controls of a benchmark. `library` are stored rules to be
    tried before the model is asked. `selecting` is by what baselines are shortlisted, None to try all. `turns` are the
    settings that a fork had before its step, and `settings` those from then on.
    """

    table: TableRequest
    base: str = "auto"
    model: str = "embedded"
    settings: Settings = field(default_factory=Settings)
    objective: str = "default"
    validation: float = VALIDATION
    lockbox: float = LOCKBOX
    caps: Caps = field(default_factory=Caps)
    sandbox: SandboxChoice = SandboxChoice.AUTO
    accept_risk: bool = False
    instead: Mapping[str, Node] = field(default_factory=dict)
    turns: tuple[EarlierSettings[Settings], ...] = ()
    fork: Fork | None = None
    library: Library = field(default_factory=Library)
    selecting: ShortlistSettings | None = None
    in_service: InService = InService.AUTO


def settings_json(request: SessionRequest, data: str, by_language_model: bool) -> dict[str, Any]:
    """What a store keeps of a request: its settings to be looked at, and under `request` all that `recall` needs.

    `data` names the artefact with what was read, and `by_language_model` says whether one was there to be asked.
    """
    return {
        **asdict(request.settings),
        "objective": request.objective,
        "validation": request.validation,
        "lockbox": request.lockbox,
        "caps": asdict(request.caps),
        "instead": sorted(request.instead),
        "file": str(request.table.path),
        "argosy": version("argosy"),
        "language_model": by_language_model,
        "data": data,
        "request": _adapter().dump_python(request, mode="json", exclude={"instead"}),
    }


def refuse_pattern(row: SessionRow) -> None:
    """Raises BadInput for the run of a pattern, or a refresh: there is nothing of rules to go on with."""
    if PATTERN in row.settings:
        problem = f"is a run of {row.settings[PATTERN]}, which wrote no rules"
        raise BadInput(f"session {row.id}", problem, "run it again as it was run")


def recall(row: SessionRow) -> tuple[SessionRequest, str]:
    """The request of a stored session, and the name of its data. Raises BadInput where they were not kept."""
    place = f"session {row.id}"
    if row.settings.get("instead"):
        raise BadInput(place, "is a control of a benchmark", "repeat it with argosy bench")
    refuse_pattern(row)
    try:
        return _adapter().validate_python(row.settings["request"]), str(row.settings["data"])
    except (KeyError, pydantic.ValidationError) as error:
        problem = "was recorded by another version of Argosy, without what is needed to do it again"
        raise BadInput(place, problem, "argosy run makes a new one") from error


def _adapter() -> pydantic.TypeAdapter[SessionRequest]:
    return pydantic.TypeAdapter(SessionRequest)
