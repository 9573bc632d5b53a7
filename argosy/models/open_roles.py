"""The speakers of a session, made of what --model says."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from argosy.agents.models.budget import Budget
from argosy.agents.models.chain import Chain, Outages
from argosy.agents.models.chat_speaker import ChatSpeaker
from argosy.agents.models.speaker import ModelUnavailable, Role
from argosy.agents.open_model import open_model
from argosy.models.gguf import SCHEME, serving
from argosy.models.reachable import what_keeps_away
from argosy.models.roles import read_roles, refuse_unaskable, refuse_uncapped
from argosy.models.table import Models


@dataclass(frozen=True)
class RoleSpeakers:
    """The speakers of a session."""

    chains: Mapping[Role, Chain]
    speakers: tuple[ChatSpeaker, ...]

    @property
    def by_language_model(self) -> bool:
        return any(speaker.is_language_model for speaker in self.speakers)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about costs."""
        return tuple(speaker.note for speaker in self.speakers if speaker.note)


@contextmanager
def open_roles(
    text: str, models: Models, budget: Budget, seed: int, prompt_tokens: int, needed: bool = True
) -> Iterator[RoleSpeakers]:
    """Opens every model that --model names, once each; local ones are served until the end.

    `prompt_tokens` is what the evidence of one prompt may have. Raises BadInput, and ModelUnavailable where a role is
    left with nobody who could be asked; where models are not `needed`, that is found out by whoever asks.
    """
    casting = read_roles(text)
    specs = tuple(dict.fromkeys(spec for chain in casting.values() for spec in chain))
    refuse_unaskable(specs, models, prompt_tokens)
    refuse_uncapped(specs, models, budget.caps)
    for chain in dict.fromkeys(casting.values()) if needed else ():
        _refuse_unreachable(chain, models)
    with ExitStack() as stack:
        speakers = {spec: _open(spec, models, budget, seed, stack) for spec in specs}
        outages = Outages()
        chains = {role: Chain([speakers[spec] for spec in chain], outages) for role, chain in casting.items()}
        yield RoleSpeakers(chains, tuple(speakers.values()))


def _open(spec: str, models: Models, budget: Budget, seed: int, stack: ExitStack) -> ChatSpeaker:
    facts = models.of(spec)
    if not spec.startswith(SCHEME):
        return open_model(spec, facts, key=models.key(facts), budget=budget, seed=seed)
    served = stack.enter_context(serving(spec.removeprefix(SCHEME), facts))
    here = facts.model_copy(update={"url": served.url})
    return open_model(spec, here, key=served.key, budget=budget, seed=seed, name="local")


def _refuse_unreachable(chain: tuple[str, ...], models: Models) -> None:
    """A chain needs one model that is there; the others may come later, or be left out when it is their turn."""
    reasons = [(spec, what_keeps_away(spec, models.of(spec))) for spec in chain]
    if all(reason for _, reason in reasons):
        spec, reason = reasons[0]
        raise ModelUnavailable(f"--model {spec}: {reason}; start the server or check the address")
