"""Refreshes and approvals: each refresh is entered once by its key, and concluded once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from argosy.graphs.recording.redaction import Redaction
from argosy.graphs.refresh.outcomes import RefreshState
from argosy.store import schema
from argosy.store.database import Database
from argosy.store.ids import TRIES, find_id, timed_id
from argosy.store.rows import Json
from argosy.store.status import DetectorStatus
from argosy.store.status_rows import ApprovalRow, ConcurrentUpdate, RefreshRow, StatusChange

_TABLE, _APPROVALS = schema.refreshes, schema.approvals


@dataclass(frozen=True)
class Ending:
    """How a refresh is concluded: all of it, with the changes of status, in one transaction.

    `told` is kept as its JSON; `question`, where there is one, is what a person is asked to decide.
    """

    state: RefreshState
    decision: str
    told: Json
    moves: tuple[StatusChange, ...] = ()
    challenger: str | None = None
    seen_until: int | None = None
    data: str | None = None
    question: Mapping[str, object] | None = None


@dataclass(frozen=True)
class ApprovalAnswer:
    """What a person said to a question, and who."""

    verdict: str
    author: str
    why: str


class Refreshes:
    """Keeps refreshes. A key is used once; whoever comes second is told so by Overtaken."""

    def __init__(
        self,
        database: Database,
        redaction: Redaction,
        service: DetectorStatus,
        clock: Callable[[], float],
        token: Callable[[], str],
    ) -> None:
        self._database, self._redaction, self._service = database, redaction, service
        self._clock, self._token = clock, token

    def begin(self, key: str | None, line: str, detector: str) -> RefreshRow:
        """The refresh of this key: entered now, or as it was entered before."""
        for _ in range(TRIES):
            at = self._clock()
            name = timed_id("f", at, self._token())
            row = RefreshRow(name, key if key is not None else name, line, detector, at)
            with self._database.writing() as connection:
                known = connection.execute(sa.select(_TABLE).where(_TABLE.c.key == row.key)).first()
                if known is not None:
                    return RefreshRow(**known._mapping)
                values = {each: getattr(row, each) for each in ("id", "key", "line", "detector", "started")}
                if self._database.insert_new(connection, _TABLE, values):
                    return row  # else another process was faster, or another id had this token
        raise self._database.unavailable("no free id in this second")

    def of_key(self, key: str) -> RefreshRow | None:
        """The refresh of a key, concluded or not."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(_TABLE).where(_TABLE.c.key == key)).first()
        return None if found is None else RefreshRow(**found._mapping)

    def note(self, refresh: str, **values: str | int | None) -> None:
        """Notes the session of an open refresh, or that of its search."""
        with self._database.writing() as connection:
            connection.execute(_TABLE.update().where(_TABLE.c.id == refresh).values(**values))

    def conclude(self, refresh: str, ending: Ending, author: str, answer: ApprovalAnswer | None = None) -> RefreshRow:
        """Concludes a refresh, or, with an answer, one that waits for it. Raises Overtaken: then nothing is changed."""
        waiting = RefreshState.WAITING_FOR_APPROVAL.value
        open_ = _TABLE.c.state == waiting if answer else _TABLE.c.state.is_(None)
        try:
            with self._database.writing() as connection:
                changed = _TABLE.update().where((_TABLE.c.id == refresh) & open_)
                if connection.execute(changed.values(**self._values(ending)).returning(_TABLE.c.id)).first() is None:
                    raise ConcurrentUpdate(f"refresh {refresh} was concluded by another process")
                self._service.move_within(connection, ending.moves, author, refresh)
                if answer:
                    self._answer(connection, refresh, answer)
                if ending.question is not None:
                    self._ask(connection, refresh, ending.question)
        except sa.exc.IntegrityError as error:
            raise ConcurrentUpdate("another process changed the status first") from error
        return self.find(refresh)

    def _values(self, ending: Ending) -> dict[str, object]:
        values: dict[str, object] = {
            "state": ending.state.value,
            "decision": ending.decision,
            "challenger": ending.challenger,
            "ended": self._clock(),
            "json": self._redaction.tree(ending.told),
        }
        seen = {"seen_until": ending.seen_until, "data": ending.data}
        return values | {name: value for name, value in seen.items() if value is not None}

    def _ask(self, connection: sa.Connection, refresh: str, facts: Mapping[str, object]) -> None:
        name = "a" + refresh[1:]
        row = {"id": name, "refresh": refresh, "asked": self._clock(), "facts": self._redaction.tree(dict(facts))}
        connection.execute(_APPROVALS.insert().values(**row))

    def _answer(self, connection: sa.Connection, refresh: str, answer: ApprovalAnswer) -> None:
        clean = self._redaction.text
        values = {"verdict": answer.verdict, "decided": self._clock()}
        said = {"author": clean(answer.author), "why": clean(answer.why)}
        open_ = (_APPROVALS.c.refresh == refresh) & _APPROVALS.c.verdict.is_(None)
        connection.execute(_APPROVALS.update().where(open_).values(**values, **said))

    def find(self, start: str) -> RefreshRow:
        """The refresh whose id begins so. Raises BadInput."""
        with self._database.reading() as connection:
            name = find_id(connection, _TABLE.c.id, start, "refresh")
            return RefreshRow(**connection.execute(sa.select(_TABLE).where(_TABLE.c.id == name)).one()._mapping)

    def of_line(self, line: str, concluded: bool = True) -> tuple[RefreshRow, ...]:
        """The refreshes of a line, the oldest first; also those that were never concluded, if these are wanted."""
        where = _TABLE.c.line == line
        query = sa.select(_TABLE).where(where & _TABLE.c.state.is_not(None) if concluded else where)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(_TABLE.c.started, _TABLE.c.id))
            return tuple(RefreshRow(**row._mapping) for row in found)

    def approval(self, start: str) -> ApprovalRow:
        """The approval whose id, or whose refresh's id, begins so. Raises BadInput."""
        with self._database.reading() as connection:
            column = _APPROVALS.c.refresh if start.startswith("f-") else _APPROVALS.c.id
            name = find_id(connection, column, start, "approval")
            return ApprovalRow(**connection.execute(sa.select(_APPROVALS).where(column == name)).one()._mapping)

    def approvals(self, every: bool = False) -> tuple[ApprovalRow, ...]:
        """Questions that are open, the oldest first; or all that were ever asked."""
        query = sa.select(_APPROVALS).order_by(_APPROVALS.c.asked, _APPROVALS.c.id)
        if not every:
            query = query.where(_APPROVALS.c.verdict.is_(None))
        with self._database.reading() as connection:
            return tuple(ApprovalRow(**found._mapping) for found in connection.execute(query))
