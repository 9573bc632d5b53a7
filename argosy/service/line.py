"""A line of detectors in full: who succeeded whom, how each stands, and what every refresh came to."""

from typing import Any

from argosy.service.expiry import age_days, due_at
from argosy.service.refresh_request import RefreshResult
from argosy.signals.errors import BadInput
from argosy.store.rows import DetectorRow
from argosy.store.status_rows import ConcurrentUpdate, Status, StatusChange
from argosy.store.store import Store


def detector_json(store: Store, row: DetectorRow, now: float) -> dict[str, Any]:
    """A detector with its standing, as JSON values; `age_days` counts from when it was kept.

    `expires` is the second of data after which it is due to be looked at again, `due` whether that lies before `now`.
    """
    service = store.service
    standings, succession = service.standings(row.id), service.succession(row.id)
    expires = due_at(store, row, standings)
    return {
        "id": row.id,
        "series": row.series,
        "status": service.status(row.id).value,
        "line": succession.line if succession else row.id,
        "predecessor": succession.predecessor if succession else None,
        "how": succession.how if succession else None,
        "made_until": succession.made_until if succession else None,
        "base": row.base["name"],
        "rules": [member.rule for member in row.members],
        "session": row.session,
        "created": row.created,
        "age_days": age_days(row.created, now),
        "expires": expires,
        "due": expires is not None and now > expires,
        "standings": [
            {
                "at": each.at,
                "status": each.status.value,
                "author": each.author,
                "why": each.why,
                "refresh": each.refresh,
                "expires": each.expires,
            }
            for each in standings
        ],
    }


def line_json(store: Store, detector: str, now: float) -> dict[str, Any]:
    """The whole line of a detector as JSON values: all its detectors, refreshes and approvals. Raises BadInput."""
    row = store.detectors.find(detector)
    line = store.service.line_of(row.id)
    refreshes = store.refreshes.of_line(line, concluded=False)
    mine = {each.id for each in refreshes}
    return {
        "detector": row.id,
        "line": line,
        "live": store.service.with_status(line, Status.LIVE),
        "detectors": [detector_json(store, store.detectors.find(each), now) for each in store.service.line(line)],
        "refreshes": [
            RefreshResult.of(each.json).as_json()
            if each.json is not None
            else {"id": each.id, "key": each.key, "state": None, "at": each.started, "session": each.session}
            for each in refreshes
        ],
        "approvals": [
            {
                "id": each.id,
                "refresh": each.refresh,
                "asked": each.asked,
                "verdict": each.verdict,
                "author": each.author,
                "why": each.why,
            }
            for each in store.refreshes.approvals(every=True)
            if each.refresh in mine
        ],
    }


def promote(store: Store, detector: str, author: str, why: str) -> tuple[str | None, str]:
    """Puts a candidate in service; returns the one that it takes the place of, if any, and itself. Raises BadInput."""
    row = store.detectors.find(detector)
    line = store.service.line_of(row.id)
    with store.claims.hold(line):
        status = store.service.status(row.id)
        if status is not Status.CANDIDATE:
            problem = "is in service already" if status is Status.LIVE else f"is no candidate ({status.value})"
            raise BadInput(f"detector {row.id}", problem, "argosy detector show tells its line")
        gone = store.service.with_status(line, Status.LIVE)
        retired = [StatusChange(gone, Status.LIVE, Status.RETIRED, why)] if gone else []
        _move(store, row.id, (*retired, StatusChange(row.id, status, Status.LIVE, why)), author)
    return gone, row.id


def retire(store: Store, detector: str, author: str, why: str) -> str:
    """Takes a detector out of service, and returns its id. Raises BadInput where it is retired already."""
    row = store.detectors.find(detector)
    with store.claims.hold(store.service.line_of(row.id)):
        status = store.service.status(row.id)
        if status is Status.RETIRED:
            raise BadInput(f"detector {row.id}", "is retired already", "argosy detector show tells since when")
        _move(store, row.id, (StatusChange(row.id, status, Status.RETIRED, why),), author)
    return row.id


def roll_back(store: Store, detector: str, author: str, why: str) -> tuple[str, str]:
    """Gives the live detector's place back to its predecessor; returns both, the one now live last. Raises BadInput."""
    line = store.service.line_of(store.detectors.find(detector).id)
    with store.claims.hold(line):
        live = store.service.with_status(line, Status.LIVE)
        succession = store.service.succession(live) if live else None
        if live is None or succession is None:
            problem = "has nothing in service" if live is None else f"has only its first detector, {live}, in service"
            raise BadInput(f"line {line}", problem, "argosy detector show tells the line")
        before = succession.predecessor
        back = StatusChange(before, store.service.status(before), Status.LIVE, why)
        _move(store, live, (StatusChange(live, Status.LIVE, Status.RETIRED, why), back), author)
    return live, before


def _move(store: Store, detector: str, moves: tuple[StatusChange, ...], author: str) -> None:
    try:
        store.service.move(moves, author)
    except ConcurrentUpdate as overtaken:
        problem = f"changed meanwhile: {overtaken}"
        raise BadInput(f"detector {detector}", problem, "look again, and repeat it") from overtaken
