"""Colours of terminals, as they get into logs."""

import re

_ESCAPES = re.compile(
    r"(?:\x1b|\x9b|␛|#033|\\u001[bB]|\\x1[bB]|\\033|\\e(?=\[\d))\[[0-?]{0,32}[ -/]{0,4}[@-~]"
    r"|\x1b\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)|\x1b[()][0-2AB]|\x1b[=>NOcDEHM78]"
)
_SIGNS = ("\x1b", "\x9b", "␛", "#033", "\\u001", "\\x1", "\\033", "\\e[")


def without_colours(text: str) -> str:
    """The text without the codes that colour it, be they codes or written out.

    >>> without_colours("\\x1b[1;31mERROR\\x1b[0m shop: #033[31mfailed#033[0m")
    'ERROR shop: failed'
    """
    return _ESCAPES.sub("", text) if any(map(text.__contains__, _SIGNS)) else text
