"""What is kept of a finished session: its rules with lineage and evidence, the fused detector, the report."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from argosy.agents.checked_explanation import as_json
from argosy.agents.models.speaker import Usage
from argosy.detectors.rules.rule import read_rule
from argosy.detectors.rules.transfer import Unit
from argosy.eval.splits import Part, Splits
from argosy.graphs.refine import SessionData
from argosy.graphs.refine.publication import FinalScores, Publication
from argosy.graphs.refine.state import Candidate
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.sessions.base import BaseChoice
from argosy.sessions.base_recipe import base_recipe
from argosy.sessions.certificates import Origin, complete, keep_data
from argosy.sessions.in_service import InService, calibration_notes, choose_service
from argosy.sessions.keep_detectors import DetectorKeeper, KeptDetectors
from argosy.sessions.kept_certificates import KEY
from argosy.sessions.report import Report
from argosy.sessions.report_events import account_json
from argosy.signals.arrays import Bools
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import runs
from argosy.store.rows import DetectorRow, MemberRow, RuleRole
from argosy.store.store import Store


@dataclass(frozen=True)
class RunFacts:
    """The facts of one run that are not in its publication."""

    session: str
    model: str
    seed: int
    objective: str
    base: BaseChoice
    wall_s: float
    usage: Usage
    in_service: InService = InService.AUTO


@dataclass(frozen=True, eq=False)
class SessionResult:
    """What a session left: its report, the arrays it scored, and the detector with all its rules."""

    report: Report
    final: FinalScores
    splits: Splits
    loaded: LoadedSeries
    detector: DetectorRow


def publish_session(
    store: Store,
    run: RunFacts,
    loaded: LoadedSeries,
    splits: Splits,
    data: SessionData,
    publication: Publication,
    notes: tuple[str, ...],
) -> SessionResult:
    """Stores rules, detector and report, in this order, so that what is named is there. Raises StoreUnavailable."""
    final = data.final
    if final is None or data.base is None:
        raise RuntimeError("the run has published without scoring the whole series")
    ids = _keep_rules(store, run, publication, final, data.unit)
    rate_limits = {member.id: member.rate_limit for member in final.members}
    members = [
        MemberRow(ids[each.candidate.id], each.candidate.direction, rate_limits[each.candidate.id])
        for each in publication.rules
    ]
    recipe = base_recipe(data.base, run.base, data, run.objective, run.seed, store.artefacts)
    choice = choose_service(run.in_service, publication, final, splits, run.objective)
    keeper = DetectorKeeper(store, run.session, loaded.series, recipe, members, final, splits.train_stop)
    kept = keeper.keep(choice)
    notes = (*notes, *(() if recipe["alarms"] else calibration_notes(final, splits)), *choice.notes)
    report = _report(run, loaded, splits, data, publication, final, ids, kept, notes)
    report = Report.model_validate(store.redaction.tree(report.as_json()))  # told as it is kept
    store.sessions.finish(run.session, report.outcome, report.as_json(), report.base.name)
    return SessionResult(report, final, splits, loaded, kept.found)


def _keep_rules(
    store: Store, run: RunFacts, publication: Publication, final: FinalScores, unit: Unit | None
) -> dict[str, str]:
    """Keeps ancestors before children, then says what each was to the session. Returns stored ids by candidate id."""
    ids: dict[str, str] = {}
    fused = {each.candidate.id: each for each in publication.rules}
    accepted = {each.id for each in publication.accepted}
    origin = Origin(run.session, run.model, run.seed, run.objective, run.usage.usd)
    data = keep_data(store, final) if publication.certificates else ""
    for candidate in sorted(publication.family, key=_age):
        row = store.rules.put(
            read_rule(candidate.source),
            candidate.params,
            candidate.direction,
            author=store.redaction.text(run.model),
            language_model=candidate.language_model,
            parents=[
                *(ids[parent] for parent in candidate.parents if parent in ids),
                *([candidate.ancestor] if candidate.ancestor else []),
            ],
        )
        ids[candidate.id] = row.id
        evidence: dict[str, object] = {"candidate": candidate.id}
        if unit:
            evidence["unit"] = asdict(unit)
        if candidate.assessment:
            evidence["assessment"] = {
                name: finite_or_none(value) if isinstance(value, float) else value
                for name, value in asdict(candidate.assessment).items()
            }
        if certificate := publication.certificates.get(candidate.id):
            evidence[KEY] = complete(certificate, candidate, publication.family, origin, data, store)
        role = RuleRole.PARENT
        if candidate.id in fused:
            role = RuleRole.FUSED
            evidence["metrics"] = dict(fused[candidate.id].metrics)
        elif candidate.id in accepted:
            role = RuleRole.ACCEPTED
        store.rules.use(run.session, row.id, role, store.redaction.tree(evidence))
    return ids


def _age(candidate: Candidate) -> tuple[int, int, int]:
    """Sorts parents before their children. What Review had changed has its original's id, round and number, and a mark
    behind the id."""
    return candidate.round, candidate.number, len(candidate.id)


def _report(
    run: RunFacts,
    loaded: LoadedSeries,
    splits: Splits,
    data: SessionData,
    publication: Publication,
    final: FinalScores,
    ids: Mapping[str, str],
    kept: KeptDetectors,
    notes: tuple[str, ...],
) -> Report:
    labels = loaded.labels if loaded.labels is not None else np.zeros(0, dtype=np.bool_)
    rules = [
        {
            "id": ids[each.candidate.id],
            "candidate": each.candidate.id,
            "direction": each.candidate.direction.value,
            "ancestor": each.candidate.ancestor,
            "summary": each.rule.summary,
            "params": dict(each.candidate.params),
            "scores": each.metrics,
            "events": {part: account_json(account, loaded.series) for part, account in each.accounts.items()},
        }
        for each in publication.rules
    ]
    series = {
        "id": loaded.series.id,
        "points": len(loaded.series),
        "step_s": loaded.series.step_s,
        "incidents": len(loaded.incidents),
    }
    base = data.base.name if data.base else "given"
    base_section: dict[str, object] = {"name": base, "asked": run.base.column or run.base.name}
    base_section["reached"] = dict(data.reached)
    library = {"tried": data.offered, "accepted": sum(each.ancestor is not None for each in publication.accepted)}
    return Report.model_validate(
        {
            "session": run.session,
            "series": series,
            "model": run.model,
            "seed": run.seed,
            "objective": run.objective,
            "base": base_section,
            "outcome": publication.outcome.value,
            "ending": publication.ending.value,
            "library": library,
            "tags": data.tags,
            "times_known": loaded.times_known,
            "gaps": [{"begins": each.start, "ends": each.end} for each in loaded.gaps],
            "splits": {part.value: _split(splits.of(part), labels) for part in Part},
            "rules": rules,
            "scores": {"base": publication.base, "fused": publication.fused},
            "usage": asdict(run.usage),
            "wall_s": round(run.wall_s, 3),
            "accepted": len(publication.accepted),
            "explanations": [
                {"start": each.start, "stop": each.stop, "at": each.at, "by": each.detectors, **as_json(each.explained)}
                for each in publication.explanations
            ],
            "lockbox_openings": publication.lockbox_openings,
            "hold_points": final.hold_points,
            "rings_once": final.delivery.first_point_only,
            "base_level": final.delivery.base_gain,
            "detector": kept.shown.id,
            "held_back": None if kept.live is kept.found else kept.found.id,
            "in_service": kept.live.id if kept.live else None,
            "notes": (*notes, *_torn(splits, labels)),
        }
    )


def _torn(splits: Splits, labels: Bools) -> Iterator[str]:
    """What is to be said of incidents that lie in two parts."""
    for stop, name, following in (
        (splits.train_stop, "train", "validation"),
        (splits.validation_stop, "validation", "lockbox"),
    ):
        if 0 < stop < len(labels) and labels[stop - 1] and labels[stop]:
            yield (
                f"an incident goes on from {name} into {following}: the splits count it once, in {name}; "
                f"the table and the events measure what lies in {following} there, too"
            )


def _split(where: slice, labels: Bools) -> dict[str, int]:
    """A part; an incident that goes on in the next one counts where it begins."""
    begun = runs(labels)[:, 0]
    return {
        "start": where.start,
        "stop": where.stop,
        "points": where.stop - where.start,
        "incidents": int(((begun >= where.start) & (begun < where.stop)).sum()),
    }
