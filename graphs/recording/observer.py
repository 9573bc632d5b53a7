"""An observer of a run: receives every event as it is recorded, and can stop the run."""

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
    """`watch` is called with every event; `interrupted` is asked between steps whether to stop."""

    watch: Callable[[Event], None] = _ignore
    interrupted: Callable[[], bool] = _never

    def over(self, recorder: Recorder) -> "ObservedRecorder":
        """A recorder that records into this one and calls `watch`."""
        return ObservedRecorder(recorder, self.watch)


class ObservedRecorder:
    """A recorder that also tells a watcher of every event."""

    def __init__(self, recorder: Recorder, watch: Callable[[Event], None]) -> None:
        self._recorder = recorder
        self._watch = watch

    def append(self, event: Event) -> None:
        """Records the event, then calls the watcher."""
        self._recorder.append(event)
        self._watch(event)

    def blob(self, data: bytes) -> str:
        """Keeps the bytes and returns their SHA-256 in hex."""
        return self._recorder.blob(data)
