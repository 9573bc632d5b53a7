"""Which model speaks for which role: what --model says."""

import re
from collections.abc import Iterable, Mapping

from argosy.agents.models.addresses import address
from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.speaker import Role
from argosy.models.gguf import SCHEME
from argosy.models.table import Models
from argosy.signals.errors import BadInput

_ROLE = re.compile(r"([A-Za-z_]+)=(.*)", re.DOTALL)
_COMMA = re.compile(r",(?=\s*(?:[A-Za-z_]+=|[\w.-]+:|embedded\b))")  # a file's name may hold others
_MEND = f"write MODEL, MODEL|FALLBACK, or ROLE=MODEL,ROLE=MODEL with a role of {', '.join(Role)}"

INSTRUCTION_TOKENS = 1_000
"""What a prompt may have beside its evidence: instructions, the form of a rule, the rule that is talked about."""

RoleModels = Mapping[Role, tuple[str, ...]]
"""For each role its models, the first preferred, the others in case it cannot be asked."""


def read_roles(text: str) -> RoleModels:
    """Reads --model, in which `|` parts a model from its fallback, and a comma one role from the next.

    A part without a role is for all that are not named. Without such a part, rules are repaired by who wrote them, and
    every other role must be named. Raises BadInput.
    """
    casting: dict[Role, tuple[str, ...]] = {}
    rest: tuple[str, ...] | None = None
    for part in _COMMA.split(text):
        named = _ROLE.fullmatch(part.strip())
        if named is None and rest is not None:
            raise BadInput(f"--model {text}", "names two models for the roles that are not named", _MEND)
        if named is None:
            rest = _chain(part, text)
            continue
        role = _role(named[1], text)
        if role in casting:
            raise BadInput(f"--model {text}", f"names {role} twice", "write a fallback behind |")
        casting[role] = _chain(named[2], text)
    if rest is None and Role.DETECTION in casting:
        casting.setdefault(Role.REPAIR, casting[Role.DETECTION])
    unnamed = [role for role in Role if role not in casting]
    if unnamed and rest is None:
        mend = f"name them too, or add one for all others, such as  --model embedded,{text}"
        raise BadInput(f"--model {text}", f"names no model for {' and '.join(unnamed)}", mend)
    return {role: casting.get(role, rest or ()) for role in Role}


def _role(word: str, text: str) -> Role:
    try:
        return Role(word.casefold())
    except ValueError:
        raise BadInput(f"--model {text}", f"there is no role {word!r}", f"the roles are {', '.join(Role)}") from None


def _chain(part: str, text: str) -> tuple[str, ...]:
    specs = tuple(spec.strip() for spec in part.split("|"))
    if not all(specs):
        raise BadInput(f"--model {text}", "a model has no name", _MEND)
    return tuple(dict.fromkeys(specs))


def _refuse_too_long(spec: str, models: Models, prompt_tokens: int) -> None:
    facts = models.of(spec)
    if facts.context_tokens is None:
        return
    room = facts.context_tokens - facts.max_output_tokens - INSTRUCTION_TOKENS
    if prompt_tokens > room:
        problem = (
            f"with {INSTRUCTION_TOKENS:,} for instructions and {facts.max_output_tokens:,} for the reply, that is more "
            f"than the {facts.context_tokens:,} tokens that {spec} takes in one call"
        )
        mend = f"give at most {room}" if room > 0 else "lower its max_output_tokens in models.yaml"
        raise BadInput(f"--prompt-tokens {prompt_tokens}", problem, mend)


def refuse_unaskable(specs: Iterable[str], models: Models, prompt_tokens: int) -> None:
    """Raises BadInput for a model that no session could ask, whatever server runs and whichever key is set."""
    for spec in specs:
        if spec != EMBEDDED and not spec.startswith(SCHEME):
            address(spec, models.of(spec))
        _refuse_too_long(spec, models, prompt_tokens)


def refuse_uncapped(specs: Iterable[str], models: Models, caps: Caps) -> None:
    """Raises BadInput where dollars are capped and those of a model cannot be counted: such a cap would not hold."""
    priceless = (spec for spec in specs if spec != EMBEDDED and models.of(spec).price is None)
    if caps.usd is not None and (unpriced := next(priceless, None)):
        mend = f"give '{unpriced}' its input_usd and output_usd in models.yaml, or cap --budget-tokens instead"
        raise BadInput(f"--budget-usd {caps.usd:g}", f"the price of {unpriced} is not known", mend)
