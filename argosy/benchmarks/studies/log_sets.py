"""Labelled logs to measure readers of logs on, as tables of lines or of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from argosy.eval.log_rates import windows
from argosy.inputs.logs.fields import line_of
from argosy.inputs.quoting import named
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput

WINDOW_LINES = 100
"""Lines that count as one session where the log has none, as in the paper's runs on BGL."""

_LINES = ("content", "label")
_SESSIONS = ("session", "templates", "label")


@dataclass(frozen=True, eq=False)
class LogSet:
    """A labelled log. Everything has one entry a line, in the log's order.

    `labels` are those of lines; where only sessions are labelled (`by_session`), of the session of each line.
    """

    name: str
    texts: Sequence[str]
    sessions: Sequence[int]
    templates: Sequence[str]
    labels: Bools
    by_session: bool

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, start: int, stop: int) -> "LogSet":
        """Some of its lines."""
        here = slice(start, stop)
        return LogSet(
            self.name,
            self.texts[here],
            self.sessions[here],
            self.templates[here],
            self.labels[here],
            self.by_session,
        )

    def cut(self, share: float) -> int:
        """Where its first share of lines ends, without cutting a session in two."""
        at = int(len(self) * share)
        while 0 < at < len(self) and self.sessions[at] == self.sessions[at - 1]:
            at += 1
        return at


def open_log_sets(path: Path) -> Sequence[LogSet]:
    """Every labelled log in a folder, or the one in a Parquet file. Raises BadInput.

    Tables of lines have columns content and label, mostly level, component and event_id too; tables of sessions have
    session, label, and templates with one line each.
    """
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    found = [each for file in files if (each := _log_set(file)) is not None]
    if not found:
        mend = f"give tables with {', '.join(_LINES)}, or with {', '.join(_SESSIONS)}"
        raise BadInput(named(path), "holds no labelled log", mend)
    return found


def _log_set(file: Path) -> LogSet | None:
    try:
        table = pd.read_parquet(file)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(named(file), "cannot be read as Parquet", "give labelled logs as Parquet") from error
    if all(name in table for name in _SESSIONS):
        return _of_sessions(file.stem, table)
    return _of_lines(file.stem, table) if all(name in table for name in _LINES) else None


def _of_lines(name: str, table: pd.DataFrame) -> LogSet:
    shown = [each for each in ("level", "component", "content") if each in table]
    rows = table[shown].astype(str).to_dict("records")
    texts = [line_of({str(name): cell for name, cell in row.items()}, "content") for row in rows]
    gold = [str(each) for each in table["event_id"]] if "event_id" in table else texts
    labels = table["label"].to_numpy() == 1
    return LogSet(name, texts, windows(len(texts), WINDOW_LINES), gold, labels, by_session=False)


def _of_sessions(name: str, table: pd.DataFrame) -> LogSet:
    lines = [str(each).split("\n") for each in table["templates"]]
    sizes = [len(each) for each in lines]
    texts = [text for each in lines for text in each]
    labels = np.repeat(table["label"].to_numpy() == 1, sizes)
    sessions: list[int] = np.repeat(np.arange(len(table)), sizes).tolist()
    return LogSet(name, texts, sessions, texts, labels, by_session=True)
