"""Rules: kept once, with where they come from and what every session found of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from argosy.detectors.rules.rule import Direction, Number, Rule, rule_id
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.column_types import word
from argosy.store.database import Database
from argosy.store.ids import find_id
from argosy.store.rows import Json, ListedRule, RuleRole, RuleRow, RuleStory, RuleUse

_TABLE = schema.rules


class Rules:
    """Keeps rules, their lineage and their use. A source is kept as it is: changed, it would be another rule."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def put(
        self,
        rule: Rule,
        params: Mapping[str, Number],
        direction: Direction,
        *,
        author: str,
        language_model: bool,
        parents: Iterable[str] = (),
    ) -> RuleRow:
        """Keeps a rule and its parents' ids, which must be here already (BadInput).

        `language_model` says whether one wrote this rule; what is kept also counts its ancestors, and never turns
        back to False when the same rule comes again.
        """
        name = rule_id(rule.source, params, direction)
        parents = [parent for parent in parents if parent != name]
        row = {
            "id": name,
            "source": rule.source,
            "summary": rule.summary,
            "params": dict(params),
            "direction": direction.value,
            "author": author,
            "language_model": False,
            "created": self._clock(),
        }
        with self._database.writing() as connection:
            self._database.insert_new(connection, _TABLE, row)
            tainted = [language_model, *(_tainted(connection, parent) for parent in parents)]
            for parent in parents:
                self._database.insert_new(connection, schema.lineage, {"child": name, "parent": parent})
            if any(tainted) or _tainted(connection, name):
                _taint(connection, name)
            return _one(connection, name)

    def use(self, session: str, rule: str, role: RuleRole, evidence: Json) -> None:
        """Enters what a rule was to a session; said again, the later word holds."""
        table = schema.session_rules
        row = {"session": session, "rule": rule, "role": role.value, "evidence": dict(evidence)}
        with self._database.writing() as connection:
            connection.execute(table.delete().where((table.c.session == session) & (table.c.rule == rule)))
            connection.execute(table.insert().values(**row))

    def find(self, start: str) -> RuleRow:
        """The rule whose id begins so. Raises BadInput."""
        with self._database.reading() as connection:
            return _one(connection, find_id(connection, _TABLE.c.id, start, "rule"))

    def story(self, start: str) -> RuleStory:
        """The rule whose id begins so, with its parents, its children and its uses. Raises BadInput."""
        line, uses = schema.lineage.c, schema.session_rules
        with self._database.reading() as connection:
            name = find_id(connection, _TABLE.c.id, start, "rule")
            parents = _TABLE.c.id.in_(sa.select(line.parent).where(line.child == name))
            children = _TABLE.c.id.in_(sa.select(line.child).where(line.parent == name))
            used = sa.select(uses).where(uses.c.rule == name).order_by(uses.c.session)
            return RuleStory(
                rule=_one(connection, name),
                parents=_some(connection, parents),
                children=_some(connection, children),
                uses=tuple(_use(found) for found in connection.execute(used)),
            )

    def uses(self, roles: Iterable[RuleRole] = tuple(RuleRole)) -> tuple[RuleUse, ...]:
        """What rules with these roles were to their sessions, and what was measured of them there."""
        uses = schema.session_rules
        query = sa.select(uses).where(uses.c.role.in_([role.value for role in roles])).order_by(uses.c.session)
        with self._database.reading() as connection:
            return tuple(_use(found) for found in connection.execute(query))

    def listed(self, roles: Iterable[RuleRole] = tuple(RuleRole)) -> tuple[ListedRule, ...]:
        """Rules that had one of these roles in some session, newest first."""
        uses, sessions = schema.session_rules, schema.sessions
        wanted = uses.c.role.in_([role.value for role in roles])
        query = (
            sa.select(uses.c.rule, sessions.c.series, sessions.c.id)
            .join(sessions, sessions.c.id == uses.c.session)
            .where(wanted)
            .order_by(sessions.c.started)
        )
        with self._database.reading() as connection:
            where: dict[str, list[tuple[str, str]]] = {}
            for rule, series, session in connection.execute(query):
                where.setdefault(rule, []).append((series, session))
            rules = _some(connection, _TABLE.c.id.in_(sa.select(uses.c.rule).where(wanted)))
        return tuple(
            ListedRule(
                rule,
                tuple(dict.fromkeys(series for series, _ in where[rule.id])),
                tuple(session for _, session in where[rule.id]),
            )
            for rule in reversed(rules)
        )


def _tainted(connection: sa.Connection, rule: str) -> bool:
    known = connection.scalar(sa.select(_TABLE.c.language_model).where(_TABLE.c.id == rule))
    if known is None:
        raise BadInput(f"rule {rule}", "is not in the store", "keep parents before their children")
    return bool(known)


def _taint(connection: sa.Connection, rule: str) -> None:
    """Marks the rule and all that descends from it; UNION, so that a rule that became its own ancestor ends it."""
    line = schema.lineage.c
    below = sa.select(sa.literal(rule).label("id")).cte("below", recursive=True)
    below = below.union(sa.select(line.child).join(below, line.parent == below.c.id))
    connection.execute(_TABLE.update().where(_TABLE.c.id.in_(sa.select(below.c.id))).values(language_model=True))


def _one(connection: sa.Connection, rule: str) -> RuleRow:
    return _rule(connection.execute(sa.select(_TABLE).where(_TABLE.c.id == rule)).one())


def _some(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[RuleRow, ...]:
    query = sa.select(_TABLE).where(where).order_by(_TABLE.c.created, _TABLE.c.id)
    return tuple(_rule(found) for found in connection.execute(query))


def _rule(found: sa.Row[Any]) -> RuleRow:
    values = dict(found._mapping)
    return RuleRow(**(values | {"direction": word(Direction, values["direction"])}))


def _use(found: sa.Row[Any]) -> RuleUse:
    return RuleUse(found.session, found.rule, word(RuleRole, found.role), found.evidence)
