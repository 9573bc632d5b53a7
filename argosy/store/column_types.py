"""Types of columns that look at what comes back: SQLite keeps whatever is written to it, also where a column is typed.

A value of another type means that something else than Argosy wrote it, or that the file is damaged.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa

_ANYTHING_ELSE = 60

_Word = TypeVar("_Word", bound=StrEnum)


class DamagedValue(Exception):
    """A value that its column cannot hold."""


class _Checked(sa.types.TypeDecorator[Any]):
    """Gives values of these kinds, and None; raises DamagedValue for all others."""

    cache_ok = True
    kinds: tuple[type, ...] = ()
    may_lack = True

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        if (value is None and self.may_lack) or isinstance(value, self.kinds):
            return value
        raise DamagedValue(f"{value!r:.{_ANYTHING_ELSE}} stands where {self.kinds[0].__name__} is kept")


class Text(_Checked):
    """Text of any length."""

    impl = sa.Text
    kinds = (str,)
    cache_ok = True


class Name(_Checked):
    """Text up to a length."""

    impl = sa.String
    kinds = (str,)
    cache_ok = True


class Number(_Checked):
    """A float; of Unix seconds, too."""

    impl = sa.Double
    kinds = (float, int)
    cache_ok = True


class Whole(_Checked):
    """An integer of 64 bits."""

    impl = sa.BigInteger
    kinds = (int,)
    cache_ok = True


class Bytes(_Checked):
    """Bytes."""

    impl = sa.LargeBinary
    kinds = (bytes, memoryview)
    cache_ok = True


class ObjectOrNone(_Checked):
    """A JSON object, or nothing."""

    impl = sa.JSON
    kinds = (Mapping,)
    cache_ok = True


class Object(ObjectOrNone):
    """A JSON object; not even JSON's own null."""

    may_lack = False
    cache_ok = True


class Array(_Checked):
    """A JSON array."""

    impl = sa.JSON
    kinds = (list, tuple)
    may_lack = False
    cache_ok = True


def word(kind: type[_Word], value: Any) -> _Word:
    """One of the words that a column may hold. Raises DamagedValue for any other."""
    try:
        return kind(value)
    except ValueError as error:
        raise DamagedValue(f"{value!r:.{_ANYTHING_ELSE}} stands where a {kind.__name__} is kept") from error
