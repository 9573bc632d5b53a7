"""A detector out of the store, with all that scores a series as it was promised."""

from dataclasses import dataclass

from argosy.detectors.fusion.alert_once import scaled_base
from argosy.detectors.fusion.fused import FusedDetector
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import read_rule
from argosy.detectors.rules.transfer import Unit, read_unit
from argosy.graphs.refresh.data import LoadedDetector
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.sandbox.protocol import Sandbox
from argosy.service.known_series import index_after
from argosy.sessions.base_recipe import revive
from argosy.signals.shapes import Detector
from argosy.store.rows import DetectorRow
from argosy.store.status_rows import Status
from argosy.store.store import Store


@dataclass(frozen=True, eq=False)
class StoredDetector:
    """A detector as it was kept, its rules read; its base is fitted again for each series that it looks at."""

    row: DetectorRow
    rules: tuple[TunedRule, ...]
    store: Store

    @property
    def by_language_model(self) -> bool:
        """Whether a language model had a hand in any of its rules."""
        return any(rule.language_model for rule in self.rules)

    def base(self, loaded: LoadedSeries) -> Detector:
        """The base, fitted as it was and at its level. Raises BadInput where what was read lacks its column."""
        return scaled_base(revive(self.row.base, self.store.artefacts, loaded), self.row.base_level)

    def fused(self, loaded: LoadedSeries, sandbox: Sandbox | None) -> FusedDetector:
        """Base and rules as one, held and rung as they were accepted; a base alone needs no sandbox."""
        return FusedDetector(self.base(loaded), self.rules, sandbox, self.row.hold_points, once=self.row.rings_once)


def load_detector(store: Store, detector: str) -> StoredDetector:
    """The detector whose id, or whose session's, begins so. Raises BadInput and StoreUnavailable."""
    row = store.detectors.find(detector)
    return StoredDetector(row, tuple(_rules(store, row)), store)


def by_language_model(store: Store, line: str) -> bool:
    """Whether a language model had a hand in any rule of a line."""
    return any(load_detector(store, each).by_language_model for each in store.service.line(line))


def load_for_refresh(store: Store, detector: str, loaded: LoadedSeries) -> LoadedDetector:
    """A detector ready to score what is known; what it did in shadow is part of its promise.

    Raises BadInput where its parts cannot be read.
    """
    stored = load_detector(store, detector)
    row = stored.row
    made_until, promised_from = _made(store, row)
    made, live_since = index_after(loaded.series, made_until), _live_since(store, row.id, loaded)
    return LoadedDetector(
        id=row.id,
        base=stored.base(loaded),
        alert_once=row.rings_once,
        hold_points=row.hold_points,
        rules=stored.rules,
        made_until=made,
        reference=slice(min(made, index_after(loaded.series, promised_from - 1)), max(made, live_since or 0)),
        live_since=live_since,
    )


def _rules(store: Store, row: DetectorRow) -> list[TunedRule]:
    """The rules of a detector, in order."""
    rules = []
    for member in row.members:
        rule, unit = store.rules.find(member.rule), _unit(store, row.session, member.rule)
        rules.append(
            TunedRule(
                rule.id,
                read_rule(rule.source),
                rule.params,
                rule.direction,
                member.rate_limit,
                rule.language_model,
                unit,
            )
        )
    return rules


def _unit(store: Store, session: str, rule: str) -> Unit | None:
    """What the series was measured in when the rule's numbers were searched there."""
    uses = (use for use in store.rules.story(rule).uses if use.session == session)
    return next((unit for use in uses if (unit := read_unit(use.evidence.get("unit")))), None)


def _made(store: Store, row: DetectorRow) -> tuple[int, int]:
    """Until which second a detector was made, and from which second on its rate of alerts was promised."""
    succession = store.service.succession(row.id)
    if succession is not None:
        return succession.made_until, int(succession.promise["from"])
    session = store.sessions.find(row.session)
    seconds = store.artefacts.get_arrays(str(session.settings["data"]))["seconds"]
    train_stop = int((session.report or {}).get("splits", {}).get("train", {}).get("stop", 0))
    return int(seconds[-1]), int(seconds[min(train_stop, len(seconds) - 1)])


def _live_since(store: Store, detector: str, loaded: LoadedSeries) -> int | None:
    """The index of the first point since a refresh promoted it; None for one that no refresh promoted."""
    live = [each for each in store.service.standings(detector) if each.status is Status.LIVE and each.refresh]
    if not live or live[0].refresh is None:
        return None
    seen_until = store.refreshes.find(live[0].refresh).seen_until
    return None if seen_until is None else index_after(loaded.series, seen_until)
