"""What a run of a schedule is: its source is read, and the detector refreshed on it, once for each run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pydantic

from argosy.agents.models.addresses import address
from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import ModelUnavailable
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refine import Settings
from argosy.graphs.refresh.defaults import EXPIRES_DAYS, PROBATION_DAYS
from argosy.inputs.sources.errors import NoData, SourceUnavailable
from argosy.inputs.sources.spec import SourceSpec, open_feed
from argosy.inputs.time_text import iso
from argosy.models.gguf import SCHEME
from argosy.models.roles import read_roles
from argosy.models.table import Models
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandboxes import SandboxChoice
from argosy.scheduling.rows import Facts, Outcome, RunResult, RunRow, ScheduleRow
from argosy.scheduling.worker import Perform
from argosy.service.known_series import NO_LABELS, earlier_series, relabelled
from argosy.service.refresh import RefreshRequest, RefreshResult, ShadowPeriod, refresh
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.rows import DetectorRow, Json
from argosy.store.status_rows import Status
from argosy.store.store import Store
from argosy.workspace import Workspace

Kept = TypeVar("Kept", bound=pydantic.BaseModel)


class RequestSpec(pydantic.BaseModel):
    """What a schedule keeps of how it refreshes."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: str = EMBEDDED
    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None
    seconds: float | None = None
    sandbox: SandboxChoice = SandboxChoice.AUTO
    accept_risk: bool = False
    rounds: int = 2
    candidates: int = 5
    search: bool = True
    approve: bool = False
    shadow_points: int | None = None
    shadow_days: float | None = None
    expires_days: float | None = EXPIRES_DAYS
    probation_days: float = PROBATION_DAYS

    def as_json(self) -> Json:
        """Plain JSON values."""
        return self.model_dump(mode="json")

    def request(self, detector: str, key: str) -> RefreshRequest:
        """The request of one run."""
        return RefreshRequest(
            detector=detector,
            key=key,
            model=self.model,
            settings=Settings(rounds=self.rounds, candidates=self.candidates),
            caps=Caps(self.calls, self.tokens, self.usd, self.seconds),
            sandbox=self.sandbox,
            accept_risk=self.accept_risk,
            approve=self.approve,
            shadow=ShadowPeriod.of(self.shadow_points, self.shadow_days),
            search=self.search,
            expires_days=self.expires_days,
            probation_days=self.probation_days,
        )


@dataclass(frozen=True)
class RefreshPerformer:
    """Performs runs. `environ` is where sources find their secrets."""

    workspace: Workspace
    environ: Mapping[str, str]

    @property
    def store(self) -> Store:
        return self.workspace.store

    def perform(self, schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> RunResult:
        """Reads and refreshes; whatever may go wrong with either is an outcome."""
        try:
            return self._refreshed(schedule, run, taken)
        except BadInput as error:
            return RunResult(Outcome.REFUSED, str(error))
        except NoData as error:
            return RunResult(Outcome.NOTHING_NEW, str(error))
        except (SourceUnavailable, ModelUnavailable, SandboxUnavailable, StoreUnavailable) as error:
            return RunResult(Outcome.UNAVAILABLE, f"{type(error).__name__}: {error}", again=True)

    def _refreshed(self, schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> RunResult:
        request = _kept(RequestSpec, schedule.request).request(schedule.detector, run.id)
        done = self.store.refreshes.of_key(run.id)
        if done is not None and done.json is not None:
            return _told(RefreshResult.of(done.json))
        live = live_detector(self.store, schedule.line)
        if not self.store.claims.free(schedule.line):
            return RunResult(
                Outcome.UNAVAILABLE, f"detector {live.id} is being refreshed by another process", again=True
            )
        seen = earlier_series(self.store, schedule.line)
        seen_until = seen.until
        if run.due <= seen_until:
            why = f"it was due for {iso(int(run.due))}, and {iso(seen_until)} was seen already"
            return RunResult(Outcome.NOTHING_NEW, why, {"seen_until": seen_until})
        feed = open_feed(_kept(SourceSpec, schedule.source), live.base.get("column"), self.environ)
        loaded = feed.load(seen_until, int(run.due))
        last = int(loaded.series.seconds[-1])
        if last <= seen_until and not len(relabelled(seen, loaded)):
            why = f"the data end at {iso(last)}, and {iso(seen_until)} was seen already"
            return RunResult(Outcome.NOTHING_NEW, why, {"seen_until": seen_until, "ends": last})
        return _told(refresh(request, loaded, self.workspace, Observer(interrupted=taken)))


def performer(workspace: Workspace, environ: Mapping[str, str]) -> Perform:
    """What a worker executes."""
    return RefreshPerformer(workspace, environ).perform


def live_detector(store: Store, line: str) -> DetectorRow:
    """The detector of a line that is in service. Raises BadInput where none is."""
    live = store.service.with_status(line, Status.LIVE)
    if live is None:
        raise BadInput(f"detector {line}", "nothing of its line is in service", "argosy schedule remove, or a new run")
    return store.detectors.find(live)


def check_scheduled(store: Store, detector: str) -> DetectorRow:
    """The detector in service that a schedule would refresh. Raises BadInput where a schedule could do nothing."""
    row = store.detectors.find(detector)
    live = live_detector(store, store.service.line_of(row.id))
    if not earlier_series(store, store.service.line_of(row.id)).loaded.times_known:
        mend = "make it with a column of times"
        raise BadInput(f"detector {row.id}", "was made on rows without times, and a schedule goes by times", mend)
    return live


def check_model(text: str, models: Models) -> str:
    """What --model says, if it names models: whether they answer, and whether there is a key, the worker will see.

    Raises BadInput.
    """
    for spec in dict.fromkeys(spec for chain in read_roles(text).values() for spec in chain):
        if spec.startswith(SCHEME) and not Path(spec.removeprefix(SCHEME)).is_absolute():
            raise BadInput(f"--model {spec}", "is found from this folder only", "give the file's whole path")
        if spec != EMBEDDED and not spec.startswith(SCHEME):
            address(spec, models.of(spec))
    return text


def _kept(shape: type[Kept], values: object) -> Kept:
    try:
        return shape.model_validate(values)
    except pydantic.ValidationError as error:
        problem = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        mend = "argosy schedule remove, and add it again with this version"
        raise BadInput("the schedule", f"was kept with settings that mean nothing here ({problem})", mend) from error


def _told(done: RefreshResult) -> RunResult:
    facts: Facts = {
        "refresh": done.id,
        "session": done.session,
        "decision": done.decision.value,
        "state": done.state.value,
        "champion": done.champion,
        "live": done.live,
        "challenger": done.challenger,
        "approval": done.approval,
        "seen_until": done.seen_until,
        "calls": done.cost.calls,
        "tokens": done.cost.tokens,
        "usd": done.cost.usd,
        "work_s": done.cost.seconds,
    }
    why = f"{done.why}; {NO_LABELS}" if NO_LABELS in done.notes else done.why
    return RunResult(Outcome.REFRESHED, why, facts)
