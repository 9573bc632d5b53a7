"""The names of time zones."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from argosy.signals.errors import BadInput


def check_zone(option: str, name: str) -> str:
    """The name itself. Raises BadInput when no zone is called so."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        mend = "give a name such as Europe/Berlin or UTC"
        raise BadInput(f"{option} {name}", "there is no such time zone", mend) from error
    return name
