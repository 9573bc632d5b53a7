"""Certificates in the store: what a session adds to them, and running a kept rule's checks again."""

import hashlib
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from argosy.detectors.certificate import (
    Certificate,
    Comparison,
    Run,
    Subject,
    compare,
    evidence_by_part,
    examine,
    learned_by_heart,
)
from argosy.detectors.certificate.evidence import RuleBesideBase
from argosy.detectors.certificate.fingerprint import data_of, fingerprint, source_hash
from argosy.detectors.certificate.form import Provenance
from argosy.detectors.certificate.sensitivity import beside_base
from argosy.detectors.rules.rule import rule_id
from argosy.eval.objective import OBJECTIVES
from argosy.eval.splits import Splits
from argosy.graphs.recording.events import EVENT, ModelCall
from argosy.graphs.refine.publication import FinalScores
from argosy.graphs.refine.state import Candidate
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.sandbox.protocol import Evaluation, Input, Job, Limits, Outcome, Ran, Sandbox
from argosy.sandboxes import SandboxChoice, open_sandbox
from argosy.sessions.kept_certificates import certificates_of
from argosy.sessions.kept_reading import reading_of
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.store.rows import RuleRow
from argosy.store.store import Store


@dataclass(frozen=True)
class Origin:
    """The facts of a session that every certificate of it holds."""

    session: str
    author: str
    seed: int
    objective: str
    usd: float


def keep_data(store: Store, final: FinalScores) -> str:
    """Keeps the series with labels and the base's scores, so that a rule can be verified without the file."""
    arrays = {"seconds": final.series.seconds, "values": final.series.values}
    return store.artefacts.put_arrays({**arrays, "labels": final.labels, "base": final.base})


def complete(
    certificate: Certificate, candidate: Candidate, family: Iterable[Candidate], origin: Origin, kept: str, store: Store
) -> dict[str, Any]:
    """The certificate as JSON, with where the rule comes from and where its data are kept."""
    data = certificate.data.model_copy(update={"kept": kept})
    found = _provenance(candidate, {each.id: each for each in family}, origin, store)
    return certificate.model_copy(update={"data": data, "provenance": found}).model_dump(mode="json")


def _provenance(candidate: Candidate, family: Mapping[str, Candidate], origin: Origin, store: Store) -> Provenance:
    events = [row.event for row in store.events.of(origin.session)]
    line = {(each.round, each.number) for each in _line(candidate, family)}
    calls = [each for each in events if isinstance(each, ModelCall) and (each.round, each.candidate) in line]
    return Provenance(
        session=origin.session,
        candidate=candidate.id,
        author=origin.author,
        language_model=candidate.language_model,
        seed=origin.seed,
        objective=origin.objective,
        prompts=tuple(dict.fromkeys(call.prompt for call in calls)),
        calls=len(calls),
        input_tokens=sum(call.input_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
        usd=round(sum(call.usd for call in calls), 6),
        session_usd=origin.usd,
        transcript_events=len(events),
        transcript_sha256=_transcript_hash(store, origin.session, len(events)),
        versions={"python": platform.python_version()}
        | {name: version(name) for name in ("argosy", "numpy", "pandas", "scipy")},
    )


def _line(candidate: Candidate, family: Mapping[str, Candidate]) -> list[Candidate]:
    """The candidate and its ancestors."""
    found, todo = {candidate.id: candidate}, [candidate]
    while todo:
        for parent in todo.pop().parents:
            if parent in family and parent not in found:
                found[parent] = family[parent]
                todo.append(family[parent])
    return list(found.values())


def _transcript_hash(store: Store, session: str, events: int) -> str:
    """SHA-256 of the first events as JSON, one a line."""
    digest = hashlib.sha256()
    for row in store.events.of(session)[:events]:
        digest.update(EVENT.dump_json(row.event) + b"\n")
    return digest.hexdigest()


@dataclass(frozen=True)
class Verification:
    """What running the checks again has shown. `session` is the one whose certificate was compared."""

    rule: str
    session: str
    same_data: bool
    checks: tuple[Comparison, ...]
    found: Certificate

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "rule": self.rule,
            "session": self.session,
            "same_data": self.same_data,
            "holds": self.holds,
            "checks": [{"name": each.name, "holds": each.holds, "said": each.words} for each in self.checks],
            "found": self.found.model_dump(mode="json"),
        }


@dataclass(frozen=True, eq=False)
class _Data:
    """What a rule is verified on; `base` is None for data that the certificate does not know."""

    series: Series
    labels: Bools
    splits: Splits
    base: Floats | None


