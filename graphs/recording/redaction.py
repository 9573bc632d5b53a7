"""Takes secrets out of what is about to be written down.

Patterns know the common kinds of key; literal secrets, such as the key in use, are given by whoever knows them. Rule
sources pass through here too, so a pattern must not fit ordinary Python: `x@y.mean()` is a product, not an address.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argosy.graphs.recording.events import Event

_LEAST_LITERAL = 8  # a shorter secret would shred ordinary text
_ATTRIBUTES = "values|shape|size|index|real|imag|flat|dtype|ndim|array|columns|name|empty|iloc|loc|iat|at|flags"
"""What stands after a dot in Python without a call: `x@y.values` is a product. All else may end a host's name."""

# Every repetition that can start anywhere is bounded, so that a megabyte of letters costs no more than one pass.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){0,8000}"
            r"-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----",
            "[removed: private key]",
        ),
        (  # one that was cut off
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:(?:\s|\\[nr]){0,4}[A-Za-z0-9+/=]{6,100}){1,200}",
            "[removed: private key]",
        ),
        (r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}", "[removed: API key]"),
        (r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35,}", "[removed: API key]"),
        (r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}", "[removed: API key]"),
        (r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])", "[removed: AWS key]"),
        (r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})", "[removed: GitHub token]"),
        (r"(?<![A-Za-z0-9])(?:xox[abprs]-[A-Za-z0-9-]{10,}|glpat-[A-Za-z0-9_-]{20,})", "[removed: token]"),
        (r"(?<![A-Za-z0-9])(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}", "[removed: API key]"),
        (r"(?<![A-Za-z0-9])(?:gsk_|xai-|pplx-|r8_|nvapi-)[A-Za-z0-9_-]{20,}", "[removed: API key]"),
        (r"(?<![A-Za-z0-9])(?:dapi[a-f0-9]{32}|dop_v1_[a-f0-9]{64}|gl(?:sa|c)_[A-Za-z0-9_=]{20,})", "[removed: token]"),
        (r"(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,})", "[removed: token]"),
        (r"(?<![A-Za-z0-9])hv[sb]\.[A-Za-z0-9_-]{20,}", "[removed: token]"),
        (r"(?<![A-Za-z0-9])(?:ya29\.|GOCSPX-|dckr_pat_)[A-Za-z0-9_-]{20,}", "[removed: token]"),
        (r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}", "[removed: API key]"),
        (r"(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])", "[removed: token]"),
        (r"(hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}", r"\1[removed: token]"),
        (r"(?i)(AccountKey=|SharedAccessKey=|[?&]sig=)[A-Za-z0-9+/%=]{20,}", r"\1[removed: secret]"),
        (r"(?i)([?&](?:token|secret|auth|signature)=)[A-Za-z0-9+/%=._~-]{8,}", r"\1[removed: secret]"),
        (r"(?i)(authorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?basic)\s{1,4}[A-Za-z0-9+/=]{8,}", r"\1 [removed: password]"),
        (r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}", "[removed: token]"),
        (r"(?i)\b(bearer)\s{1,4}(?=\S{0,400}\d)[A-Za-z0-9._~+/=-]{16,}", r"\1 [removed: token]"),
        (
            r"(?i)(aws_secret_access_key|api[_-]?key|(?:access|auth|refresh|session)[_-]?token|client[_-]?secret"
            r"|secret[_-]?key|passw(?:or)?d)"
            r"([\"']?\s{0,4}[:=]\s{0,4}[\"']?)[^\s\"',;}\[({][^\s\"',;}\[(]{7,}+(?![\[(])",
            r"\1\2[removed: secret]",
        ),
        (
            r"(?i)(?<![\w.])(pwd|secret|token)([=:])(?=[^\s\"',;]{0,64}\d)[^\s\"',;}\[({]{8,400}(?![\w\[(])",
            r"\1\2[removed: secret]",
        ),
        (r"(://[^\s/:@\"']{0,128}):[^\s/\"']{1,256}@", r"\1:[removed: password]@"),
        (
            r"(?<![\w.%+-])[A-Za-z0-9._%+-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,8}"
            rf"(?!(?:{_ATTRIBUTES})\b)[A-Za-z]{{2,24}}(?![\w(\[]|[.-]\w)",
            "[removed: e-mail address]",
        ),
    )
)


@dataclass(frozen=True)
class Redaction:
    """Removes keys, tokens, passwords in addresses, e-mail addresses and these literal secrets.

    Literals shorter than eight characters are ignored.
    """

    secrets: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        """The text with every secret replaced by a note of what stood there."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= _LEAST_LITERAL:
                text = text.replace(secret, "[removed: secret]")
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def data(self, data: bytes) -> bytes:
        """The same for bytes; what is not UTF-8 loses literal secrets alone."""
        try:
            return self.text(data.decode()).encode()
        except UnicodeDecodeError:
            for secret in self.secrets:
                if len(secret) >= _LEAST_LITERAL:
                    data = data.replace(secret.encode(), b"[removed: secret]")
            return data

    def tree(self, value: Any) -> Any:
        """The same for every string value within mappings and sequences; keys stay."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {key: self.tree(item) for key, item in value.items()}
            case bytes():
                return self.data(value)
            case Iterable():
                return [self.tree(item) for item in value]
        return value

    def event(self, event: "Event") -> "Event":
        """The same for every string of an event."""
        return type(event).model_validate(self.tree(event.model_dump()))
