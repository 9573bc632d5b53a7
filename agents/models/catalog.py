"""What is known of models: where they answer, what they cost, how much they read, and how often they may be asked.

One table in YAML, `models.yaml`, that the user may edit. Its keys are models as they are given to --model, with `*`
for anything; of the rows that fit a model, each fact is taken from the first that names it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from argosy.agents.models.secret_names import SECRET_NAME
from argosy.signals.errors import BadInput

EMBEDDED = "embedded"
"""The embedded author, as it is named on the command line."""

_MEND = "write rows such as  'openai:gpt-4o': {input_usd: 2.50, output_usd: 10.00, context_tokens: 128000}"
_Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(gt=0, strict=True)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Structured(StrEnum):
    """How a reply that must be JSON is asked for; `PROMPT` is by words alone, which every server understands."""

    PROMPT = "prompt"
    JSON_SCHEMA = "json_schema"
    JSON_MODE = "json_mode"
    FUNCTION_CALLING = "function_calling"


class Grammar(StrEnum):
    """How a server is sent the form of a reply that is no JSON; `NONE`: it is only described in the prompt.

    `GBNF` is llama.cpp's field `grammar`; of vLLM, `GUIDED_REGEX` was removed in 0.12 for `STRUCTURED_OUTPUTS`.
    """

    NONE = "none"
    GBNF = "gbnf"
    GUIDED_REGEX = "guided_regex"
    STRUCTURED_OUTPUTS = "structured_outputs"


class LengthField(StrEnum):
    """The name by which a server knows the limit on a reply's length; the first is the older one."""

    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens."""

    input_usd: float
    output_usd: float

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        return (input_tokens * self.input_usd + output_tokens * self.output_usd) / 1e6


class ModelFacts(BaseModel):
    """One row of the table, or what several rows say of one model together.

    `url` ends before `/chat/completions`; with `api_version` it is that of an Azure resource, and the model's name is
    its deployment's. `key` is the name of an environment variable. Prices are in dollars per million tokens. `at_once`
    is the most questions that wait for an answer; `timeout_s` is for one answer, asked for at most `retries` times
    more. A `temperature` or `top_p` of null is not sent. `threads` counts those of a model file that is served here;
    null leaves it to the machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://[^\s/@#]+[^\s@#]*$")] | None = None
    api_version: str | None = None
    key: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    input_usd: _Usd | None = None
    output_usd: _Usd | None = None
    context_tokens: _Count | None = None
    max_output_tokens: _Count = 4_096
    length_field: LengthField = LengthField.MAX_TOKENS
    structured: Structured = Structured.PROMPT
    grammar: Grammar = Grammar.NONE
    at_once: _Count | None = None
    requests_per_minute: _Count | None = None
    tokens_per_minute: _Count | None = None
    timeout_s: _Seconds = 600.0
    retries: Annotated[int, Field(ge=0, le=10, strict=True)] = 2
    temperature: Annotated[float, Field(ge=0, le=2)] | None = 0.75
    top_p: Annotated[float, Field(gt=0, le=1)] | None = 0.95
    threads: _Count | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.input_usd is None) != (self.output_usd is None):
            raise ValueError("input_usd and output_usd go together")
        if self.key is not None and not SECRET_NAME.search(self.key):
            raise ValueError(
                "the variable that holds the key must have a name that ends in KEY, TOKEN or SECRET, "
                "so that its value is kept out of what is recorded"
            )
        return self

    @property
    def price(self) -> Price | None:
        """None when it is not known: never a guess."""
        if self.input_usd is None or self.output_usd is None:
            return None
        return Price(self.input_usd, self.output_usd)


@dataclass(frozen=True)
class Catalog:
    """Rows of (pattern, facts), in the order in which they count."""

    rows: tuple[tuple[str, ModelFacts], ...] = ()

    def of(self, model: str) -> ModelFacts:
        """All that the rows say of a model as it is named on the command line."""
        facts: dict[str, object] = {}
        for pattern, row in self.rows:
            if _fits(pattern, model):
                facts = row.model_dump(exclude_unset=True) | facts
        return ModelFacts.model_validate(facts)

    def providers(self) -> dict[str, ModelFacts]:
        """What stands before the colon in names such as openai:gpt-4.1, where a row gives it an address."""
        names = dict.fromkeys(pattern.partition(":")[0] for pattern, _ in self.rows if not pattern.startswith("http"))
        found = {name: self.of(f"{name}:") for name in names if re.fullmatch(r"[\w.-]+", name)}
        return {name: facts for name, facts in found.items() if facts.url is not None}


@lru_cache(maxsize=16)  # a table is read for every session, and YAML takes longer than all else about it
def read_catalog(text: str, place: str) -> Catalog:
    """Reads the table from YAML. Raises BadInput naming `place`, the row and the field; values are not repeated."""
    try:
        table = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInput(
            place + where, f"not YAML: {getattr(error, 'problem', None) or 'it cannot be read'}", _MEND
        ) from error
    if table is None:
        return Catalog()
    if not isinstance(table, dict):
        raise BadInput(place, "not a table of models", _MEND)
    return Catalog(tuple((str(pattern), _row(row, f"{place}, row {pattern!r}")) for pattern, row in table.items()))


def merge_catalogs(catalogs: Iterable[Catalog]) -> Catalog:
    """Several as one, the first counting before the others."""
    return Catalog(tuple(row for catalog in catalogs for row in catalog.rows))


def _row(row: object, place: str) -> ModelFacts:
    if not isinstance(row, dict):
        raise BadInput(place, "not a table of facts", _MEND)
    try:
        return ModelFacts.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            known = ", ".join(ModelFacts.model_fields)
            raise BadInput(place, f"there is no field {field!r}", f"the fields are {known}") from error
        if field == "key":
            mend = "give the name of the environment variable that holds the key, never the key itself"
            raise BadInput(place, "key is not the name of a variable", mend) from error
        said = first["msg"].removeprefix("Value error, ")
        raise BadInput(place, f"{field}: {said}" if field else said, _MEND) from error


def _fits(pattern: str, model: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), model, re.DOTALL) is not None
