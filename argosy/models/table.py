"""Where the table of models is found: the user's own first, then the one that comes along."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from argosy.agents.models.catalog import Catalog, ModelFacts, merge_catalogs, read_catalog
from argosy.settings import Settings
from argosy.signals.errors import BadInput


@dataclass(frozen=True)
class Models:
    """The table of models, and the values of the variables that its rows may name as keys.

    `reply_tokens` bounds replies further than the table does, for those models that do not think aloud before they
    answer: these take sampling parameters.
    """

    catalog: Catalog
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    reply_tokens: int | None = None

    def of(self, spec: str) -> ModelFacts:
        """All that is known of a model as it is named on the command line."""
        facts = self.catalog.of(spec)
        if self.reply_tokens is None or facts.temperature is None:
            return facts
        return facts.model_copy(update={"max_output_tokens": min(facts.max_output_tokens, self.reply_tokens)})

    def key(self, facts: ModelFacts) -> str | None:
        """The key that this model's server may see."""
        return self.keys.get(facts.key or "", "").strip() or None


def find_models(settings: Settings) -> Models:
    """Both tables as one. Raises BadInput for a table that cannot be read."""
    packaged = (files("argosy") / "models.yaml").read_text("utf-8")
    catalogs = [read_catalog(packaged, "argosy/models.yaml")]
    if settings.models is not None and settings.models.exists():
        catalogs.insert(0, read_catalog(_text(settings.models), str(settings.models)))
    return Models(merge_catalogs(catalogs), settings.keys)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"cannot be read: {error}", "mend it or remove it") from error
