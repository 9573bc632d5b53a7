"""Secrets go, and nothing else does."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.graphs.recording.events import Decision
from argosy.graphs.recording.redaction import Redaction

SECRETS = {
    "openai": "sk-proj-" + "aB3_" * 10,
    "google": "AIza" + "Sy9-" * 8 + "abc",
    "hugging face": "hf_" + "aZ09" * 9,
    "aws id": "AKIA" + "ABCD1234" * 2,
    "github": "ghp_" + "a1B2" * 9,
    "github fine": "github_pat_" + "a1B2" * 8,
    "slack": "xoxb-" + "123456-abcdef",
    "gitlab": "glpat-" + "abcde12345" * 2,
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----",
    "private key, cut off": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\nAAAABG5vbmUAAAA",
    "google oauth": "ya29." + "A0ARrdaM_" * 4,
    "google client": "GOCSPX-" + "aB3_" * 7,
    "docker": "dckr_pat_" + "aB3-" * 7,
    "e-mail": "jane.doe+alerts@mail.example.com",
    "e-mail in an address": "jane.doe%40mail.example.com",
    "e-mail under a long ending": "bob@shop.online",
    "e-mail under another": "jane@firm.agency",
}

ORDINARY = (
    "def detect(values, seconds, *, window):\n    return values@weights.mean() + x@y.T - kernel@basis.values[0]\n",
    "@functools.cache\ndef spread(values): ...",
    "the bearer of this misunderstanding is responsible",
    "task-force risk-assessment-of-everything-in-sight mask-0123456789abcdef",
    '{"v":1,"values":[0.12,-3.4],"ratio":"12:30@4"}',
    "http://localhost:8080/v1 and https://example.com/a:b@c",
    "api_key = os.environ[name]",
    "token = self.next_token\nsecret=7\npwd=len(names)",
    "kernel@basis.values + x@y.shape",
)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("around", ["{}", "key: {}.", '{{"k":"{}"}}', "line\n{}\nline"])
def test_removes_what_looks_like_a_secret(secret: str, around: str) -> None:
    cleaned = Redaction().text(around.format(secret))
    assert secret not in cleaned
    assert "[removed:" in cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Authorization: Bearer abcdef0123456789xyz", "Authorization: Bearer [removed: token]"),
        ("postgresql://ann:p@ss,w0rd@db/argosy", "postgresql://ann:[removed: password]@db/argosy"),
        ('{"api_key": "0123456789ab"}', '{"api_key": "[removed: secret]"}'),
        ("https://hook.example.com/x?token=ab12cd34ef&n=1", "https://hook.example.com/x?token=[removed: secret]&n=1"),
        ("password=hunter2hunter2&x=1", "password=[removed: secret]"),
        ("user=ann pwd=correct-horse-7 port=1", "user=ann pwd=[removed: secret] port=1"),
        ("sent token:ab12cd34ef, then", "sent token:[removed: secret], then"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=[removed: secret]"),
    ],
)
def test_keeps_what_stands_around_a_secret(text: str, cleaned: str) -> None:
    assert Redaction().text(text) == cleaned


@pytest.mark.parametrize("text", ORDINARY)
def test_leaves_ordinary_text_and_code_alone(text: str) -> None:
    assert Redaction(("short",)).text(text) == text


def test_removes_literal_secrets_longest_first_and_from_bytes_too() -> None:
    redaction = Redaction(("hunter2-hunter2", "hunter2-hunter2-and-more"))
    assert redaction.text("say hunter2-hunter2-and-more") == "say [removed: secret]"
    assert b"hunter2" not in redaction.data(b"\xff\xfe hunter2-hunter2 \xff")


def test_reaches_every_string_of_an_event() -> None:
    key = SECRETS["openai"]
    event = Decision(at=1.0, span="a", subject=key, verdict="v", why=f"because {key}", facts={"k": key, "n": 2})
    cleaned = Redaction().event(event)
    assert key not in cleaned.model_dump_json()
    assert isinstance(cleaned, Decision)
    assert cleaned.facts["n"] == 2


_PIECES = st.sampled_from([*SECRETS.values(), "api_key=", "Bearer ", "://a:", "@b.com", " ", '"', "x", "sk-", "[", "]"])


@given(st.lists(_PIECES | st.text(max_size=5), max_size=12).map(" ".join))
def test_removing_twice_changes_nothing_more(text: str) -> None:
    once = Redaction(("literal-secret",)).text(text)
    assert Redaction(("literal-secret",)).text(once) == once


@pytest.mark.parametrize(
    "unit", ["a", "a.", "a@", "sk-", "://a:", "bearer ", "password=", "-----BEGIN PRIVATE KEY-----"]
)
def test_takes_time_in_proportion_to_the_text(unit: str) -> None:
    began = time.process_time()
    Redaction().text(unit * (100_000 // len(unit)))
    assert time.process_time() - began < 2.0
