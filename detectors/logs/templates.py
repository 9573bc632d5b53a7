"""Templates of a log: what its lines have in common, mined as they come (Drain, He et al., ICWS 2017)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from argosy.detectors.logs.drain import Drain
from argosy.detectors.logs.masking import keeps_lines_apart, masked
from argosy.detectors.logs.stack_traces import without_frames
from argosy.detectors.logs.written_severity import read_severity
from argosy.signals.arrays import Ints
from argosy.signals.severity import Severity

OTHERS = 0
"""The id of what joined no template because there were as many as there may be."""

MOST_TEMPLATES = 5_000
MOST_MINED_CHARS = 2_000
"""What follows in a longer line has no say in its template."""

MOST_EXAMPLES = 3
_MOST_WORDS = 120
_SIMILAR = 0.7
_MOST_REMEMBERED_CHARS = 16_000_000


@dataclass(eq=False)
class Template:
    """One template: its `text` with `<*>` for what varies, and a few lines as they were written."""

    id: int
    text: str
    examples: list[str] = field(default_factory=list)
    count: int = 0
    first: int = -1
    """The place of its first line, counted from 0 in the order in which lines came."""

    severity: Severity = Severity.UNKNOWN
    """The level of all of its lines."""


class TemplateMiner:
    """Gives each line the id of its template, in one pass, with memory bounded by `most` templates.

    A template's text may become more general as lines come; its id stays. Lines that differ in their level, or in a
    word that says how it went (see `masking.keeps_lines_apart`), are never joined. When there are `most`, what fits
    none of them gets `OTHERS`.
    """

    def __init__(self, most: int = MOST_TEMPLATES) -> None:
        self._drain = Drain(most, _SIMILAR)
        self._known: dict[tuple[Severity, str], int] = {}
        self._templates: dict[int, Template] = {}
        self._seen = self._remembered_chars = 0
        self.unread_errors = 0
        """How many of the lines that got `OTHERS` have a level of ERROR or above."""

    @property
    def templates(self) -> Sequence[Template]:
        """Those found until now, by id; `OTHERS` last where anything went there."""
        found = [self._templates[id] for id in sorted(self._templates) if id != OTHERS]
        return [*found, *([self._templates[OTHERS]] if OTHERS in self._templates else [])]

    def add(self, texts: Sequence[str], severities: Sequence[Severity] | None = None) -> Ints:
        """The ids of these lines, shape (n,). Without their levels, these are read from the lines."""
        clean = [text if "\n" not in text else without_frames(text) for text in texts]
        clean = [text if len(text) <= MOST_MINED_CHARS else text[:MOST_MINED_CHARS] for text in clean]
        lines = masked("\n".join(clean)).split("\n") if clean else []
        levels = severities if severities is not None else list(map(read_severity, texts))
        keys = list(zip(levels, lines, strict=True))
        ids = [self._known.get(key, -1) for key in keys]
        for place, id in enumerate(ids):
            if id < 0:
                ids[place] = self._mine(*keys[place], texts[place])
        if OTHERS in self._templates:
            self.unread_errors += sum(id == OTHERS and level.is_error for id, level in zip(ids, levels, strict=True))
        found = np.array(ids, dtype=np.int64)
        self._count(found)
        return found

    def _mine(self, severity: Severity, line: str, text: str) -> int:
        if (severity, line) in self._known:
            return self._known[severity, line]
        apart = keeps_lines_apart(line) or "-"
        apart = apart if severity is Severity.UNKNOWN else f"{severity.value}:{apart}"
        id = self._placed(apart, line.split()[:_MOST_WORDS], severity)
        self._remember(severity, line, id)
        template = self._templates[id]
        if len(template.examples) < MOST_EXAMPLES and text not in template.examples:
            template.examples.append(text)
        return id

    def _remember(self, severity: Severity, line: str, id: int) -> None:
        self._remembered_chars += len(line) + 100  # about what a short line takes beside its text
        if self._remembered_chars > _MOST_REMEMBERED_CHARS:
            self._known.clear()
            self._remembered_chars = len(line)
        self._known[severity, line] = id

    def _placed(self, apart: str, words: Sequence[str], severity: Severity) -> int:
        cluster = self._drain.place(apart, words)
        if cluster is None:
            self._templates.setdefault(OTHERS, Template(OTHERS, "(lines that fit no template)"))
            return OTHERS
        found = self._templates.setdefault(cluster.id, Template(cluster.id, "", severity=severity))
        found.text = " ".join(cluster.words)
        return cluster.id

    def _count(self, ids: Ints) -> None:
        present, firsts, counts = np.unique(ids, return_index=True, return_counts=True)
        for id, first, count in zip(present.tolist(), firsts.tolist(), counts.tolist(), strict=True):
            template = self._templates[id]
            template.first = self._seen + first if template.first < 0 else template.first
            template.count += count
        self._seen += len(ids)
