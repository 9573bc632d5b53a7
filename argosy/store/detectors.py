"""Detectors: what a session leaves that can be put in service."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule import Direction
from argosy.graphs.recording.redaction import Redaction
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.column_types import DamagedValue, word
from argosy.store.database import Database
from argosy.store.ids import TRIES, find_id, timed_id
from argosy.store.rows import DetectorRow, Json, MemberRow
from argosy.store.sessions import LATEST
from argosy.store.status import is_live

_TABLE = schema.detectors


class Detectors:
    """Keeps detectors: a base and the rules beside it, in order."""

    def __init__(
        self, database: Database, redaction: Redaction, clock: Callable[[], float], token: Callable[[], str]
    ) -> None:
        self._database, self._redaction, self._clock, self._token = database, redaction, clock, token

    def put(
        self,
        session: str,
        series: str,
        base: Json,
        members: Sequence[MemberRow],
        step_s: int,
        hold_points: float = 0.0,
        ringing: AlertOnce = EVERY_POINT,
        within: Callable[[sa.Connection, DetectorRow], None] = lambda _connection, _row: None,
    ) -> DetectorRow:
        """Keeps a detector under an id of its own. The session must be here, and so must each rule (BadInput).

        `within` is done in the same transaction, once the row is in.
        """
        clean = self._redaction.tree
        for _ in range(TRIES):
            at = self._clock()
            name = timed_id("d", at, self._token())
            row = DetectorRow(
                name,
                session,
                clean(series),
                clean(base),
                tuple(members),
                step_s,
                at,
                hold_points,
                ringing.first_point_only,
                ringing.base_gain,
            )
            with self._database.writing() as connection:
                for member in members:
                    _check_known(connection, schema.rules.c.id, member.rule, "rule")
                _check_known(connection, schema.sessions.c.id, session, "session")
                if self._database.insert_new(connection, _TABLE, _values(row)):
                    within(connection, row)
                    return row
        raise self._database.unavailable("no free id in this second")

    def find(self, start: str) -> DetectorRow:
        """The detector whose id begins so, that of the session whose id begins so, or the latest that is live.

        Of several of a session the one that is live. Raises BadInput.
        """
        newest = sa.select(_TABLE).order_by(_TABLE.c.created.desc(), _TABLE.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            if start.startswith("s-"):
                session = find_id(connection, schema.sessions.c.id, start, "session")
                newest = newest.where(_TABLE.c.session == session).order_by(None)
                newest = newest.order_by(
                    sa.case((is_live(_TABLE), 0), else_=1), _TABLE.c.created.desc(), _TABLE.c.id.desc()
                )
            elif start == LATEST:
                newest = newest.where(is_live(_TABLE))
            else:
                newest = newest.where(_TABLE.c.id == find_id(connection, _TABLE.c.id, start, "detector"))
            found = connection.execute(newest).first()
        if found is None:
            raise self._none(start)
        return _row(found)

    def _none(self, start: str) -> BadInput:
        if start == LATEST and self.newest(1):
            mend = "argosy detector list --all shows the others"
            return BadInput(f"detector {start!r}", "there is none in service", mend)
        return BadInput(f"detector {start!r}", "there is none", "argosy run FILE makes one")

    def of(self, session: str) -> DetectorRow | None:
        """The newest detector of a session, by its whole id."""
        return next(iter(self.of_session(session)), None)

    def of_session(self, session: str) -> tuple[DetectorRow, ...]:
        """All detectors of a session, by its whole id, the newest first."""
        query = sa.select(_TABLE).where(_TABLE.c.session == session)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(_TABLE.c.created.desc(), _TABLE.c.id.desc()))
            return tuple(_row(each) for each in found)

    def newest(self, limit: int | None = None) -> tuple[DetectorRow, ...]:
        """Detectors, newest first."""
        query = sa.select(_TABLE).order_by(_TABLE.c.created.desc(), _TABLE.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(_row(found) for found in connection.execute(query))


def _check_known(connection: sa.Connection, column: sa.Column[str], name: str, noun: str) -> None:
    if connection.scalar(sa.select(column).where(column == name)) is None:
        raise BadInput(f"{noun} {name}", "is not in the store", f"keep the {noun} before its detector")


def _values(row: DetectorRow) -> dict[str, object]:
    members = [
        {
            "rule": member.rule,
            "direction": member.direction.value,
            "quota": asdict(member.rate_limit) if member.rate_limit else None,
        }
        for member in row.members
    ]
    return {column.name: getattr(row, column.name) for column in _TABLE.c} | {"members": members}


def _row(found: sa.Row[Any]) -> DetectorRow:
    values = dict(found._mapping)
    return DetectorRow(**(values | {"members": tuple(map(_member, values["members"]))}))


def _member(kept: object) -> MemberRow:
    match kept:
        case {
            "rule": str() as rule,
            "direction": direction,
            "quota": {"window": int() as window, "most": int() as most},
        }:
            return MemberRow(rule, word(Direction, direction), RateLimit(window, most))
        case {"rule": str() as rule, "direction": direction, **others} if not others.get("quota"):
            return MemberRow(rule, word(Direction, direction), None)
    raise DamagedValue(f"{kept!r:.60} stands where a rule of a detector is kept")
