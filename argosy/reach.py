"""Whether somebody listens where a model is said to be; nothing is asked of it."""

import socket
from urllib.parse import urlsplit

WAIT_S = 5.0


def what_keeps_away(model: str) -> str | None:
    """Why the server of a model named by URL cannot be reached; None when something listens there, or none is named."""
    url, mark, _ = model.partition("#")
    if not mark:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=WAIT_S):
            return None
    except (OSError, ValueError) as error:
        return str(error)
