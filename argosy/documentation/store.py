"""The tables on the page of the store: one for each table of the schema."""

from collections.abc import Mapping

import sqlalchemy as sa

from argosy.documentation.tables import Table
from argosy.store.schema import metadata


def tables() -> Mapping[str, Table]:
    """By the name of the table, in the order in which the schema has them."""
    return {table.name: Table(("column", "type", "meaning"), _rows(table)) for table in metadata.tables.values()}


def _rows(table: sa.Table) -> tuple[tuple[str | None, ...], ...]:
    return tuple((f"`{column.name}`", _type(column), None) for column in table.columns)


def _type(column: sa.Column[object]) -> str:
    kept = column.type.impl_instance if isinstance(column.type, sa.types.TypeDecorator) else column.type
    words = [str(kept.as_generic()).lower()]
    if column.primary_key:
        words.append("key")
    words += [f"of {key.column.table.name}" for key in column.foreign_keys]
    if column.nullable:
        words.append("or null")
    if column.unique:
        words.append("unique")
    return ", ".join(words)
