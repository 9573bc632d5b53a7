"""How the host and the harness speak: frames over one pair of byte streams.

A frame is a four-byte little-endian length, that many bytes of JSON, and, where the JSON says so, raw little-endian
arrays. The host sends the harness a notice (limits and libraries) and a word, then a job to the process that waits for
it, with its inputs as float64 values and int64 seconds (evenly spaced ones as start and step); back come `begun`, one
frame for each evaluation (`ran` with float64 or one-byte scores, `broke`, `too_big`) and an `end` that says how the
job's process ended. The end is believed with that word only, which is in the memory of no job's process: until it
comes, the rule may be there to read what we send and to answer in another's place, so nothing is sent. Nothing is
unpickled, and every length is compared with what the job makes it: what a rule might write on the channel itself can at
worst spoil its own outcomes.
"""

import json
import math
import re
import secrets
import signal
import struct
import time
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from argosy.sandbox.protocol import Broke, Evaluation, Floats, Ints, Job, Limits, Outcome, Ran, TimedOut, TooBig

HEADER_BYTES = 1 << 16
UNSEEN_S = 0.1
END_S = 0.5
SCIPY_PARTS = re.compile(
    r"\b(cluster|fft|fftpack|integrate|interpolate|linalg|ndimage|optimize|signal|sparse|spatial|special|stats)\b"
)
_CONTROL = dict.fromkeys(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t")


class ChannelClosed(Exception):
    """The other end closed the channel."""


class BadFrame(Exception):
    """The other end sent something that no harness sends."""


class Channel(Protocol):
    """Two byte streams. Both methods raise TimeoutError at the deadline (monotonic seconds) and Hung at the end."""

    def send(self, part: memoryview, deadline: float) -> None: ...

    def fill(self, view: memoryview, deadline: float) -> None: ...


class Stopwatch:
    """Bounds on how long an evaluation took, measured by the host: the rule reports its own time and could lie."""

    def __init__(self) -> None:
        self._asked = self._last = time.monotonic()

    def begin(self) -> None:
        """Tells it that the rule is about to begin, as far as is known here."""
        self._last = time.monotonic()

    def lap(self) -> tuple[float, float]:
        """The least and the most seconds that are believed of what just came.

        The least is half of the time since the one before, less what a start and a transfer take: a machine under load
        is no reason for blame. The most is the time since the job was sent: all that came may have waited for us.
        """
        now = time.monotonic()
        since, self._last = now - self._last, now
        return max(since / 2 - UNSEEN_S, 0.0), now - self._asked


class JobEnding:
    """The end of a job whose outcomes are all there: the harness reports when its process is gone.

    Whoever wants the outcomes need not wait for it; whoever sends the next job must.
    """

    def __init__(self, channel: Channel, word: str, limits: Limits) -> None:
        self._channel, self._word, self._limits = channel, word, limits
        self._since = time.monotonic()

    def came(self, patience_s: float = END_S) -> bool:
        """Waits for it; False if the harness says something else, or nothing within so long after the outcomes."""
        deadline = max(self._since + patience_s, time.monotonic() + UNSEEN_S)
        try:
            return _ends(read_header(self._channel, deadline, self._limits), self._word)
        except (TimeoutError, BadFrame, ChannelClosed):
            return False


@dataclass(frozen=True)
class JobReply:
    """A resident's reply to a job. `outcomes` is shorter than the job when it `hung` up.

    The resident is `usable` for another job once `ending` came, where there is one.
    """

    outcomes: tuple[Outcome, ...]
    usable: bool = True
    hung: bool = False
    ending: JobEnding | None = None


def ask(channel: Channel, job: Job) -> JobReply:
    """Sends a job of whole inputs and reads its outcomes until all are there, the time is up, or something is wrong."""
    deadline = time.monotonic() + job.limits.job_s
    outcomes: list[Outcome] = []
    word = secrets.token_hex(16)
    watch = Stopwatch()
    try:
        _send(channel, job, word, deadline)
        if "begun" not in read_header(channel, deadline, job.limits):  # before the rule's first line
            raise BadFrame
        watch.begin()
        for asked in job.evaluations:
            header = read_header(channel, deadline, job.limits)
            observed = watch.lap()
            if _ends(header, word):
                return JobReply(_filled(outcomes, _ended(header["end"], job.limits), job))
            outcomes.append(_outcome(channel, header, job, asked, deadline, observed))
        return JobReply(tuple(outcomes), ending=JobEnding(channel, word, job.limits))
    except TimeoutError:
        return JobReply(_filled(outcomes, TimedOut(job.limits.job_s), job), usable=False)
    except BadFrame:
        rest = Broke("the rule wrote on the sandbox's own channel", "")
        return JobReply(_filled(outcomes, rest, job), usable=False)
    except ChannelClosed:
        return JobReply(tuple(outcomes), usable=False, hung=True)


def read_header(channel: Channel, deadline: float, limits: Limits) -> dict[str, Any]:
    """The JSON of the next frame. Raises Garbled, Hung and TimeoutError."""
    prefix = bytearray(4)
    channel.fill(memoryview(prefix), deadline)
    size: int = struct.unpack("<I", prefix)[0]
    if size > HEADER_BYTES + 12 * limits.message_bytes:  # a character takes at most twelve bytes of ASCII JSON
        raise BadFrame
    text = bytearray(size)
    channel.fill(memoryview(text), deadline)
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    if not isinstance(header, dict):
        raise BadFrame
    return header


def libraries(source: str) -> list[str]:
    """The libraries that the source names: imported once in the harness, not once for every job."""
    named = ["pandas"] if "pandas" in source else []
    if "scipy" in source:
        named += [f"scipy.{part}" for part in sorted(set(SCIPY_PARTS.findall(source)))]
    return named


def _send(channel: Channel, job: Job, word: str, deadline: float) -> None:
    spacings = [_spacing(given.seconds) for given in job.inputs]
    notice = {
        "load": libraries(job.source),
        "limits": asdict(job.limits),
        "input_bytes": sum(16 * len(given.values) for given in job.inputs),
    }
    header = {
        "source": job.source,
        "inputs": [(len(given.values), *spacing) for given, spacing in zip(job.inputs, spacings, strict=True)],
        "evaluations": [_evaluation(evaluation) for evaluation in job.evaluations],
        "message_bytes": job.limits.message_bytes,
    }
    channel.send(memoryview(_framed(notice) + _framed(word) + _framed(header)), deadline)
    for given, (_, step) in zip(job.inputs, spacings, strict=True):
        _send_array(channel, np.ascontiguousarray(given.values, dtype="<f8"), deadline)
        if not step:
            _send_array(channel, np.ascontiguousarray(given.seconds, dtype="<i8"), deadline)


def _framed(header: object) -> bytes:
    text = json.dumps(header).encode("ascii")
    return struct.pack("<I", len(text)) + text


def _send_array(channel: Channel, array: Floats | Ints, deadline: float) -> None:
    if len(array):
        channel.send(array.data.cast("B"), deadline)


def _spacing(seconds: Ints) -> tuple[int, int]:
    """First second and step of evenly spaced ones, which then need not be sent; a step of 0 if they are not."""
    if len(seconds) < 2:
        return 0, 0
    steps = np.diff(seconds)
    return int(seconds[0]), int(steps[0]) if (steps == steps[0]).all() else 0


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    params = {k: int(v) if isinstance(v, int | np.integer) else float(v) for k, v in evaluation.params.items()}
    return {
        "params": params,
        "input": evaluation.input,
        "keep_from": evaluation.keep_from,
    }


def _outcome(
    channel: Channel,
    header: dict[str, Any],
    job: Job,
    asked: Evaluation,
    deadline: float,
    believed_s: tuple[float, float],
) -> Outcome:
    match header:
        case {"ran": float() as seconds, "points": int() as points, "bool": bool() as flags} if math.isfinite(seconds):
            if points != len(range(len(job.inputs[asked.input].values))[asked.keep_from :]):
                raise BadFrame
            scores = np.empty(points, dtype=np.uint8 if flags else "<f8")
            if points:
                channel.fill(scores.data.cast("B"), deadline)
            seconds = min(max(seconds, believed_s[0]), believed_s[1])
            return Ran(_plain(scores), seconds)
        case {"broke": [str() as error, str() as traceback]}:
            return Broke(" ".join(_clean(error).split()), _clean(traceback))
        case {"too_big": "memory"}:
            return TooBig("memory", job.limits.memory_bytes)
    raise BadFrame


def _ends(header: dict[str, Any], word: str) -> bool:
    """Whether the harness says that nothing of the job is left: only it has been told the word."""
    return "end" in header and header.get("word") == word


def _plain(scores: npt.NDArray[Any]) -> Floats:
    """Float64 scores with one kind of NaN: the others have room for words that nobody should carry on."""
    scores = scores.astype(np.float64, copy=False)
    scores[np.isnan(scores)] = np.nan
    return scores


def _ended(how: object, limits: Limits) -> Outcome:
    """What becomes of the evaluations that were still to come when the job's process ended."""
    match how:
        case {"signal": signal.SIGKILL}:  # from inside a sandbox only the kernel's memory killer sends it
            return TooBig("memory", limits.memory_bytes)
        case {"signal": signal.SIGXCPU}:
            return TimedOut(limits.job_s)
        case {"signal": int() as number}:
            name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
            return Broke(f"the rule's process died of {name}", "")
        case {"exit": int() as status}:
            return Broke(f"the rule ended its own process, with exit status {status}", "")
    raise BadFrame


def _filled(outcomes: list[Outcome], rest: Outcome, job: Job) -> tuple[Outcome, ...]:
    return (*outcomes, *repeat(rest, len(job.evaluations) - len(outcomes)))


def _clean(text: str) -> str:
    """The text without lone surrogates and control characters, which could break a store or a terminal."""
    return text.encode("utf-8", "replace").decode("utf-8").translate(_CONTROL)
