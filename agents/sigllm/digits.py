"""Whole numbers as text, in the form that a family of models reads digit by digit."""

import re
from collections.abc import Iterable
from enum import StrEnum

SEPARATOR = ","


class Digits(StrEnum):
    """How the digits of a number are written."""

    SPACED = "spaced"
    JOINED = "joined"


_SPACED = re.compile(r"^(openai|azure):|\.openai\.azure\.com|api\.openai\.com|\bgpt|davinci|\bo[134]\b", re.IGNORECASE)
"""Families whose tokenizers glue several digits together, differently from number to number, unless kept apart."""


def digits_for(model: str) -> Digits:
    """How digits are written for a model, by its name on the command line.

    >>> digits_for("openai:gpt-3.5-turbo").value, digits_for("vllm:mistral-7b").value
    ('spaced', 'joined')
    """
    return Digits.SPACED if _SPACED.search(model) else Digits.JOINED


def format_numbers(numbers: Iterable[int], digits: Digits) -> str:
    """The numbers separated by commas; spaced, every digit and every comma stands for itself.

    >>> format_numbers([105, 20], Digits.SPACED)
    '1 0 5 , 2 0'
    """
    text = SEPARATOR.join(str(int(number)) for number in numbers)
    return " ".join(text) if digits is Digits.SPACED else text
