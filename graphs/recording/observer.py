"""Who looks on while a graph runs: told of every event as it is recorded, and asked whether to stop."""

from collections.abc import Callable
from dataclasses import dataclass

from argosy.graphs.recording.events import Event
from argosy.graphs.recording.recorder import Recorder


def _ignore(_event: Event) -> None:
    """Nobody looks on."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Observer:
    """Who is told of every event (`watch`), and who may stop the run (`interrupted`, asked between steps)."""

    watch: Callable[[Event], None] = _ignore
    interrupted: Callable[[], bool] = _never

    def over(self, recorder: Recorder) -> "ObservedRecorder":
        """A recorder that keeps what this one keeps, and tells of it."""
        return ObservedRecorder(recorder, self.watch)


class ObservedRecorder:
    """A recorder that also tells a watcher of every event."""

    def __init__(self, recorder: Recorder, watch: Callable[[Event], None]) -> None:
        self._recorder = recorder
        self._watch = watch

    def append(self, event: Event) -> None:
        """Keeps the event, then tells of it."""
        self._recorder.append(event)
        self._watch(event)

    def blob(self, data: bytes) -> str:
        """Keeps the bytes and returns their SHA-256 in hex."""
        return self._recorder.blob(data)
