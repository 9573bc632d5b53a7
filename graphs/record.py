"""Where a session records: the protocol, and the two wrappers that everything recorded passes through."""

from typing import Protocol

from graphs.events import Event


class Recorder(Protocol):
    """Keeps events and blobs, at once and in order. Safe to call from several threads at once."""

    def append(self, event: Event) -> None:
        """Keeps the event before it returns."""
        ...

    def blob(self, data: bytes) -> str:
        """Keeps the bytes and returns their SHA-256 in hex."""
        ...