def verify_rule(
    store: Store, start: str, table: TableRequest | None, choice: SandboxChoice, risk: bool
) -> Verification:
    """Runs the checks of the rule whose id begins so again, on the data of its newest certificate or on a table.

    Raises BadInput, SandboxUnavailable and StoreUnavailable.
    """
    story = store.rules.story(start)
    known = certificates_of(story)
    if not known:
        mend = "argosy run certifies the rules that it accepts; argosy rules lists those"
        raise BadInput(f"rule {story.rule.id}", "has no certificate", mend)
    session, stored = list(known.items())[-1]
    if table is not None:  # points that change in reading are read as those that it was certified on
        table = replace(table, reading=table.reading.as_before(reading_of(store.sessions.find(session))))
    data = _kept_data(store, stored) if table is None else _table_data(store, stored, table)
    sandbox = open_sandbox(choice, story.rule.language_model, risk)
    try:
        found = _again(story.rule, stored, data, sandbox)
    finally:
        sandbox.close()
    checks = (_identity(story.rule), *_transcript(store, stored), *compare(stored, found))
    return Verification(story.rule.id, session, found.data.sha256 == stored.data.sha256, checks, found)


def _kept_data(store: Store, stored: Certificate) -> _Data:
    if stored.data.kept is None:
        raise BadInput("rule verify", "the certificate names no kept data", "give the FILE it was made on")
    arrays = store.artefacts.get_arrays(stored.data.kept)
    series = Series(stored.data.series, arrays["seconds"], arrays["values"], stored.data.step_s)
    return _Data(series, arrays["labels"], _splits(stored), arrays["base"])


def _table_data(store: Store, stored: Certificate, table: TableRequest) -> _Data:
    """A table; where it holds the certified data, with their splits and the base's scores, else all as one part."""
    loaded = read_series(table).newest()
    labels = loaded.labels if loaded.labels is not None else np.zeros(len(loaded.series), dtype=np.bool_)
    if fingerprint(loaded.series, labels) == stored.data.sha256 and stored.data.kept is not None:
        return _kept_data(store, stored)
    points = len(loaded.series)
    return _Data(loaded.series, labels, Splits(points, points, points), None)


def _splits(stored: Certificate) -> Splits:
    return Splits(stored.data.train_stop, stored.data.validation_stop, stored.data.points)


def _again(rule: RuleRow, stored: Certificate, data: _Data, sandbox: Sandbox) -> Certificate:
    """The certificate made again: everything but where the rule comes from."""

    def run(source: str, inputs: tuple[Input, ...], evaluations: tuple[Evaluation, ...]) -> tuple[Outcome, ...]:
        return sandbox.run(Job(source, inputs, evaluations, Limits()))

    known = data.series.part(0, data.splits.validation_stop)
    labels = data.labels[: len(known)]
    (whole,) = run(rule.source, (Input(data.series.values, data.series.seconds),), (Evaluation(dict(rule.params)),))
    before_lockbox = whole.scores[: len(known)] if isinstance(whole, Ran) else None
    found = Certificate(
        source_sha256=source_hash(rule.source),
        direction=rule.direction,
        params=dict(rule.params),
        data=data_of(data.series, data.labels, data.splits),
        examination=examine(Subject.of(rule.source, rule.params, rule.direction, known, labels), run, before_lockbox),
    )
    found = _with_lockbox(found, Subject.of(rule.source, rule.params, rule.direction, data.series, data.labels), run)
    if data.base is None or stored.provenance is None or not isinstance(whole, Ran):
        return found
    objective = OBJECTIVES[stored.provenance.objective]
    measured = RuleBesideBase(rule.direction, whole.scores, data.base, data.labels, objective)
    moved = beside_base(rule.source, rule.params, known, measured, run) if stored.sensitivity else ()
    return found.model_copy(update={"evidence": evidence_by_part(measured, data.splits), "sensitivity": moved})


def _with_lockbox(found: Certificate, whole: Subject, run: Run) -> Certificate:
    """The certificate with what the whole series refuses as well: examined were only the points before the lockbox."""
    examined = found.examination
    refused = [each for each in learned_by_heart(whole, run) if examined.refusal(each.check) is None]
    return found.model_copy(
        update={"examination": examined.model_copy(update={"refusals": (*examined.refusals, *refused)})}
    )


def _identity(rule: RuleRow) -> Comparison:
    same = rule_id(rule.source, rule.params, rule.direction) == rule.id
    return Comparison("identity", same, "the id is that of source and numbers" if same else "the id is another rule's")


def _transcript(store: Store, stored: Certificate) -> tuple[Comparison, ...]:
    origin = stored.provenance
    if origin is None:
        return ()
    same = _transcript_hash(store, origin.session, origin.transcript_events) == origin.transcript_sha256
    said = f"the {origin.transcript_events:,} events of {origin.session} are those certified"
    return (Comparison("transcript", same, said if same else f"the transcript of {origin.session} was changed"),)
