"""A detector card: its fields, and how it is read from YAML and written to it."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import pydantic
import yaml
from pydantic import BaseModel, ConfigDict, Field

from argosy.detectors.cards.tags import SERIES_TAGS, TABLE_TAGS
from argosy.signals.errors import BadInput

MOST_BYTES = 100_000
_NAME = r"^[A-Za-z][\w.:-]{0,99}$"


class CardKind(StrEnum):
    """What a detector looks at."""

    SERIES = "series"
    TABLE = "table"


TAGS: Mapping[CardKind, Mapping[str, str]] = {CardKind.SERIES: SERIES_TAGS, CardKind.TABLE: TABLE_TAGS}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(_Part):
    """A strength or a weakness under a tag: how much it counts, 1 to 3, and why."""

    weight: Annotated[int, Field(ge=1, le=3)] = 1
    why: Annotated[str, Field(min_length=3, max_length=300)]


class Provision(_Part):
    """What must be so before a detector is a candidate at all; a limit that is None does not bind."""

    most_rows: int | None = None
    most_columns: int | None = None
    fewest_rows_a_column: float | None = None

    def refusal(self, rows: int, columns: int) -> str | None:
        """Why so large or small a table is out of bounds."""
        if self.most_rows is not None and rows > self.most_rows:
            return f"takes too long beyond {self.most_rows:,} rows"
        if self.most_columns is not None and columns > self.most_columns:
            return f"takes too long beyond {self.most_columns:,} columns"
        if self.fewest_rows_a_column is not None and rows < self.fewest_rows_a_column * columns:
            return f"needs {self.fewest_rows_a_column:g} rows a column"
        return None


class Card(_Part):
    """What a detector is good and bad at. `standing` is what it is worth when nothing is known of the data, 0 to 3.

    `strengths` and `weaknesses` are by tag. Only a card that a person has `reviewed` is used unasked; `written_by` and
    `source_sha256` tell what an unreviewed one was made of.
    """

    name: Annotated[str, Field(pattern=_NAME)]
    kind: CardKind
    summary: Annotated[str, Field(min_length=3, max_length=400)]
    standing: Annotated[float, Field(ge=0, le=3)]
    strengths: Mapping[str, Point] = {}
    weaknesses: Mapping[str, Point] = {}
    needs: Provision = Provision()
    source: Annotated[str, Field(max_length=300)] = ""
    reviewed: bool
    written_by: str = ""
    source_sha256: str = ""

    @pydantic.model_validator(mode="after")
    def _known_words(self) -> Self:
        known = TAGS[self.kind]
        for tag in (*self.strengths, *self.weaknesses):
            if tag not in known:
                raise ValueError(f"there is no tag {tag!r} for a {self.kind}; the tags are {', '.join(known)}")
        twice = sorted(set(self.strengths) & set(self.weaknesses))
        if twice:
            raise ValueError(f"{twice[0]!r} is a strength and a weakness")
        return self


def read_card(text: str, place: str) -> Card:
    """A card out of YAML; `place` is what an error names. Raises BadInput."""
    mend = "see the cards that come along for the form"
    if len(text.encode()) > MOST_BYTES:
        raise BadInput(place, f"has more than {MOST_BYTES:,} bytes, which no card has", mend)
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadInput(place, f"is no YAML: {' '.join(str(error).split())[:200]}", mend) from error
    try:
        return Card.model_validate(found)
    except pydantic.ValidationError as error:
        raise BadInput(place, f"is no detector card: {first_fault(error)}", mend) from error


def read_card_file(path: Path) -> Card:
    """A card from a file. Raises BadInput."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"cannot be read: {error}", "name a card, a YAML file in UTF-8") from error
    return read_card(text, str(path))


def card_text(card: Card) -> str:
    """The card as YAML, which `read_card` reads back."""
    plain = card.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)


def first_fault(error: pydantic.ValidationError) -> str:
    """The first thing that is wrong, as a clause."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
