"""The store as one thing: open it, and reach sessions, events, blobs, rules, detectors and artefacts through it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from argosy.graphs.recording.redaction import Redaction
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.artefacts import Artefacts
from argosy.store.blobs import Blobs
from argosy.store.claims import Claims
from argosy.store.database import Database, connect
from argosy.store.detectors import Detectors
from argosy.store.errors import StoreUnavailable
from argosy.store.events import Events
from argosy.store.refreshes import Refreshes
from argosy.store.rules import Rules
from argosy.store.sessions import Sessions
from argosy.store.status import DetectorStatus
from argosy.store.upgrade import upgrade

if TYPE_CHECKING:
    from argosy.graphs.recording.events import Event


@dataclass(frozen=True)
class Store:
    """An open store. Safe to use from several threads; several processes may each open the same."""

    database: Database
    sessions: Sessions
    events: Events
    blobs: Blobs
    rules: Rules
    detectors: Detectors
    service: DetectorStatus
    refreshes: Refreshes
    artefacts: Artefacts
    claims: Claims
    redaction: Redaction

    def close(self) -> None:
        """Gives back every connection."""
        self.database.engine.dispose()


class StoreRecorder:
    """Records one session: each event and blob is committed before the call returns."""

    def __init__(self, store: Store, session: str) -> None:
        self._store, self._session = store, session

    def append(self, event: "Event") -> None:
        """Raises StoreUnavailable."""
        self._store.events.append(self._session, event)

    def blob(self, data: bytes) -> str:
        """Raises StoreUnavailable."""
        return self._store.blobs.put(data)


def open_store(
    settings: Settings,
    clock: Callable[[], float] = time.time,
    token: Callable[[], str] = lambda: secrets.token_hex(2),
) -> Store:
    """Opens the store, making or upgrading its tables.

    `clock` gives Unix seconds, `token` a few hex digits for new ids. Raises StoreUnavailable with the mend, and
    BadInput for a URL that cannot be read.
    """
    url = _url(settings)
    if url.get_backend_name() == "sqlite" and not str(url.database).startswith("file:"):  # a URI names no folder
        _make_folder(Path(str(url.database)).parent)
    database = connect(url)
    upgrade(database)
    redaction = Redaction(tuple(secret for secret in (*settings.secrets, url.password) if secret))
    service = DetectorStatus(database, clock)
    return Store(
        database=database,
        sessions=Sessions(database, redaction, clock, token),
        events=Events(database, redaction),
        blobs=Blobs(database, redaction),
        rules=Rules(database, clock),
        detectors=Detectors(database, redaction, clock, token),
        service=service,
        refreshes=Refreshes(database, redaction, service, clock, token),
        artefacts=Artefacts(settings.home / "artefacts"),
        claims=Claims(settings.home / "running"),
        redaction=redaction,
    )


def _url(settings: Settings) -> sa.URL:
    if settings.store is None:
        return sa.URL.create("sqlite", database=str(settings.home / "argosy.db"))
    try:
        url = sa.make_url(settings.store)
    except (sa.exc.ArgumentError, ValueError) as error:
        mend = "write sqlite:////folder/argosy.db or postgresql://user:password@host/name"
        raise BadInput("ARGOSY_STORE", "not a URL that SQLAlchemy can read", mend) from error
    if url.get_backend_name() == "sqlite" and (url.database or ":memory:") == ":memory:":
        raise BadInput("ARGOSY_STORE", "names no file", "write sqlite:////folder/argosy.db")
    return url


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the folder cannot be made: {(error.strerror or str(error)).lower()}"
        raise StoreUnavailable(f"store {folder}", problem, "set ARGOSY_HOME to a folder of yours") from error
