"""Identities that sort by time, and finding one by its beginning."""

from datetime import UTC, datetime

import sqlalchemy as sa

from argosy.signals.errors import BadInput

TRIES = 100
"""How many tokens are drawn for an id before giving up; a second holds 65,536 of them."""

_SHOWN = 8

LISTINGS = {
    "detector": "argosy detector list",
    "refresh": "argosy detector show DETECTOR",
    "schedule": "argosy schedule list",
}
"""The commands that list what has no plural of its own."""


def timed_id(letter: str, at: float, token: str) -> str:
    """Such as 's-20261123-155149-3f9a': the kind, the second in UTC, and a token that tells equals apart."""
    return f"{letter}-{datetime.fromtimestamp(at, UTC):%Y%m%d-%H%M%S}-{token}"


def find_id(connection: sa.Connection, column: sa.Column[str], start: str, noun: str) -> str:
    """The one id that begins with `start`, or is it. Raises BadInput when there is none, or more than one."""
    place = f"{noun} {start!r}"
    listing = f"{LISTINGS.get(noun, f'argosy {noun}s')} lists them"
    if not start:
        raise BadInput(place, "is empty", listing)
    begins = sa.func.substr(column, 1, len(start)) == start
    matches = list(connection.scalars(sa.select(column).where(begins).order_by(column).limit(1000)))
    if start in matches:
        return start
    match matches:
        case []:
            raise BadInput(place, "there is none", listing)
        case [only]:
            return only
    shown = ", ".join(matches[:_SHOWN]) + (", …" if len(matches) > _SHOWN else "")
    raise BadInput(place, f"fits {len(matches)} of them: {shown}", "write more of the id")
