"""The words of a text, without what makes each text the only one of its kind: counters, addresses, ids."""

import re

MOST_WORDS = 200
"""Of a longer text the first words are read."""

NUMBER, MIXED = "0", "x0"
MASKS = (NUMBER, MIXED)
"""What stands for a number, and for a word with digits in it."""

_WORD = re.compile(r"[^\W_]+")
_READ_CHARS = 8_192


def words(text: str) -> list[str]:
    """The words in lower case; a number is `0`, a word with digits in it `x0`.

    >>> words("ERROR: block blk_1073 of node7 lost after 35 s")
    ['error', 'block', 'blk', '0', 'of', 'x0', 'lost', 'after', '0', 's']
    """
    found = _WORD.findall(text[:_READ_CHARS].casefold())[:MOST_WORDS]
    return [word if word.isalpha() else NUMBER if word.isdigit() else MIXED for word in found]
