"""Where a named model answers."""

from urllib.parse import urlsplit

from argosy.agents.models.catalog import ModelFacts
from argosy.signals.errors import BadInput

_SPECS = "use embedded, PROVIDER:NAME, URL#NAME for any OpenAI-compatible server, or gguf:FILE"


def address(spec: str, facts: ModelFacts) -> tuple[str, str]:
    """Base URL and model name. Raises BadInput for a spec of no known form."""
    place = f"--model {spec}"
    url, mark, name = (part.strip() for part in spec.partition("#"))
    if not mark:
        provider, colon, name = (part.strip() for part in spec.partition(":"))
        if colon and facts.url is None and facts.model_fields_set:
            raise BadInput(
                place, f"no address for {provider}", f"give it a url in models.yaml: '{provider}:*': {{url: …}}"
            )
        if not colon or facts.url is None:
            raise BadInput(place, "no model is named like this", _SPECS)
        if not name:
            raise BadInput(place, f"no name after '{provider}:'", f"write for instance {provider}:NAME")
        url = facts.url
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise BadInput(place, f"not an address: {error}", _SPECS) from error
    if parts.username or parts.password:
        mend = "leave them out and set ARGOSY_SERVER_KEY, or name a variable as its key in models.yaml"
        raise BadInput("--model", "the URL holds a user or password", mend)
    if not usable or not name:
        raise BadInput(place, "no model is named like this", _SPECS)
    return url.rstrip("/"), name
