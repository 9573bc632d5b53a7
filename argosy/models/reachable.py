"""Whether somebody listens where a model is said to be; nothing is asked of it."""

import socket
from urllib.parse import urlsplit

from argosy.agents.models.addresses import address
from argosy.agents.models.catalog import EMBEDDED, ModelFacts
from argosy.models.gguf import SCHEME

WAIT_S = 5.0


def what_keeps_away(spec: str, facts: ModelFacts) -> str | None:
    """Why the server of a model cannot be reached; None when something listens there, or none is to be reached.

    Only plain HTTP is tried: the way to others may lead through a proxy. Raises BadInput for a spec of no known form.
    """
    if spec == EMBEDDED or spec.startswith(SCHEME):
        return None
    parts = urlsplit(address(spec, facts)[0])
    if parts.scheme != "http":
        return None
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=WAIT_S):
            return None
    except (OSError, ValueError) as error:
        return str(error)
