"""Whether a file has the history that the rules of a detector need, by what their certificates found."""

from collections.abc import Iterator
from contextlib import suppress

from argosy.sessions.kept_certificates import certificates_of
from argosy.signals.errors import BadInput
from argosy.store.rows import DetectorRow
from argosy.store.store import Store


def history_notes(store: Store, row: DetectorRow, points: int) -> Iterator[str]:
    """A sentence for each rule of which no point of a series of this length has all the history that it needs."""
    for member in row.members:
        needed = needed_history(store, member.rule, row.session)
        if needed is not None and points < needed:
            yield (
                f"too little history for {member.rule}: it needs {needed:,} points to judge as it was certified, "
                f"and here are {points:,}; give a file that begins earlier"
            )


def needed_history(store: Store, rule: str, session: str) -> int | None:
    """Points, the judged one included, from which on a rule flags the same; at least so many where no bound was found.

    None where nothing certified it. The certificate of this session counts before those of others.
    """
    with suppress(BadInput):  # a certificate of another version keeps nobody from scoring
        found = certificates_of(store.rules.story(rule))
        certificate = found.get(session) or next(reversed(found.values()), None)
        if certificate is not None and (lookback := certificate.examination.lookback) is not None:
            return lookback.tried_points + 1 if lookback.flags_points is None else lookback.flags_points
    return None
