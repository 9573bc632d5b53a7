"""Verdicts on log templates, kept from one run to the next: what has been asked once is not asked again."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from argosy.agents.logs.answers import NumberedVerdict
from argosy.store.errors import StoreUnavailable

FILE = "log-verdicts.db"
_WAIT_S = 20.0
_AT_ONCE = 500
_TABLE = """
CREATE TABLE IF NOT EXISTS verdicts (
    key TEXT PRIMARY KEY, abnormal INTEGER NOT NULL, reason TEXT NOT NULL, kept REAL NOT NULL
) WITHOUT ROWID
"""


class VerdictCache:
    """Verdicts in a file, under the SHA-256 of how was asked and the template: no text of a log is in it.

    Safe to use from several threads and processes. `clean` takes secrets out of reasons, `clock` gives Unix seconds.
    `fresh` finds nothing, so that all is asked again and then kept. Every method raises StoreUnavailable.
    """

    def __init__(
        self, path: Path, clean: Callable[[str], str], clock: Callable[[], float], fresh: bool = False
    ) -> None:
        self._path, self._clean, self._clock, self._fresh = path, clean, clock, fresh

    def find(self, asked_as: str, texts: Sequence[str]) -> Mapping[str, NumberedVerdict]:
        """The verdicts that are known, by text."""
        names = {} if self._fresh else {_key(asked_as, text): text for text in texts}
        keys = list(names)
        found: dict[str, NumberedVerdict] = {}
        with self._connected() as connection:
            for at in range(0, len(keys), _AT_ONCE):
                some = keys[at : at + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = connection.execute(f"SELECT key, abnormal, reason FROM verdicts WHERE key IN ({marks})", some)
                found |= {names[key]: NumberedVerdict(bool(abnormal), reason) for key, abnormal, reason in rows}
        return found

    def keep(self, asked_as: str, answers: Mapping[str, NumberedVerdict]) -> None:
        """Keeps verdicts by text; committed before it returns."""
        now = self._clock()
        rows = [
            (_key(asked_as, text), answer.abnormal, self._clean(answer.reason), now) for text, answer in answers.items()
        ]
        with self._connected() as connection:
            connection.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?)", rows)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_WAIT_S)
            try:
                with connection:
                    connection.execute(_TABLE)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            mend = "remove the file to forget old verdicts, or set ARGOSY_HOME to a folder of yours"
            raise StoreUnavailable(f"verdicts {self._path}", str(error), mend) from error


def _key(asked_as: str, text: str) -> str:
    return hashlib.sha256(f"{asked_as}\0{text}".encode("utf-8", "replace")).hexdigest()
