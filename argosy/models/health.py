"""What `argosy doctor` finds of models: the table, the providers that are set up, and those that --model names."""

from collections.abc import Iterator

from argosy.agents.models.addresses import address
from argosy.agents.models.catalog import EMBEDDED, ModelFacts
from argosy.finding import Finding, Health
from argosy.models.gguf import SCHEME, what_is_missing
from argosy.models.reachable import what_keeps_away
from argosy.models.roles import read_roles
from argosy.models.table import Models, find_models
from argosy.settings import Settings
from argosy.signals.errors import BadInput


def examine_models(settings: Settings, model: str) -> Iterator[Finding]:
    """The table, then each model that --model names."""
    try:
        models = find_models(settings)
    except BadInput as error:
        yield Finding("models", Health.BROKEN, f"{error.place}: {error.problem}", error.mend)
        return
    yield _table(settings, models)
    try:
        casting = read_roles(model)
    except BadInput as error:
        yield Finding("model", Health.BROKEN, f"{error.place}: {error.problem}", error.mend)
        return
    for spec in dict.fromkeys(spec for chain in casting.values() for spec in chain):
        yield _model(spec, models)


def _table(settings: Settings, models: Models) -> Finding:
    own = settings.models
    used = "yours come first" if own and own.is_file() else "not there; rows in it come first"
    providers = ", ".join(
        f"{name} ({_key(models, facts)})" for name, facts in sorted(models.catalog.providers().items())
    )
    detail = f"{len(models.catalog.rows)} rows; your own table is {own} ({used}); providers: {providers}"
    return Finding("models", Health.FINE, detail)


def _key(models: Models, facts: ModelFacts) -> str:
    if facts.key is None:
        return "no key"
    return f"{facts.key} is {'set' if models.key(facts) else 'not set'}"


def _model(spec: str, models: Models) -> Finding:
    if spec == EMBEDDED:
        return Finding("model", Health.FINE, "embedded: composes rules from a grammar; no language model, no cost")
    facts = models.of(spec)
    if spec.startswith(SCHEME):
        if missing := what_is_missing(spec.removeprefix(SCHEME)):
            return Finding("model", Health.MISSING, f"{spec}: {missing[0]}", missing[1])
        return Finding("model", Health.FINE, f"{spec}: can be served with llama.cpp; {_said(facts)}")
    try:
        url, name = address(spec, facts)
        away = what_keeps_away(spec, facts)
    except BadInput as error:
        return Finding("model", Health.BROKEN, f"{error.place}: {error.problem}", error.mend)
    if facts.key and "#" not in spec and not models.key(facts):
        return Finding("model", Health.MISSING, f"{spec}: {facts.key} is not set", "set it to your key")
    if away:
        return Finding("model", Health.MISSING, f"{spec}: {away}", "start the server, or mend the address")
    return Finding(
        "model", Health.FINE, f"{spec}: {name} at {url}, {_key(models, facts)}; {_said(facts)}; nothing was asked"
    )


def _said(facts: ModelFacts) -> str:
    """What the table says of a model, in the words of the table."""
    price = facts.price
    told = [
        f"${price.input_usd:g} in and ${price.output_usd:g} out per million tokens" if price else "price not known",
        f"context {facts.context_tokens:,} tokens" if facts.context_tokens else "context not known",
        f"JSON by {facts.structured.value}",
        f"{facts.timeout_s:g} s and {facts.retries} retries",
    ]
    limits = ((facts.requests_per_minute, "requests"), (facts.tokens_per_minute, "tokens"))
    told += [f"at most {limit:,} {what} a minute" for limit, what in limits if limit]
    return ", ".join(told)
