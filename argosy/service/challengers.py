"""Making challengers: base and numbers fitted anew, or a session that looks for rules again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from argosy.agents.models.speaker import Role
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.fusion.user_base import UserBase
from argosy.detectors.rules.transfer import Unit, unit_of
from argosy.eval.objective import OBJECTIVES
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refine.bounds import most_calls
from argosy.graphs.refine.offers import Library, Offer
from argosy.graphs.refresh.context import RetunedFusion
from argosy.graphs.refresh.data import LoadedDetector, RefreshData
from argosy.graphs.refresh.outcomes import Cost, Decision
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest
from argosy.models.roles import read_roles
from argosy.models.table import Models
from argosy.service.load import load_for_refresh
from argosy.service.made_with import reading_made_with
from argosy.service.refresh_request import RefreshRequest
from argosy.sessions.base import AUTO
from argosy.sessions.estimate import REPLY_TOKENS
from argosy.sessions.in_service import InService
from argosy.sessions.past import past_of
from argosy.sessions.publish import SessionResult
from argosy.sessions.report import Report
from argosy.sessions.request import SessionRequest
from argosy.sessions.resume import resume_session
from argosy.sessions.run import SessionParts, SessionStart, run_from
from argosy.sessions.speakers import REPLAY
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.profile import profile
from argosy.signals.series import Series
from argosy.signals.shapes import Detector
from argosy.store.rows import DetectorRow, MemberRow, RuleRole, SessionRow
from argosy.store.status_rows import RefreshRow, SuccessionRow
from argosy.store.store import Store
from argosy.workspace import Workspace

AUTHOR = "refresh"
POINTS_A_SECOND = 2e6
"""How many points a rule scores in a second, about; only estimates rest on it."""

VALIDATION, LOCKBOX = 0.25, 0.1
"""The parts of a search again: its lockbox is small, as the shadow is what its detector is judged by."""


@dataclass(frozen=True, eq=False)
class Challengers:
    """Makes and keeps the challengers of one refresh. `data` is the one that the graph runs on."""

    request: RefreshRequest
    refresh: RefreshRow
    session: str
    champion: DetectorRow
    known: LoadedSeries
    data: RefreshData
    workspace: Workspace
    observer: Observer

    @property
    def store(self) -> Store:
        return self.workspace.store

    def refit(self, series: Series, labels: Bools) -> Detector:
        """The champion's kind of base, fitted on these points and ready for all of the series. Raises BadInput."""
        recipe = self.champion.base
        objective = OBJECTIVES[recipe["objective"]]
        if recipe["name"] != UserBase.name:
            return BASELINES[recipe["name"]](objective, recipe["seed"]).fit(series, labels)
        seconds, verdicts = self.known.series.seconds, self._verdicts()
        given = UserBase(seconds, verdicts, objective).fit(series, labels)
        return given.with_column(seconds, verdicts)

    def _verdicts(self) -> Bools | Floats:
        if self.known.base is None:
            raise RuntimeError("the base's column was checked when the file was read")
        return self.known.base.verdicts

    def keep(self, retuned: RetunedFusion, base: Detector) -> LoadedDetector:
        """Keeps rules, then the detector with its succession, in one transaction. Raises StoreUnavailable."""
        part = self.known.part(retuned.window)
        labels = self.data.labels[retuned.window]
        unit = unit_of(profile(part.series, labels), part.series.step_s)
        members = [self._kept(each, unit) for each in retuned.rules]
        recipe = self._recipe(part, labels, base)
        row = self.store.detectors.put(
            self.session,
            self.champion.series,
            recipe,
            members,
            self.champion.step_s,
            self.champion.hold_points,
            self.champion.ringing,
            within=lambda connection, row: self.store.service.enter_within(
                connection,
                self._succession(row.id, Decision.RETUNE, part.series.seconds),
                AUTHOR,
                "its numbers were searched anew",
            ),
        )
        return load_for_refresh(self.store, row.id, self.known)

    def _kept(self, tuned: TunedRule, unit: Unit) -> MemberRow:
        parent = self.store.rules.find(tuned.id)
        kept = self.store.rules.put(
            tuned.rule, tuned.params, tuned.direction, author=parent.author, language_model=False, parents=[parent.id]
        )
        evidence = {"unit": asdict(unit), "refresh": self.refresh.id, "parent": parent.id}
        self.store.rules.use(self.session, kept.id, RuleRole.FUSED, evidence)
        return MemberRow(kept.id, tuned.direction, tuned.rate_limit)

    def _recipe(self, part: LoadedSeries, labels: Bools, base: Detector) -> dict[str, Any]:
        arrays = {"seconds": part.series.seconds, "values": part.series.values, "labels": labels}
        if isinstance(base, UserBase):
            arrays["given"] = base.raw(part.series)
        return {**self.champion.base, "train": self.store.artefacts.put_arrays(arrays), "step_s": part.series.step_s}

    def _succession(self, detector: str, how: Decision, seconds: Ints, start: int = 0) -> SuccessionRow:
        promise = {"from": int(seconds[start])}
        line = self.refresh.line
        return SuccessionRow(detector, self.champion.id, line, how.value, int(seconds[-1]), promise, self.refresh.id)

    def search(self, window: slice) -> tuple[LoadedDetector, Cost]:
        """A session of its own; one that was killed is gone on with, and no recorded reply is asked for again."""
        part = self.known.part(window)
        store, clock = self.store, self.workspace.clock
        began = clock()
        search = store.refreshes.find(self.refresh.id).search
        done = resume_session(search, self.workspace, self.observer) if search else self._session(part)
        report = done if isinstance(done, Report) else done.report
        row = store.detectors.of(report.session)
        if row is None:
            raise RuntimeError(f"session {report.session} ended without a detector")
        seconds = store.artefacts.get_arrays(str(store.sessions.find(report.session).settings["data"]))["seconds"]
        promised = min(report.splits["train"].stop or 0, len(seconds) - 1)
        succession = self._succession(row.id, Decision.SEARCH_AGAIN, seconds, promised)
        store.service.enter(succession, AUTHOR, f"session {report.session} left it")
        usage = report.usage
        tokens = usage.input_tokens + usage.output_tokens
        return load_for_refresh(store, row.id, self.known), Cost(clock() - began, usage.calls, tokens, usage.usd)

    def _session(self, part: LoadedSeries) -> SessionResult:
        """A session on a stretch of what is known; the refresh knows of it as soon as it is entered."""

        def begun(row: SessionRow, _parts: SessionParts) -> None:
            self.store.refreshes.note(self.refresh.id, search=row.id)

        request = self._session_request(part)
        start = SessionStart(request, lambda: part, past_of(self.store, None, request), begun=begun)
        return run_from(start, self.workspace, self.observer)

    def _session_request(self, part: LoadedSeries) -> SessionRequest:
        asked, recipe = self.request, self.champion.base
        offers = tuple(self._offer(each) for each in self.data.champion.rules)
        return SessionRequest(
            TableRequest(part.origin, reading=reading_made_with(self.store, self.champion)),
            base=recipe.get("column") or AUTO,
            model=asked.model,
            settings=asked.settings,
            objective=recipe["objective"],
            validation=VALIDATION,
            lockbox=LOCKBOX,
            caps=asked.caps,
            sandbox=asked.sandbox,
            accept_risk=asked.accept_risk,
            library=Library(offers, max(1, len(offers))),
            in_service=InService.FUSION,  # the shadow tells whether it is any good
        )

    def _offer(self, each: TunedRule) -> Offer:
        source = each.rule.source
        return Offer(each.id, source, each.params, each.direction, each.language_model, each.unit)

    def estimate(self, decision: Decision) -> Cost:
        """What a decision would take at most: bounds by counts for a search, by points for a retuning."""
        window, rules = self.data.window, len(self.champion.members)
        settings = self.request.settings
        points = window.stop - window.start
        seconds = points * (1 + settings.evaluations * rules) / POINTS_A_SECOND
        if decision is Decision.RETUNE:
            return Cost(seconds=round(seconds, 3))
        calls = most_calls(settings)
        tokens = sum(calls.values()) * (settings.prompt_tokens + REPLY_TOKENS)
        seconds = points * settings.evaluations * settings.rounds * settings.candidates / POINTS_A_SECOND
        return Cost(round(seconds, 3), sum(calls.values()), tokens, price(calls, self.request, self.workspace.models))


def price(calls: Mapping[Role, int], request: RefreshRequest, models: Models) -> float | None:
    """Dollars of so many calls, each role's at the dearest of its models; None where one has no known price."""
    if request.model.startswith(REPLAY):
        return 0.0
    given, total = request.settings.prompt_tokens, 0.0
    for role, chain in read_roles(request.model).items():
        prices = [models.of(spec).price for spec in chain]
        known = [each.usd(calls[role] * given, calls[role] * REPLY_TOKENS) for each in prices if each is not None]
        if len(known) < len(prices):
            return None
        total += max(known)
    return round(total, 6)
