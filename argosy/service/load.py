"""The detectors of a line, made ready to score its series beside each other."""

from argosy.detectors.fusion.alert_once import scaled_base
from argosy.detectors.rules.rule import read_rule
from argosy.detectors.rules.transfer import Unit
from argosy.graphs.refresh.data import LoadedDetector, ServedRule
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.service.known_series import index_after
from argosy.sessions.base import revive
from argosy.store.rows import DetectorRow, RuleRow
from argosy.store.status_rows import Status
from argosy.store.store import Store


def rules_of(store: Store, row: DetectorRow) -> list[RuleRow]:
    """The rules of a detector, in order."""
    return [store.rules.find(member.rule) for member in row.members]


def by_language_model(store: Store, line: str) -> bool:
    """Whether a language model had a hand in any rule of a line."""
    rows = (store.detectors.find(each) for each in store.service.line(line))
    return any(rule.language_model for row in rows for rule in rules_of(store, row))


def serve(store: Store, detector: str, loaded: LoadedSeries) -> LoadedDetector:
    """A detector ready to score what is known; what it did in shadow is part of its promise.

    Raises BadInput where its parts cannot be read.
    """
    row = store.detectors.find(detector)
    made_until, promised_from = _made(store, row)
    made, live_since = index_after(loaded.series, made_until), _live_since(store, row.id, loaded)
    return LoadedDetector(
        id=row.id,
        base=scaled_base(revive(row.base, store.artefacts, loaded), row.base_level),
        rings_once=row.rings_once,
        rules=_served_rules(store, row),
        made=made,
        promised=slice(min(made, index_after(loaded.series, promised_from - 1)), max(made, live_since or 0)),
        live_since=live_since,
    )


def _served_rules(store: Store, row: DetectorRow) -> tuple[ServedRule, ...]:
    quotas = {member.rule: member.quota for member in row.members}
    return tuple(
        ServedRule(
            rule.id,
            read_rule(rule.source),
            rule.params,
            rule.direction,
            rule.language_model,
            quotas[rule.id],
            _unit(store, row.session, rule.id),
        )
        for rule in rules_of(store, row)
    )


def _unit(store: Store, session: str, rule: str) -> Unit | None:
    """What the series was measured in when the rule's numbers were searched there."""
    uses = (use for use in store.rules.story(rule).uses if use.session == session)
    for use in uses:
        match use.evidence.get("unit"):
            case {"size": int() | float() as size, "step_s": int() as step_s, "periods": list() as periods}:
                return Unit(float(size), step_s, tuple(int(each) for each in periods))
    return None


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
