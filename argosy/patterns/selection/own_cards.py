"""A team's own words on detectors: its practices, and cards that a model drafts for it."""

from dataclasses import replace
from pathlib import Path

from argosy.agents.card_writing import NoCard, UncardedDetector, write_card
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import CallKey, Pattern
from argosy.agents.selection import MOST_PRACTICES_CHARS
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards import Card, CardKind, Goal, PastResult, card_text, packaged_past, read_cards
from argosy.detectors.cards.card_files import all_cards
from argosy.eval.objective import DEFAULT
from argosy.graphs.refine.shortlist_settings import ShortlistSettings
from argosy.patterns.pattern_run import PatternRequest, open_pattern_run
from argosy.patterns.selection.past_results import past_results
from argosy.signals.errors import BadInput
from argosy.store.store import Store
from argosy.workspace import Workspace

NAME = "card"
_HEAD = "# A draft. Read it against the source, mend it, and set `reviewed: true`.\n"


def read_practices(path: Path | None) -> str:
    """The text of a file of practices, nothing without one. Raises BadInput where it is too long to be shown whole."""
    if path is None:
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"cannot be read: {error}", "name a Markdown file in UTF-8") from error
    if len(text) > MOST_PRACTICES_CHARS:
        problem = f"has {len(text):,} characters"
        raise BadInput(str(path), problem, f"keep to {MOST_PRACTICES_CHARS:,}, what matters for choosing detectors")
    return text


def baseline_selecting(
    store: Store, cards: Path | None = None, practices: Path | None = None, objective: str = "default"
) -> ShortlistSettings:
    """What a session needs to shortlist baselines: their cards, the store's past results, a team's words.

    Raises BadInput.
    """
    own = read_cards(cards, CardKind.SERIES)[0] if cards else ()
    by_name = {card.name: card for card in all_cards(own, CardKind.SERIES)}
    offered = tuple(by_name[name] for name in BASELINES if name in by_name)
    past = past_results(store, objective)
    if objective == DEFAULT.name:
        past = (*past, *(_of_baselines(record) for record in packaged_past(CardKind.SERIES, Goal.FLAG)))
    return ShortlistSettings(offered, past, read_practices(practices))


def _of_baselines(record: PastResult) -> PastResult:
    """What the baselines reached, for a session keeps what it was told."""
    return replace(record, reached={name: value for name, value in record.reached.items() if name in BASELINES})


def write_new_card(
    unknown: UncardedDetector,
    out: Path,
    model: str,
    seed: int,
    caps: Caps,
    workspace: Workspace,
) -> Card:
    """Has a card drafted and written to a new file. Raises BadInput, also without a usable answer, and as
    `open_pattern_run`.
    """
    asked = PatternRequest(NAME, unknown.name, len(unknown.source), [Pattern.CARD], model, seed, caps)
    with open_pattern_run(asked, workspace) as run:
        with run.step(NAME) as node:
            card = write_card(node.speaker, unknown, CallKey(Pattern.CARD, 1, 1))
        if isinstance(card, NoCard):
            problem = f"no answer holds a card; the last because {card.reasons[-1]}"
            raise BadInput(f"--model {model}", problem, f"argosy show {run.session} tells what was said; try another")
        _write(out, _HEAD + card_text(card))
        run.report |= {"card": card.model_dump(mode="json")}
    return card


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadInput(
            str(out), f"cannot be written ({error.strerror})", "name a new file in a folder of yours"
        ) from error
