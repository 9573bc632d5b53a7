"""A session's transcript as values: its events in order, with the texts they name, grouped by the runs of nodes.

The command line prints it and a web page can show it; nothing here knows of either.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from argosy.graphs.recording.events import (
    EVENT,
    Decision,
    Event,
    ModelCall,
    SandboxJob,
    ScoreMeasured,
    SpanBegin,
    SpanEnd,
)
from argosy.signals.errors import BadInput
from argosy.store.rows import EventRow, RuleStory, SessionRow
from argosy.store.store import Store

SMALL_CHARACTERS = 2_000


@dataclass(frozen=True)
class TranscriptFilter:
    """Which events are wanted: of a node, of a round, or about a rule or candidate by the beginning of its id."""

    node: str | None = None
    round: int | None = None
    rule: str | None = None

    @property
    def everything(self) -> bool:
        return self == TranscriptFilter()


@dataclass(frozen=True)
class TranscriptEntry:
    """An event with the texts of its blobs: 'prompt' and 'reply' of a model call, 'source' of a sandbox job."""

    seq: int
    event: Event
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """One run of a node. `seconds` is None where it did not end."""

    node: str
    round: int
    entries: tuple[TranscriptEntry, ...]
    seconds: float | None


@dataclass(frozen=True)
class Transcript:
    """A session and the sections of it that were wanted."""

    session: SessionRow
    sections: tuple[Section, ...]

    @property
    def entries(self) -> tuple[TranscriptEntry, ...]:
        """Every entry in the order in which it was recorded."""
        return tuple(sorted((each for section in self.sections for each in section.entries), key=lambda e: e.seq))


def read_transcript(store: Store, session: str, wanted: TranscriptFilter | None = None) -> Transcript:
    """The transcript of the session whose id begins so, or of the latest. Raises BadInput and StoreUnavailable."""
    wanted = wanted or TranscriptFilter()
    row = store.sessions.find(session)
    sections = _sections(_entries(store, store.events.of(row.id)))
    if wanted.node is not None and wanted.node not in {section.node for section in sections}:
        nodes = ", ".join(dict.fromkeys(section.node for section in sections)) or "none"
        raise BadInput(f"--node {wanted.node}", f"session {row.id} has no such node", f"it has: {nodes}")
    sections = [
        section for section in sections if wanted.node in (None, section.node) and wanted.round in (None, section.round)
    ]
    if wanted.rule is not None:
        sections = _about(sections, _traces(store, row.id, wanted.rule, sections))
    return Transcript(row, tuple(sections))


def transcript_json(transcript: Transcript, full: bool = False) -> list[dict[str, Any]]:
    """Every event as JSON values, in order.

    Texts stand beside their names as `prompt_text` and so on: all when `full`, else those of at most 2,000 characters.
    """
    return [
        {
            "session": transcript.session.id,
            "seq": entry.seq,
            **EVENT.dump_python(entry.event, mode="json"),
            **{f"{name}_text": text for name, text in entry.texts.items() if full or len(text) <= SMALL_CHARACTERS},
        }
        for entry in transcript.entries
    ]


def candidate_id(call: ModelCall) -> str:
    """The candidate that a call is about, as the refinement graph names it."""
    return f"c{call.round}.{call.candidate}"


def _entries(store: Store, rows: Iterable[EventRow]) -> list[TranscriptEntry]:
    named = [(row, _blob_names(row.event)) for row in rows]
    blobs = store.blobs.get_many(sorted({name for _, names in named for name in names.values()}))
    return [
        TranscriptEntry(row.seq, row.event, {key: blobs[name].decode(errors="replace") for key, name in names.items()})
        for row, names in named
    ]


def _blob_names(event: Event) -> dict[str, str]:
    match event:
        case ModelCall():
            return {"prompt": event.prompt, "reply": event.reply}
        case SandboxJob():
            return {"source": event.source}
    return {}


def _sections(entries: Iterable[TranscriptEntry]) -> list[Section]:
    """A section begins where a node does; an event goes to the last section of its span."""
    made: list[tuple[str, int, list[TranscriptEntry]]] = []
    latest: dict[str, int] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, SpanBegin):
            latest[event.span] = len(made)
            made.append((event.node, event.round, []))
        elif event.span not in latest:
            latest[event.span] = len(made)
            made.append((event.span.partition("#")[0], 0, []))
        made[latest[event.span]][2].append(entry)
    return [Section(node, number, tuple(inside), _seconds(inside)) for node, number, inside in made]


def _seconds(entries: Iterable[TranscriptEntry]) -> float | None:
    return next((each.event.seconds for each in entries if isinstance(each.event, SpanEnd)), None)


@dataclass(frozen=True)
class _Traces:
    """What an event about the rule shows: one of these subjects, or one of these sources by SHA-256."""

    subjects: frozenset[str]
    sources: frozenset[str]

    def in_event(self, event: Event) -> bool:
        match event:
            case ModelCall():
                return candidate_id(event) in self.subjects
            case SandboxJob():
                return event.source in self.sources
            case Decision() | ScoreMeasured():
                return event.subject in self.subjects
        return False


def _traces(store: Store, session: str, start: str, sections: Iterable[Section]) -> _Traces:
    """A kept rule is found by the replies that hold its source, a candidate by its id; both lead to their sources."""
    entries = [entry for section in sections for entry in section.entries]
    calls = [(entry, entry.event) for entry in entries if isinstance(entry.event, ModelCall)]
    subjects, sources = {start}, set[str]()
    if start.startswith("r-"):
        story = store.rules.story(start)
        held = store.redaction.text(story.rule.source)
        sources.add(hashlib.sha256(held.encode()).hexdigest())
        subjects |= {story.rule.id, *_candidates_of(story, session)}
        subjects |= {candidate_id(call) for entry, call in calls if held.strip() in entry.texts["reply"]}
    replies = "\n".join(entry.texts["reply"] for entry, call in calls if candidate_id(call) in subjects)
    for entry in entries:
        if isinstance(entry.event, SandboxJob) and entry.texts["source"].strip() in replies:
            sources.add(entry.event.source)
    return _Traces(frozenset(subjects), frozenset(sources))


def _candidates_of(story: RuleStory, session: str) -> list[str]:
    """The candidate that became the rule in this session, where the evidence says so."""
    said = (use.evidence.get("candidate") for use in story.uses if use.session == session)
    return [name for name in said if isinstance(name, str)]


def _about(sections: Iterable[Section], traces: _Traces) -> list[Section]:
    kept = []
    for section in sections:
        inside = tuple(entry for entry in section.entries if traces.in_event(entry.event))
        if inside:
            kept.append(Section(section.node, section.round, inside, section.seconds))
    return kept
