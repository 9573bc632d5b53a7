"""Records judged by embeddings: read, embedded, scored by group, what was flagged reviewed, and kept as a session."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import Pattern
from argosy.agents.outliers import PROMPT_TOKENS, RecordDecision, RecordVerdict, review_all
from argosy.detectors.records.detector import RecordDetector
from argosy.detectors.records.groups import GroupOptions
from argosy.graphs.recording.observer import Observer
from argosy.inputs.records.records_file import ReadRecords, RecordsRequest, read_records
from argosy.models.embedders import HASHED, open_embedder
from argosy.patterns.pattern_run import PatternRequest, PatternRun, open_pattern_run
from argosy.patterns.records.review_batches import ReviewRequest, review_batches_of
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput
from argosy.signals.records import Records
from argosy.signals.scores import Scores
from argosy.terminal import several
from argosy.workspace import Workspace

PARTIAL = "partial"
"""The outcome of a run in which not everything was embedded or reviewed; what was stays."""

MOST_SHOWN = 1_000
"""So many flagged records are told in a report; the table of --out holds every record."""

MOST_RULES_CHARS = 12_000
_MOST_DECIDED = 200
_JUST_BELOW = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True)
class RecordsJob:
    """What is judged, and how. `train` is a file of training records, or the first share of those that are judged.

    With `review` the model looks at what was flagged, by the `rules` of the business in a Markdown file.
    """

    read: RecordsRequest
    embed: str = HASHED
    judging: GroupOptions = field(default_factory=GroupOptions)
    train: Path | float | None = None
    review: bool = False
    rules: Path | None = None
    model: str = EMBEDDED
    caps: Caps = field(default_factory=Caps)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class RecordsResult:
    """What a run came to. `verdicts` are those of the review, by index; a dropped record scores just below 1."""

    session: str
    given: ReadRecords
    scores: Scores
    verdicts: Mapping[int, RecordVerdict]
    report: Mapping[str, Any]


def judge_records(
    task: RecordsJob,
    workspace: Workspace,
    observer: Observer | None = None,
) -> RecordsResult:
    """Judges every record of a file. Raises BadInput, ModelUnavailable and StoreUnavailable.

    A budget that is spent leaves records without an opinion, or flagged ones without a review; the report says so.
    """
    rules = read_rules(task.rules) if task.rules else ""
    given, training, notes = _read(task)
    with open_pattern_run(_asked(task, given.records), workspace, observer) as run:
        clean = workspace.store.redaction.text
        embedder = open_embedder(task.embed, workspace.models, run.budget, task.seed, clean)
        detector = RecordDetector(embedder, task.judging)
        with run.step("score") as node:
            found = detector.fit(training).score(given.records)
            flagged = int(found.flags.sum())
            node.decide("records", f"{flagged} of {len(found.values)} flagged", "; ".join(detector.notes))
        asked = review_batches_of(detector, given.records, found, clean) if task.review else None
        verdicts, more = _reviewed(run, asked, given, rules) if asked else ({}, {})
        scores = _after_review(found, verdicts)
        run.report |= _report(task, run, detector, given, found, verdicts) | more
        run.report["notes"] = [*given.notes, *notes, *detector.notes, *run.notes, *_review_notes(task, run, verdicts)]
        run.outcome = PARTIAL if _is_partial(found, verdicts) else run.outcome
        return RecordsResult(run.session, given, scores, verdicts, run.report)


def read_rules(path: Path) -> str:
    """The rules of a business, as text. Raises BadInput."""
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise BadInput(f"--rules {path}", f"cannot be read: {why.lower()}", "name a Markdown file") from error
    if not text:
        raise BadInput(f"--rules {path}", "the file is empty", "write the rules in it, or leave --rules out")
    if len(text) > MOST_RULES_CHARS:
        problem = f"{len(text):,} characters go into every prompt"
        raise BadInput(f"--rules {path}", problem, f"shorten them to {MOST_RULES_CHARS:,}")
    return text


def table_of(judged: RecordsResult) -> pd.DataFrame:
    """A row for each record: its line or row, group, score, flag, verdict and reason."""
    records, scores = judged.given.records, judged.scores
    verdicts = [judged.verdicts[i].ruling.value if i in judged.verdicts else "" for i in range(len(records))]
    return pd.DataFrame(
        {
            "record": judged.given.numbers,
            "group": list(records.groups) if records.groups is not None else None,
            "score": scores.values,
            "flag": scores.flags,
            "verdict": verdicts,
            "reason": [scores.reasons.get(i, "") for i in range(len(records))],
        }
    )


def _read(task: RecordsJob) -> tuple[ReadRecords, Records, tuple[str, ...]]:
    """What is judged, what is learned from, and notes on the latter. Raises BadInput, also for too few to learn from.

    Of another file the fields are read first, and those of the judged file as they are.
    """
    match task.train:
        case None:
            given = read_records(task.read)
            return given, given.records, ()
        case float(share):
            given = read_records(task.read)
            training, notes = _first(share, given.records)
        case path:
            read = read_records(replace(task.read, path=path))
            given = read_records(task.read, read.forms)
            training, notes = (
                read.records,
                (f"learned from {several(len(read.records), 'record')} of {path}", *read.notes),
            )
    if len(training) < task.judging.fewest:
        problem = f"too few records to learn from: {len(training)}"
        mend = f"learn from {task.judging.fewest} or more (--least), or leave --train out"
        raise BadInput(f"--train {task.train}", problem, mend)
    return given, training, notes


def _first(share: float, records: Records) -> tuple[Records, tuple[str, ...]]:
    stop = max(1, round(share * len(records)))
    first = Records(records.id, records.rows[:stop], None if records.groups is None else records.groups[:stop])
    return first, (f"learned from the first {stop:,} of {len(records):,} records",)


def _asked(task: RecordsJob, records: Records) -> PatternRequest:
    judging = asdict(task.judging) | {"method": task.judging.method.value}
    return PatternRequest(
        name="embeddings",
        subject=records.id,
        size=len(records),
        patterns=(Pattern.OUTLIERS,) if task.review else (),
        model=task.model,
        seed=task.seed,
        caps=task.caps,
        prompt_tokens=PROMPT_TOKENS if task.review else 0,
        settings={"embed": task.embed, "group": task.read.group, "review": task.review, **judging},
    )


def _reviewed(
    run: PatternRun, asked: ReviewRequest, given: ReadRecords, rules: str
) -> tuple[dict[int, RecordVerdict], dict[str, Any]]:
    """The verdicts on what was flagged, by index, and what the report says of the review."""
    verdicts: dict[int, RecordVerdict] = {}
    summaries: list[dict[str, str | None]] = []
    made_up = 0
    with run.step("review") as node:
        for batch, review in zip(
            asked.review_batches, review_all(node.speaker, asked.review_batches, rules), strict=True
        ):
            made_up += review.made_up
            if review.summary:
                summaries.append({"group": batch.group, "reason": review.summary})
            for id, verdict in review.verdicts.items():
                place = asked.places[id]
                verdicts[place] = verdict
                if len(verdicts) <= _MOST_DECIDED:
                    node.decide(f"record {given.numbers[place]}", verdict.ruling.value, verdict.reason, id=id)
    counts = {ruling.value: sum(each.ruling is ruling for each in verdicts.values()) for ruling in RecordDecision}
    return verdicts, {"review": {**counts, "made_up": made_up, "summaries": summaries, "rules": bool(rules)}}


def _after_review(found: Scores, verdicts: Mapping[int, RecordVerdict]) -> Scores:
    """The scores with what the model dropped just below 1; its reasons stand before those of the detector."""
    values, reasons = found.values.copy(), dict(found.reasons)
    for place, verdict in verdicts.items():
        if verdict.ruling is RecordDecision.DROPPED:
            values[place] = _JUST_BELOW
        if verdict.ruling in (RecordDecision.KEPT, RecordDecision.DROPPED) and verdict.reason:
            reasons[place] = verdict.reason
    return Scores(values, reasons=reasons)


def _report(
    task: RecordsJob,
    run: PatternRun,
    detector: RecordDetector,
    given: ReadRecords,
    found: Scores,
    verdicts: Mapping[int, RecordVerdict],
) -> dict[str, Any]:
    groups = given.records.groups
    told = sorted(np.flatnonzero(found.flags).tolist(), key=lambda i: _rank(i, found.values, verdicts))
    return {
        "records": given.records.id,
        "format": given.format.value,
        "size": len(given.records),
        "groups": None if groups is None else len(set(groups)),
        "embedder": task.embed,
        "method": task.judging.method.value,
        "percentile": task.judging.percentile,
        "flagged": len(told),
        "no_opinion": int(np.isnan(found.values).sum()),
        "left": sum(_ruling(i, verdicts) is not RecordDecision.DROPPED for i in told),
        "shown": [_told(i, given, detector, found, verdicts) for i in told[:MOST_SHOWN]],
        "usage": asdict(run.budget.spent),
        "wall_s": round(run.budget.elapsed_s, 3),
    }


def _ruling(place: int, verdicts: Mapping[int, RecordVerdict]) -> RecordDecision | None:
    return verdicts[place].ruling if place in verdicts else None


def _rank(place: int, values: Floats, verdicts: Mapping[int, RecordVerdict]) -> tuple[bool, float]:
    return _ruling(place, verdicts) is RecordDecision.DROPPED, -float(values[place])


def _told(
    place: int, given: ReadRecords, detector: RecordDetector, found: Scores, verdicts: Mapping[int, RecordVerdict]
) -> dict[str, Any]:
    ruling = _ruling(place, verdicts)
    return {
        "record": int(given.numbers[place]),
        "group": None if given.records.groups is None else given.records.groups[place],
        "compared_with": detector.compared(given.records, place) if given.records.groups is not None else None,
        "score": round(float(found.values[place]), 6),
        "verdict": ruling.value if ruling else "flagged",
        "reason": verdicts[place].reason if place in verdicts else "",
        "unusual": found.reasons[place],
    }


def _review_notes(task: RecordsJob, run: PatternRun, verdicts: Mapping[int, RecordVerdict]) -> Iterator[str]:
    if not task.review:
        if task.rules:
            yield "the rules were not used: only a review reads them; add --review"
        return
    if verdicts and not any(speaker.is_language_model for speaker in run.chain.speakers):
        rules = ", and reads no rules" if task.rules else ""
        yield f"no language model was asked: the embedded stand-in says what is rare, drops nothing{rules}"
    if unread := sum(each.ruling is RecordDecision.UNREAD for each in verdicts.values()):
        yield f"{unread} flagged records got no usable answer; they stay flagged"
    if unasked := [each for each in verdicts.values() if each.ruling is RecordDecision.UNASKED]:
        yield f"{len(unasked)} flagged records were not asked about ({unasked[0].reason}); they stay flagged"


def _is_partial(found: Scores, verdicts: Mapping[int, RecordVerdict]) -> bool:
    left = any(each.ruling in (RecordDecision.UNREAD, RecordDecision.UNASKED) for each in verdicts.values())
    return left or bool(np.isnan(found.values).any())
