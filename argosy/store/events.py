"""The events of sessions, in order; they are added and read, never changed."""

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from argosy.graphs.recording.redaction import Redaction
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.database import Database
from argosy.store.errors import StoreUnavailable
from argosy.store.rows import EventRow

if TYPE_CHECKING:
    from argosy.graphs.recording.events import Event


class Events:
    """Appends events, less their secrets, and reads them back."""

    def __init__(self, database: Database, redaction: Redaction) -> None:
        self._database, self._redaction = database, redaction

    def append(self, session: str, event: "Event") -> int:
        """Keeps the event before it returns, and gives its place in the session, from 1."""
        kept = json.loads(self._redaction.event(event).model_dump_json())  # NaN is null from here on
        table = schema.events
        with self._database.writing() as connection:
            lock = sa.select(schema.sessions.c.id).where(schema.sessions.c.id == session).with_for_update()
            if connection.scalar(lock) is None:
                raise BadInput(f"session {session!r}", "is not in the store", "begin the session first")
            last = connection.scalar(sa.select(sa.func.max(table.c.seq)).where(table.c.session == session))
            seq = (last or 0) + 1
            connection.execute(table.insert().values(session=session, seq=seq, kind=event.kind, json=kept))
        return seq

    def of(self, session: str, after: int = 0) -> tuple[EventRow, ...]:
        """A session's events beyond `after`, in order. Raises StoreUnavailable for one of a newer kind."""
        table = schema.events
        wanted = (table.c.session == session) & (table.c.seq > after)
        with self._database.reading() as connection:
            found = connection.execute(sa.select(table.c.seq, table.c.json).where(wanted).order_by(table.c.seq)).all()
        return tuple(EventRow(session, seq, self._read(kept)) for seq, kept in found)

    def _read(self, kept: object) -> "Event":
        import pydantic

        from argosy.graphs.recording.events import EVENT  # here, since most that opens a store reads no event

        try:
            return EVENT.validate_python(kept)
        except pydantic.ValidationError as error:
            problem = "holds an event that this version does not know"
            raise StoreUnavailable(self._database.place, problem, "upgrade Argosy") from error
