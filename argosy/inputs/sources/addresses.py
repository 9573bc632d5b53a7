"""Addresses of sources. Secrets stay in the worker's environment: an address names them as ${NAME}."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from argosy.graphs.recording.redaction import Redaction
from argosy.signals.errors import BadInput

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def check_kept(option: str, address: str) -> None:
    """Raises BadInput for an address with a password in it, which would be kept in the store."""
    rest = _NAME.sub("", address).replace(":@", "@")
    try:
        password = urlsplit(rest).password if "://" in rest else None
    except ValueError as error:
        raise BadInput(
            option, f"is no address: {error}", "write it as http://host:9090 or postgresql://host/name"
        ) from error
    if password or Redaction().text(rest) != rest:
        mend = "write ${NAME} in its place, and set NAME where the worker runs"
        raise BadInput(option, "a secret stands in it, and it would be kept", mend)


def standing_in(address: str) -> str:
    """The address with something harmless in place of each ${NAME}, to see whether the rest of it can be right."""
    return _NAME.sub("1", address)


def filled_in(option: str, address: str, environ: Mapping[str, str]) -> str:
    """The address with each ${NAME} from the environment. Raises BadInput for a name that is not set."""

    def value(match: re.Match[str]) -> str:
        if not environ.get(match[1]):
            raise BadInput(option, f"{match[1]} is not set where the worker runs", f"set {match[1]}, and restart it")
        return environ[match[1]]

    return _NAME.sub(value, address)


def without_password(address: str) -> str:
    """The address as it may stand in a message."""
    parts = urlsplit(address)
    if "@" not in parts.netloc:
        return address
    return address.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
