"""The host's end of the channel against a peer that says anything at all."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.sandbox.channels import AttachedChannel, SocketChannel
from argosy.sandbox.protocol import Broke, Evaluation, Limits, Ran, TimedOut, TooBig
from argosy.sandbox.wire import JobReply, ask
from tests.sandbox.jobs import job, rule

ASKED = job(rule("return values"), Evaluation({}), Evaluation({}, keep_from=1), points=3, limits=Limits(job_s=30.0))


def frame(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + body


def end(how: object) -> bytes:
    """The end of a job as only the harness can say it; see `reply`."""
    return frame({"end": how, "word": WORD})


def word_told(peer: socket.socket) -> bytes:
    """The word that a peer is sent between the notice and the job."""
    notice, word = (json.loads(peer.recv(struct.unpack("<I", peer.recv(4))[0])) for _ in range(2))
    assert {"load", "limits", "input_bytes"} == notice.keys()
    return bytes(word, "ascii")


WORD = "0" * 32
BEGUN = frame({"begun": True})
RAN = frame({"ran": 0.25, "points": 3, "bool": False}, struct.pack("<3d", 1, 2, 3))
BOOLS = frame({"ran": 0.25, "points": 2, "bool": True}, b"\1\0")


class LateChannel(SocketChannel):
    """One of a host that has no processor for a while once a job is sent."""

    late_s = 0.3

    def fill(self, view: memoryview, deadline: float) -> None:
        time.sleep(self.late_s)
        self.late_s = 0.0
        super().fill(view, deadline)


class TellingChannel(SocketChannel):
    """One of which others know when its host has read that a job began."""

    def __init__(self, ours: socket.socket) -> None:
        super().__init__(ours)
        self.has_begun, self._unread = threading.Event(), len(BEGUN)

    def fill(self, view: memoryview, deadline: float) -> None:
        super().fill(view, deadline)
        self._unread -= len(view)
        if self._unread <= 0:
            self.has_begun.set()


def reply(*said: bytes, attached: bool = False, channel: type[SocketChannel] = SocketChannel) -> JobReply:
    """What `ask` makes of a peer that says this, whatever it is asked, and hangs up.

    The peer puts the word that it is told where WORD stands. The end is waited for.
    """
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)

    def speak() -> None:
        word = word_told(theirs)
        theirs.recv(1 << 20)
        theirs.sendall(struct.pack(">B3xI", 1, len(BEGUN)) + BEGUN if attached else BEGUN)
        for part in said:
            theirs.sendall(part.replace(WORD.encode(), word))
        theirs.shutdown(socket.SHUT_WR)

    peer = threading.Thread(target=speak)
    peer.start()
    plain = channel(ours)
    with theirs:
        try:
            got = ask(AttachedChannel(plain) if attached else plain, ASKED)
            return replace(got, usable=got.usable and (got.ending is None or got.ending.came()))
        finally:
            peer.join()
            plain.close()


def test_outcomes_in_order() -> None:
    said = reply(RAN + BOOLS + end({"exit": 0}))
    assert said.usable
    assert not said.hung
    assert [each.scores.tolist() for each in said.outcomes if isinstance(each, Ran)] == [[1, 2, 3], [1, 0]]


def test_the_engines_own_frames_are_taken_off_and_standard_error_left_out() -> None:
    stream = RAN + BOOLS + end({"exit": 0})
    cut = [stream[start : start + 7] for start in range(0, len(stream), 7)]
    noise = struct.pack(">B3xI", 2, 5) + b"noise"
    said = reply(*(noise + struct.pack(">B3xI", 1, len(part)) + part for part in cut), attached=True)
    assert [type(each) for each in said.outcomes] == [Ran, Ran]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({"signal": 9}, TooBig("memory", 1 << 30)),
        ({"signal": 24}, TimedOut(30.0)),
        ({"signal": 11}, Broke("the rule's process died of SIGSEGV", "")),
        ({"signal": 12345}, Broke("the rule's process died of signal 12345", "")),
        ({"exit": 7}, Broke("the rule ended its own process, with exit status 7", "")),
    ],
)
def test_how_a_process_ended_is_the_outcome_of_the_rest(how: object, wanted: object) -> None:
    said = reply(RAN + end(how))
    assert said.usable
    assert said.outcomes[1:] == (wanted,)


@pytest.mark.parametrize(
    "garbage",
    [
        struct.pack("<I", 1 << 31) + b"x",
        frame(b"not json"),
        frame(b"[" * 60_000),
        frame([]),
        frame({}),
        frame({"ran": 0.1, "points": 1 << 40, "bool": False}),
        frame({"ran": 1e999, "points": 3, "bool": False}),
        frame({"ran": 10**400, "points": 3, "bool": False}),
        frame({"ran": 0.1, "points": True, "bool": False}),
        frame({"broke": ["only one"]}),
        frame({"too_big": "ambition"}),
        end("soon"),
        RAN + BOOLS + RAN,
        frame({"end": {"exit": 0}}),
        frame({"end": {"exit": 0}, "word": "f" * 32}),
        RAN + BOOLS + frame({"end": {"exit": 0}}),
        RAN + BOOLS + frame({"word": WORD}),
        RAN + BOOLS,
    ],
)
def test_garbage_breaks_the_rest_and_the_resident(garbage: bytes) -> None:
    said = reply(garbage)
    assert len(said.outcomes) == 2
    assert not said.usable
    assert all(isinstance(each, Broke | Ran) for each in said.outcomes)


def test_an_answer_before_the_job_began_is_garbage() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(RAN)
        channel = SocketChannel(ours)
        said = ask(channel, ASKED)
        channel.close()
    assert not said.usable
    assert all(isinstance(each, Broke) for each in said.outcomes)


@pytest.mark.parametrize("told", [-5.0, 0.0, 1e9])
def test_a_lie_about_time_is_bounded_by_what_was_seen(told: float) -> None:
    ours, theirs = socket.socketpair()
    patient = job(rule("return values"), points=3, limits=Limits(job_s=30.0))
    channel = TellingChannel(ours)

    def speak() -> None:
        theirs.sendall(BEGUN)
        channel.has_begun.wait(30)
        time.sleep(0.6)
        theirs.sendall(frame({"ran": told, "points": 3, "bool": False}, bytes(24)) + end({"exit": 0}))

    peer = threading.Thread(target=speak)
    peer.start()
    with theirs:
        began = time.monotonic()
        (said,) = ask(channel, patient).outcomes
        took_s = time.monotonic() - began
        peer.join()
        channel.close()
    assert isinstance(said, Ran)
    assert 0.1 <= said.seconds <= took_s


def test_the_time_of_answers_that_waited_for_us_is_believed() -> None:
    first, _ = reply(RAN + BOOLS + end({"exit": 0}), channel=LateChannel).outcomes
    assert isinstance(first, Ran)
    assert first.seconds == 0.25


def test_outcomes_are_there_before_the_end_and_the_end_is_waited_for_until_its_time_is_up() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(BEGUN + RAN + BOOLS)
        channel = SocketChannel(ours)
        said = ask(channel, ASKED)
        assert [type(each) for each in said.outcomes] == [Ran, Ran]
        assert said.ending is not None
        began = time.monotonic()
        assert not said.ending.came(0.2)
        assert time.monotonic() - began > 0.05
        later = ask_again(channel, theirs)
        assert later.ending is not None
        time.sleep(0.2)
        assert later.ending.came(0.1), "what came in time is believed, however late it is looked at"
        channel.close()


def ask_again(channel: SocketChannel, peer: socket.socket) -> JobReply:
    """Asks on a channel whose peer answers at once, and ends at once."""
    peer.recv(1 << 20)  # what was asked before
    speaker = threading.Thread(target=lambda: peer.sendall(_with_word(peer, BEGUN + RAN + BOOLS + end({"exit": 0}))))
    speaker.start()
    said = ask(channel, ASKED)
    speaker.join()
    return said


def _with_word(peer: socket.socket, said: bytes) -> bytes:
    return said.replace(WORD.encode(), word_told(peer))


def test_silence_times_out() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        channel = SocketChannel(ours)
        said = ask(channel, replace(ASKED, limits=Limits(job_s=0.5)))
        channel.close()
    assert said == JobReply((TimedOut(0.5), TimedOut(0.5)), usable=False)


def test_hanging_up_is_told_apart() -> None:
    said = reply(RAN[:-1])
    assert said.hung
    assert said.outcomes == ()


def test_text_is_made_safe() -> None:
    said = reply(frame({"broke": ["a\nb\x1b[0m\ud800", "x\n\ty\x07"]}) + end({"exit": 0}))
    assert said.outcomes[0] == Broke("a b[0m?", "x\n\ty")


def pieces() -> Iterator[st.SearchStrategy[bytes]]:
    yield st.binary(max_size=60)
    yield st.sampled_from([RAN, BOOLS, end({"exit": 0}), frame({"broke": ["e", "t"]})])
    numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=5))
    values = st.one_of(numbers, st.lists(numbers, max_size=3))
    keys = st.sampled_from(["ran", "points", "bool", "broke", "too_big", "end", "exit", "signal"])
    yield st.dictionaries(keys, values | st.dictionaries(keys, values), max_size=4).map(frame)


@given(st.lists(st.one_of(*pieces()), max_size=5), st.booleans())
def test_nothing_that_is_said_raises(said: list[bytes], attached: bool) -> None:
    got = reply(*said, attached=attached)
    assert len(got.outcomes) == 2 or (got.hung and len(got.outcomes) <= 2)
